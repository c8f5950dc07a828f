# SPDX-License-Identifier: AGPL-3.0-or-later
"""Films and sounds by ffmpeg: what they become, what is refused, and what the process around ffmpeg cannot reach."""
import os
import struct
import subprocess

import pytest

from support import films, pictures
from support.api import person
from support.server import binary
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(not films.HAS_FFMPEG, reason="ffmpeg is not installed")


@pytest.fixture(scope="module")
def alice(server):
    return person(server, "alice")


def upload(api, data, status=202):
    return api.post("/api/v2/media", status, files={"file": ("x.bin", data, "application/octet-stream")})


def judged(api, data):
    """The last answer: 200 with the file, or 422."""
    path = f"/api/v1/media/{upload(api, data)['id']}"
    return wait_until(lambda: [a for a in [api.call("GET", path, None)] if a.status_code != 206], 30, "a verdict")[0]


def ready(api, data):
    answer = judged(api, data)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fetch(server, url, **headers):
    assert url.startswith(server.url)
    return server.get(url[len(server.url):], headers=headers)


@pytest.mark.parametrize("extension,becomes", [("mp4", "mp4"), ("mov", "mp4"), ("webm", "webm")])
def test_a_film_has_a_poster_and_tells_what_it_is(server, alice, extension, becomes):
    medium = ready(alice, films.film(extension))
    assert medium["type"] == "video" and medium["url"].endswith("." + becomes)
    original = medium["meta"]["original"]
    assert (original["width"], original["height"], original["frame_rate"]) == (320, 180, "25/1")
    assert abs(original["duration"] - 2) < 0.2 and original["bitrate"] > 1000
    assert medium["meta"]["small"]["size"] == "320x180" and len(medium["blurhash"]) == 36
    poster = pictures.opened(fetch(server, medium["preview_url"]).content)
    assert poster.size == (320, 180) and poster.getextrema() != ((0, 0),) * 3


@pytest.mark.parametrize("extension", ["mp4", "mov", "webm"] + sorted(films.SOUNDS))
def test_what_a_file_tells_of_its_maker_is_gone(server, alice, extension):
    data = films.sound(extension) if extension in films.SOUNDS else films.film(extension)
    assert films.TELLTALE in data
    served = fetch(server, ready(alice, data)["url"]).content
    assert films.TELLTALE not in served and b"48.8584" not in served and b"Lavf5" not in served
    said = films.probed(served)
    told = [said["format"].get("tags", {})] + [stream.get("tags", {}) for stream in said["streams"]]
    told[0].pop("encoder" if told[0].get("encoder") == "Lavf" else "", None)  # WebM must name one
    assert not {key.lower() for tags in told for key in tags} & {"title", "artist", "location", "encoder", "comment"}, told


@pytest.mark.parametrize("extension", sorted(films.SOUNDS))
def test_a_sound_tells_its_length(server, alice, extension):
    medium = ready(alice, films.sound(extension))
    assert medium["type"] == "audio" and medium["url"].endswith("." + extension)
    assert abs(medium["meta"]["original"]["duration"] - 2) < 0.2 and medium["meta"]["original"]["bitrate"] > 1000
    assert medium["preview_url"] is None and "width" not in medium["meta"]["original"]
    assert fetch(server, medium["url"]).headers["Content-Type"].startswith("audio/")


def test_a_film_on_its_side_is_shown_upright(server, alice):
    medium = ready(alice, films.film(turned=True))
    assert (medium["meta"]["original"]["width"], medium["meta"]["original"]["height"]) == (180, 320)
    assert pictures.opened(fetch(server, medium["preview_url"]).content).size == (180, 320)


@pytest.mark.parametrize("data", [films.film, lambda: films.sound(sorted(films.SOUNDS)[0])], ids=["film", "sound"])
def test_a_picture_of_ones_own_stands_for_a_film_or_a_sound(server, alice, data):
    blue, red = (pictures.located("JPEG", size=(400, 300), colour=colour) for colour in ("blue", "red"))

    def colour_of(medium):
        served = fetch(server, medium["preview_url"])
        assert b"Jane Secret" not in served.content
        return max(zip(pictures.opened(served.content).resize((1, 1)).convert("RGB").getpixel((0, 0)), ("red", "green", "blue")))[1]

    made = alice.post("/api/v2/media", 202, files={"file": ("x.bin", data()), "thumbnail": ("cover", blue)})
    path = f"/api/v1/media/{made['id']}"
    medium = wait_until(lambda: [a.json() for a in [alice.call("GET", path, None)] if a.status_code == 200], 30, "the file")[0]
    assert colour_of(medium) == "blue" and medium["meta"]["small"]["size"] == "400x300" and medium["blurhash"]
    assert colour_of(alice.put(path, files={"thumbnail": ("cover", red)})) == "red"
    for odd in (data(), b"no picture"):
        assert "Thumbnail" in alice.put(path, 422, files={"thumbnail": ("cover", odd)})["error"]
        assert "Thumbnail" in alice.post("/api/v2/media", 422, files={"file": ("x.bin", data()), "thumbnail": ("cover", odd)})["error"]
    assert colour_of(alice.get(path)) == "red"


def test_a_film_can_be_played_from_its_first_bytes_and_sought_in(server, alice):
    url = ready(alice, films.film())["url"]
    whole = fetch(server, url)
    assert whole.content.index(b"moov") < whole.content.index(b"mdat") and whole.headers["Accept-Ranges"] == "bytes"
    part = fetch(server, url, Range="bytes=1000-1999")
    assert part.status_code == 206 and part.content == whole.content[1000:2000]


