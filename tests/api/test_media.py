# SPDX-License-Identifier: AGPL-3.0-or-later
"""Uploads by apps: what they become, who may touch them, and what hostile files do to the server."""
import os
import pwd
import re
import socket
import subprocess

import pytest
import requests

from conftest import clone
from support import films, pictures, processes
from support.api import make_token, person
from support.server import Server, binary, write_config
from support.waiting import wait_until


@pytest.fixture(scope="module")
def alice(server):
    return person(server, "alice")


@pytest.fixture(scope="module")
def bob(server):
    return person(server, "bob")


@pytest.fixture(scope="module")
def plain(postgres):
    """A server without ffmpeg, where sounds, films and animations are kept; test_media_films.py tells of the others."""
    fresh = clone(postgres)
    made = Server(fresh, {"media.ffmpeg": ""})
    made.start()
    yield made
    made.remove()
    fresh.drop()


@pytest.fixture(scope="module")
def paula(plain):
    return person(plain, "paula")


def upload(api, data, status=202, path="/api/v2/media", name="photo.bin", **fields):
    return api.post(path, status, data=fields, files={"file": (name, data, "application/octet-stream")})


def wait_ready(api, medium):
    return wait_until(lambda: (lambda answer: answer.json() if answer.status_code == 200 else None)(
        api.call("GET", f"/api/v1/media/{medium['id']}", None)), 20, "the file to be ready")


def ready(api, data, **fields):
    return wait_ready(api, upload(api, data, **fields))


def failed(api, data):
    """The answer once the file was judged: 422 at once or later."""
    answer = api.call("POST", "/api/v2/media", None, files={"file": ("x.jpg", data, "image/jpeg")})
    if answer.status_code == 422:
        return answer.json()
    assert answer.status_code == 202
    path = f"/api/v1/media/{answer.json()['id']}"
    [judged] = wait_until(lambda: (lambda a: [a] if a.status_code != 206 else None)(api.call("GET", path, None)), 60, "a verdict")
    assert judged.status_code == 422, judged.text
    return judged.json()


def path_of(server, url):
    assert url.startswith(server.url), url
    return url[len(server.url):]


def fetch(server, url, status=200):
    answer = server.get(path_of(server, url))
    assert answer.status_code == status, answer.text
    return answer