def test_an_animation_becomes_a_film_without_sound(server, alice):
    medium = ready(alice, pictures.animation(frames=5, size=(65, 49)))
    assert medium["type"] == "gifv" and medium["url"].endswith(".mp4")
    original = medium["meta"]["original"]
    assert (original["width"], original["height"], original["frame_rate"]) == (66, 50, "10/1")
    assert abs(original["duration"] - 0.5) < 0.11 and medium["blurhash"]
    assert [stream["codec_name"] for stream in films.probed(fetch(server, medium["url"]).content)["streams"]] == ["h264"]
    assert ready(alice, pictures.picture("GIF"))["type"] == "image"


def box(kind, *parts):
    data = b"".join(parts)
    return struct.pack(">I", 8 + len(data)) + kind + data


def film_of_another_file(path=b"/etc/passwd"):
    """A QuickTime film whose samples lie in a file that it names by an alias and a URL."""
    alias = box(b"alis", b"\0\0\0\0", struct.pack(">4sHH", b"\0" * 4, 150, 2), b"\0" * 120, struct.pack(">HH", 18, len(path)), path)
    return films.film("mov", sound=False).replace(box(b"url ", b"\0\0\0\x01"), box(b"url ", b"\0\0\0\0")) + box(b"free", alias)


HOSTILE = {
    "playlist in a film": lambda: box(b"ftyp", b"isom\0\0\2\0isomavc1") + b"\n#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "list of files in a film": lambda: box(b"ftyp", b"isom\0\0\2\0isomavc1") + b"\nffconcat version 1.0\nfile /etc/passwd\n",
    "film of nothing": pictures.mp4, "webm of nothing": pictures.webm, "ogg of nothing": pictures.ogg, "flac of nothing": pictures.flac,
    "film cut short": lambda: films.film()[:3000],
    "a million tracks": lambda: box(b"ftyp", b"isom\0\0\2\0isomavc1") + box(b"moov", box(b"trak") * 1000000),
    "a codec of another time": lambda: films.film("mov", codec="mjpeg"),
    "a sound that is called a film": lambda: films.sound("m4a").replace(b"ftypM4A ", b"ftypisom"),
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_hostile_films_are_judged_and_the_server_stays_well(server, alice, what):
    assert judged(alice, HOSTILE[what]()).status_code == 422
    assert server.get("/health").status_code == 200


TEXTS = {
    "playlist": b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "list of files": b"ffconcat version 1.0\nfile /etc/passwd\n", "dash": b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\n" + b" " * 30,
}


@pytest.mark.parametrize("what", sorted(TEXTS))
def test_texts_that_name_files_are_refused_at_once(alice, what):
    upload(alice, TEXTS[what] + b" " * 40, 422)


def test_a_film_that_names_another_file_shows_nothing_of_it(server, alice):
    answer = judged(alice, film_of_another_file())
    if answer.status_code == 200:
        assert b"root:" not in fetch(server, answer.json()["url"]).content
    else:
        assert answer.status_code == 422


def test_nothing_is_left_of_a_refused_film(server, alice):
    before = server.database.value("select count(*) from media where state = 'ready'")
    medium = upload(alice, HOSTILE["film cut short"]())
    wait_until(lambda: server.database.value("select state from media where id = %s", (medium["id"],)) == "failed", 60, "a verdict")
    name = server.database.value("select name from media where id = %s", (medium["id"],))
    folder = os.path.join(server.directory, "data", "media", name[:2])
    wait_until(lambda: not [file for file in os.listdir(folder) if file.startswith(name)], 10, "its files to go")
    assert server.database.value("select count(*) from media where state = 'ready'") == before


@pytest.mark.parametrize("setting,value,data", [
    ("media.video_pixels", "76800", lambda: films.film(size="640x360", seconds=1)),
    ("media.video_frame_rate", "24", lambda: films.film(rate=30, seconds=1)),
    ("media.duration", "1s", films.film), ("media.duration", "1s", lambda: films.sound("mp3"))])
def test_the_limits_of_films_can_be_set(server_factory, database_factory, setting, value, data):
    server = server_factory({setting: value}, database=database_factory())
    api = person(server, "dora")
    assert judged(api, data()).status_code == 422
    ready(api, films.film(size="160x90", seconds=1, rate=10))


def test_larger_films_than_the_limit_are_refused_at_once(server_factory, database_factory):
    server = server_factory({"media.file_limit": "1m"}, database=database_factory())
    api = person(server, "dora")
    assert api.get("/api/v2/instance")["configuration"]["media_attachments"]["video_size_limit"] == 1048576
    refused = upload(api, pictures.mp3(3000), 422)
    assert refused["error"] == "Validation failed: File must be less than 1 MB"


def test_ffmpeg_reaches_nothing():
    output = subprocess.run([binary("comptoir-film"), "--probe"], capture_output=True, text=True, check=True, timeout=30,
                            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}).stdout
    verdicts = dict(line.split() for line in output.splitlines())
    assert len(verdicts) == 9 and set(verdicts.values()) == {"refused"}, verdicts


def test_without_ffmpeg_films_are_kept_as_they_come(server_factory, database_factory):
    server = server_factory({"media.ffmpeg": ""}, database=database_factory())
    api = person(server, "dora")
    for data, kind in ((films.film(), "video"), (films.sound("ogg"), "audio")):
        medium = ready(api, data)
        assert medium["type"] == kind and fetch(server, medium["url"]).content == data and medium["preview_url"] is None
    assert ready(api, pictures.animation())["type"] == "image"
    assert "films and sounds are kept as they come" in server.command("check", check=False).stdout