def test_an_upload_is_answered_at_once_and_ready_later(server, alice):
    pending = upload(alice, pictures.picture(size=(1600, 1200)), description="A garden", focus="0.5,-0.25")
    assert pending["type"] == "image" and pending["url"] is None and pending["preview_url"] is None
    medium = wait_ready(alice, pending)
    assert medium["id"] == pending["id"] and medium["description"] == "A garden" and medium["remote_url"] is None
    assert medium["meta"]["original"] == {"width": 1600, "height": 1200, "size": "1600x1200", "aspect": pytest.approx(4 / 3)}
    assert medium["meta"]["small"]["width"] <= 640 and medium["meta"]["focus"] == {"x": 0.5, "y": -0.25}
    assert re.fullmatch(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{36}", medium["blurhash"])
    assert pictures.opened(fetch(server, medium["url"]).content).size == (1600, 1200)
    small = pictures.opened(fetch(server, medium["preview_url"]).content)
    assert small.size == (medium["meta"]["small"]["width"], medium["meta"]["small"]["height"])


def test_the_old_route_waits(alice):
    medium = upload(alice, pictures.picture("PNG"), 200, "/api/v1/media")
    assert medium["url"].endswith(".png") and medium["blurhash"]


@pytest.mark.parametrize("kind,mode,extension", [("JPEG", "RGB", "jpg"), ("PNG", "RGBA", "png"), ("WEBP", "RGB", "webp"),
                                                 ("GIF", "P", "png|jpg"), ("JPEG", "CMYK", "jpg"), ("JPEG", "L", "jpg")])
def test_pictures_of_each_kind_become_pictures(server, alice, kind, mode, extension):
    medium = ready(alice, pictures.picture(kind, mode=mode))
    assert medium["type"] == "image" and re.search(rf"\.({extension})$", medium["url"])
    assert pictures.opened(fetch(server, medium["url"]).content).size == (640, 480)


def test_avif_becomes_what_every_browser_shows(server, alice):
    with open(os.path.join(os.path.dirname(__file__), "..", "support", "data", "small.avif"), "rb") as file:
        medium = ready(alice, file.read())
    assert medium["url"].endswith((".jpg", ".png"))
    assert pictures.opened(fetch(server, medium["url"]).content).size == (64, 48)


def test_an_animation_keeps_its_frames(plain, paula):
    medium = ready(paula, pictures.animation(4))
    assert medium["url"].endswith(".gif") and medium["meta"]["original"]["height"] == 48
    assert pictures.opened(fetch(plain, medium["url"]).content).n_frames == 4


def test_metadata_is_gone_and_the_picture_is_upright(server, alice):
    data = pictures.with_location(size=(600, 400), orientation=6)
    assert b"Jane Secret" in data and b"secret comment" in data
    medium = ready(alice, data)
    for url in (medium["url"], medium["preview_url"]):
        served = fetch(server, url).content
        assert b"Secret" not in served and b"secret" not in served and b"Exif" not in served
        assert not pictures.opened(served).getexif()
    assert (medium["meta"]["original"]["width"], medium["meta"]["original"]["height"]) == (400, 600)


@pytest.mark.parametrize("kind, options", [
    ("JPEG", {}), ("PNG", {}), ("WEBP", {}), ("WEBP", {"lossless": True}), ("WEBP", {"frames": 4}), ("WEBP", {"size": (3000, 2000)})])
def test_no_kind_of_picture_tells_where_it_was_taken(server, alice, kind, options):
    data = pictures.located(kind, **options)
    assert b"Jane Secret" in data and b"XMP secret" in data
    medium = ready(alice, data)
    avatar = alice.patch("/api/v1/accounts/update_credentials", files={"avatar": ("me", data)})["avatar"]
    for url in (medium["url"], medium["preview_url"], avatar):
        served = fetch(server, url).content
        opened = pictures.opened(served)
        assert not {0x013B, 0x8825} & set(opened.getexif()) and not {"xmp", "icc_profile"} & set(opened.info), url
        assert not [word for word in (b"Secret", b"secret", b"xmpmeta") if word in served], url
    assert getattr(pictures.opened(fetch(server, medium["url"]).content), "n_frames", 1) == options.get("frames", 1)


def test_a_description_is_lines_of_plain_text(alice):
    medium = ready(alice, pictures.picture())
    changed = alice.put(f"/api/v1/media/{medium['id']}", data={"description": "one\u202e\u0001 line\nand \u200banother"})
    assert changed["description"] == "one line\nand another"


def test_very_large_pictures_are_made_smaller(alice):
    medium = ready(alice, pictures.picture(size=(5000, 3000), quality=60))
    original = medium["meta"]["original"]
    assert original["width"] * original["height"] <= 8300000 and abs(original["aspect"] - 5 / 3) < 0.01


@pytest.mark.parametrize("make,kind,extension", [(pictures.mp3, "audio", "mp3"), (pictures.ogg, "audio", "ogg"),
                                                 (pictures.flac, "audio", "flac"), (pictures.wav, "audio", "wav"),
                                                 (pictures.mp4, "video", "mp4"), (pictures.webm, "video", "webm")])
def test_sounds_and_videos_are_kept(plain, paula, make, kind, extension):
    medium = ready(paula, make())
    assert medium["type"] == kind and medium["url"].endswith("." + extension)
    answer = fetch(plain, medium["url"])
    assert answer.content == make() and answer.headers["Content-Type"].startswith(kind + "/")


HOSTILE = {
    "nothing": b"x" * 40, "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>" + b" " * 64,
    "html": b"<!DOCTYPE html><script>alert(1)</script>" + b" " * 64, "pdf": b"%PDF-1.7\n" + b"0" * 200,
    "actor": b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Person","id":"https://x.example/"}',
    "playlist": b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:///etc/passwd\n", "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "tiff": b"II*\0" + b"\0" * 100, "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n" + b" " * 64, "mvg": b"push graphic-context\nviewbox 0 0 1 1\n" + b" " * 64,
    "zip": b"PK\x03\x04" + b"\0" * 100, "one frame of mp3": pictures.mp3(1),
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_what_is_no_picture_sound_or_video_is_refused_at_once(alice, what):
    assert upload(alice, HOSTILE[what], 422)["error"].startswith("Validation failed: File")


BROKEN = {
    "truncated jpeg": lambda: pictures.picture(size=(2000, 1500))[:20000], "truncated png": lambda: pictures.picture("PNG")[:3000],
    "png of 65,535 x 65,535": pictures.png_bomb, "jpeg of 65,535 x 65,535": pictures.jpeg_bomb,
    "jpeg head and html": lambda: b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 20,
    "gif head and javascript": lambda: b"GIF89a/*" + b"x" * 100 + b"*/=1;alert(1)", "webp head only": lambda: b"RIFF\xff\xff\xff\x7fWEBPVP8 " + b"\xff" * 64,
    "avif without picture": lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\xff" * 256,
}


def resident_kib(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_hostile_pictures_are_judged_and_the_server_stays_well(server, alice, what):
    assert "error" in failed(alice, BROKEN[what]())
    assert server.get("/health").status_code == 200


def test_bombs_cost_the_server_no_memory(server, alice):
    ready(alice, pictures.picture())
    before = resident_kib(server)
    for _ in range(4):
        failed(alice, pictures.png_bomb())
        failed(alice, pictures.jpeg_bomb())
    assert resident_kib(server) - before < 32 * 1024


def test_a_polyglot_is_served_as_what_we_made_of_it(server, alice):
    medium = ready(alice, pictures.picture() + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in fetch(server, medium["url"]).content


def test_files_are_served_so_that_nothing_in_them_runs(server, alice):
    medium = ready(alice, pictures.picture())
    answer = fetch(server, medium["url"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert "immutable" in answer.headers["Cache-Control"] and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert server.get(path_of(server, medium["url"]), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    activity = server.get(path_of(server, medium["url"]), headers={"Accept": "application/activity+json"})
    assert activity.headers["Content-Type"] == "image/jpeg"


def test_ranges_give_parts(plain, paula):
    data = pictures.mp3(40)
    path = path_of(plain, ready(paula, data)["url"])

    def part(value):
        return plain.get(path, headers={"Range": value})
    answer = part("bytes=10-19")
    assert answer.status_code == 206 and answer.content == data[10:20]
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert part("bytes=-5").content == data[-5:] and part(f"bytes={len(data) - 3}-").content == data[-3:]
    outside = part(f"bytes={len(data)}-")
    assert outside.status_code == 416 and outside.headers["Content-Range"] == f"bytes */{len(data)}"
    assert plain.get(path, headers={"Range": "bytes=0-4", "If-Range": answer.headers["ETag"]}).status_code == 206
    other = plain.get(path, headers={"Range": "bytes=0-4", "If-Range": "\"AAAAAAAAAAAAAAAAAAAAAA.mp3\""})
    assert other.status_code == 200 and other.content == data
    for whole in ("bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=-"):
        assert part(whole).status_code == 200 and len(part(whole).content) == len(data)


@pytest.mark.parametrize("path", ["/media/..%2f..%2fetc%2fpasswd", "/media/../secret.key", "/media/%2e%2e", "/media/x.jpg",
                                  "/media/AAAAAAAAAAAAAAAAAAAAAA.raw", "/media/AAAAAAAAAAAAAAAAAAAAAA.jpg", "/media/AAAAAAAAAAAAAAAAAAAAAA.html",
                                  "/media/AA/AAAAAAAAAAAAAAAAAAAAAA.jpg", "/media/" + "A" * 300 + ".jpg", "/media//etc/passwd"])
def test_only_names_of_ours_lead_to_files(server, path):
    answer = server.get(path)
    assert answer.status_code in (400, 404) and "root:" not in answer.text


def test_what_was_uploaded_is_not_served_before_it_was_made_anew(server, alice):
    medium = ready(alice, pictures.picture())
    name = medium["url"].rsplit("/", 1)[1].split(".")[0]
    pending = server.database.value("select name from media order by id desc limit 1")
    assert pending == name
    assert server.get(f"/media/{name}.raw").status_code == 404


def test_only_the_owner_sees_and_changes_an_upload(alice, bob):
    medium = ready(alice, pictures.picture())
    path = f"/api/v1/media/{medium['id']}"
    for method in ("GET", "PUT", "DELETE"):
        bob.call(method, path, 404)
    changed = alice.put(path, data={"description": "Better words", "focus": "1,-1"})
    assert changed["description"] == "Better words" and changed["meta"]["focus"] == {"x": 1.0, "y": -1.0}
    assert alice.patch(path, json={"description": ""})["description"] is None
    assert "too long" in alice.put(path, 422, data={"description": "x" * 1501})["error"]
    assert alice.delete(path) == {}
    alice.get(path, 404)


def test_uploads_want_the_scope(server, alice):
    for scopes, status in (("read", 403), ("write:statuses", 403), ("write:media", 202), ("write", 202)):
        token = make_token(server.database, "alice", scopes)
        answer = server.post("/api/v2/media", headers={"Authorization": f"Bearer {token}"}, files={"file": ("a", pictures.picture())})
        assert answer.status_code == status, scopes
    assert server.post("/api/v2/media", files={"file": ("a", pictures.picture())}).status_code == 401


def test_a_form_without_file_is_refused(alice):
    assert "blank" in alice.post("/api/v2/media", 422, data={"description": "x"})["error"]
    assert "blank" in alice.post("/api/v2/media", 422, files={"file": ("a.jpg", b"")})["error"]


def test_a_large_picture_is_refused_and_a_larger_body_is_not_read(alice):
    big = pictures.picture() + b"\0" * (16 * 1024 * 1024)
    assert "16 MB" in upload(alice, big, 422)["error"]
    with socket.create_connection(("127.0.0.1", alice.server.port)) as stream:
        stream.sendall(head_of_upload(alice.server, alice.token, 100 << 20))
        assert b" 413 " in stream.recv(4096)


def head_of_upload(server, token, size):
    return (f"POST /api/v2/media HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {size}\r\nExpect: 100-continue\r\n\r\n").encode()


def test_files_over_the_quota_are_refused(server_factory, database_factory):
    server = server_factory({"media.quota": "1m"}, database=database_factory())
    api = person(server, "carla")
    ready(api, pictures.mp3(2000))
    assert "space" in upload(api, pictures.mp3(1000), 422)["error"]
    upload(api, pictures.mp3(10))


def test_the_sum_of_large_bodies_is_bounded(server_factory, database_factory):
    server = server_factory({"media.uploads_in_memory": "48m"}, database=database_factory())
    token = person(server, "carla").token
    open_ones = []

    def start(size):
        stream = socket.create_connection(("127.0.0.1", server.port))
        stream.sendall(head_of_upload(server, token, size))
        open_ones.append(stream)
        return stream.recv(4096)
    assert b" 100 " in start(30 << 20)
    assert b" 503 " in start(30 << 20)
    assert b" 100 " in start(10 << 20)
    open_ones[0].close()
    wait_until(lambda: b" 100 " in start(30 << 20), 10, "room for another body")
    for stream in open_ones:
        stream.close()


def answer_to_head(server, token, rest=b""):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as stream:
        stream.sendall(head_of_upload(server, token, 30 << 20) + rest)
        return stream.recv(4096)


@pytest.mark.parametrize("rest", [b"", b"--x\r\n" + b"a" * 3000], ids=["a head alone", "with some of the body"])
def test_no_room_is_kept_for_a_large_body_whose_token_is_made_up(server, alice, rest):
    limited = make_token(server.database, "alice", "read")
    assert b" 401 " in answer_to_head(server, "made-up", rest)
    assert b" 401 " in answer_to_head(server, "", rest)
    for token, status in ((make_token(server.database, None), b" 422 "), (limited, b" 403 "), (limited, b" 403 ")):
        assert status in answer_to_head(server, token, rest)
    good = make_token(server.database, "alice")
    for _ in range(2):  # the second time it is remembered
        assert rest or b" 100 " in answer_to_head(server, good)


def test_a_client_that_leaves_while_its_token_is_looked_up_leaves_nothing(server, alice):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as stream:
            stream.sendall(head_of_upload(server, make_token(server.database, "alice"), 2 << 20))
    assert requests.get(server.url + "/ready", timeout=10).status_code == 200


def test_the_helper_reaches_nothing():
    # Looking for leaks needs what the walls refuse.
    output = subprocess.run([binary("comptoir-media"), "--probe"], capture_output=True, text=True, check=True, timeout=30,
                            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}).stdout
    verdicts = dict(line.split() for line in output.splitlines())
    assert int(verdicts.pop("walls")) & 13 == 13
    assert verdicts and set(verdicts.values()) == {"refused"}, verdicts


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        direct = file.read().split()
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            direct += file.read().split()
    return {int(child) for child in direct}


def command_line(process):
    try:
        with open(f"/proc/{process}/cmdline", encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def helpers(server):
    return [child for child in children(server.process.pid) if "comptoir-media" in command_line(child)]


def test_a_helper_that_was_killed_is_started_again(server, alice):
    ready(alice, pictures.picture())
    before = helpers(server)
    assert before
    for process in before:
        os.kill(process, 9)
    ready(alice, pictures.picture())
    assert set(helpers(server)) - set(before)


def test_without_a_helper_uploads_are_refused(server_factory, database_factory):
    server = server_factory({"media.helper": "/bin/false"}, database=database_factory())
    api = person(server, "dora")
    api.call("POST", "/api/v2/media", 503, files={"file": ("a.jpg", pictures.picture())})
    assert server.database.value("select count(*) from media") == 0


WALLLESS = """#!/usr/bin/python3
import signal, socket, struct
socket.socket(fileno=3).send(struct.pack("II", 0x434d4831, 12))
signal.pause()
"""


def test_with_no_wall_uploads_are_refused(server_factory, database_factory):
    server = server_factory(database=database_factory(), start=False)
    helper = os.path.join(server.directory, "helper")
    with open(helper, "w", encoding="ascii") as file:
        file.write(WALLLESS)
    os.chmod(helper, 0o755)
    os.chmod(server.directory, 0o755)
    write_config(server.config_path, {**server.settings, "media.helper": helper})
    server.start()
    person(server, "dora").call("POST", "/api/v2/media", 503, files={"file": ("a.jpg", pictures.picture())})
    assert server.database.value("select count(*) from media") == 0
    assert "uploads are refused, since no wall keeps it in" in server.command("check", check=False).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_gives_the_decoders_a_user_of_their_own(server_factory, database_factory):
    server = server_factory(database=database_factory(), start=False)
    ours, theirs = pwd.getpwnam(processes.user_name()), pwd.getpwnam("nobody")
    write_config(server.config_path, {**server.settings, "service.user": ours.pw_name, "media.user": theirs.pw_name})
    program = binary("comptoir")
    os.chmod(os.path.dirname(program), 0o755)
    with open(server.log_path, "ab") as log:
        server.process = subprocess.Popen([program, "serve", "--config", server.config_path], cwd="/", env=processes.environment(),
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    wait_until(server.is_ready, 20, "/ready")
    api = person(server, "dora")
    ready(api, pictures.picture())
    if films.HAS_FFMPEG:
        assert ready(api, films.film())["meta"]["original"]["width"] == 320
    [launcher] = [child for child in children(server.process.pid) if "--launch" in command_line(child)]
    found = [child for child in children(launcher) if "comptoir-media" in command_line(child)]
    assert found
    for process in found + [launcher]:
        with open(f"/proc/{process}/status", encoding="ascii") as file:
            status = dict(line.split(":", 1) for line in file.read().splitlines())
        assert status["Uid"].split() == [str(theirs.pw_uid)] * 4 and status["Gid"].split() == [str(theirs.pw_gid)] * 4
        assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0
    os.kill(found[0], 9)
    ready(api, pictures.picture())
    server.kill()
    wait_until(lambda: not any(os.path.exists(f"/proc/{process}") for process in found + [launcher]), 10, "all of them to end")
    checked = subprocess.run([program, "check", "--config", server.config_path], capture_output=True, text=True, env=processes.environment(),
                             timeout=60, check=False)
    assert "own user yes" in checked.stdout, checked.stdout
