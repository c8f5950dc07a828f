# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where files lie: in a folder or in an S3 store; what happens when there is no room; and who throws them away."""
import os
import time

import pytest
import requests

from support import pictures
from support.api import person
from support.s3 import S3
from support.server import write_config
from support.waiting import wait_until


def upload(api, data):
    medium = api.post("/api/v2/media", 202, files={"file": ("a", data)})
    path = f"/api/v1/media/{medium['id']}"
    return wait_until(lambda: (lambda a: a.json() if a.status_code == 200 else None)(api.call("GET", path, None)), 20, "the file")


def files(server):
    directory = os.path.join(server.directory, "data", "media")
    return {name: os.path.join(folder, name) for folder, _, names in os.walk(directory) for name in names}


def names_of(medium):
    return {medium["url"].rsplit("/", 1)[1], medium["preview_url"].rsplit("/", 1)[1]}


@pytest.fixture(scope="module")
def alice(server):
    return person(server, "alice")


def test_a_folder_holds_what_was_made_and_nothing_else(server, alice):
    medium = upload(alice, pictures.with_location())
    assert names_of(medium) <= set(files(server))
    wait_until(lambda: not [name for name in files(server) if name.endswith(".raw") or name.startswith(".")], 10, "the raw file to go")
    assert os.stat(files(server)[names_of(medium).pop()]).st_mode & 0o077 == 0


def test_a_deleted_upload_takes_its_files_along(server, alice):
    medium = upload(alice, pictures.picture())
    alice.delete(f"/api/v1/media/{medium['id']}")
    server.command("media", "sweep")
    assert not names_of(medium) & set(files(server))


def gone(server, medium):
    wait_until(lambda: not names_of(medium) & set(files(server)), 20, "the files to go")
    for url in (medium["url"], medium["preview_url"]):
        assert server.get(url[len(server.url):]).status_code == 404


def test_what_is_taken_away_with_its_post_is_gone_soon_and_not_at_the_next_round(server, alice):
    medium = upload(alice, pictures.picture(seed=5))
    made = alice.post("/api/v1/statuses", data={"status": "with a picture", "media_ids[]": [medium["id"]]})
    alice.delete(f"/api/v1/statuses/{made['id']}?delete_media=true")
    gone(server, medium)
    unused = upload(alice, pictures.picture(seed=6))
    alice.delete(f"/api/v1/media/{unused['id']}")
    gone(server, unused)
    kept = upload(alice, pictures.picture(seed=7))
    made = alice.post("/api/v1/statuses", data={"status": "to be written again", "media_ids[]": [kept["id"]]})
    alice.delete(f"/api/v1/statuses/{made['id']}")
    server.command("media", "sweep")
    assert names_of(kept) <= set(files(server))


def test_pictures_go_with_their_account(server):
    name = "leaving"
    gina = person(server, name)
    posted, unused = upload(gina, pictures.picture(seed=8)), upload(gina, pictures.picture(seed=9))
    gina.post("/api/v1/statuses", data={"status": "with a picture", "media_ids[]": [posted["id"]]})
    shown = gina.patch("/api/v1/accounts/update_credentials", files={"avatar": ("me", pictures.picture(seed=10))})["avatar"]
    server.command("account", "delete", name, "--yes")
    gone(server, posted)
    gone(server, unused)
    wait_until(lambda: server.get(shown[len(server.url):]).status_code == 404, 20, "the avatar to go")


def test_uploads_that_were_never_posted_go_after_a_day(server, alice):
    old, young = upload(alice, pictures.picture(seed=3)), upload(alice, pictures.picture(seed=4))
    server.database.rows("update media set kept_until = now() - interval '1 minute' where id = %s returning id", (old["id"],))
    server.command("media", "sweep")
    assert not names_of(old) & set(files(server)) and names_of(young) <= set(files(server))
    alice.get(f"/api/v1/media/{old['id']}", 404)
    alice.get(f"/api/v1/media/{young['id']}")


def test_files_that_no_row_knows_go_once_they_are_old(server, alice):
    medium = upload(alice, pictures.picture())
    known = files(server)[names_of(medium).pop()]
    folder = os.path.dirname(known)
    prefix = os.path.basename(folder)
    old, young = (os.path.join(folder, prefix + letter * 20 + ".jpg") for letter in "AB")
    for path in (old, young):
        with open(path, "wb") as file:
            file.write(b"stray")
    two_days_ago = time.time() - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    os.utime(known, (two_days_ago, two_days_ago))
    left = os.path.join(folder, next(iter(names_of(medium)))[:22] + ".raw")  # its server died before it was removed
    with open(left, "wb") as file:
        file.write(b"raw")
    os.utime(left, (two_days_ago, two_days_ago))
    server.command("media", "sweep")
    assert not os.path.exists(old) and os.path.exists(young) and os.path.exists(known) and not os.path.exists(left)


def test_posted_files_stay_and_are_kept_a_day_after_their_post(server, alice):
    medium = upload(alice, pictures.picture(seed=5))
    post = alice.post("/api/v1/statuses", data={"status": "Look", "media_ids[]": medium["id"]})
    assert [one["id"] for one in post["media_attachments"]] == [medium["id"]]
    server.database.rows("update media set kept_until = now() - interval '1 minute' where id = %s returning id", (medium["id"],))
    server.command("media", "sweep")
    assert names_of(medium) <= set(files(server))
    alice.get(f"/api/v1/media/{medium['id']}", 404)
    assert "used by a status" in alice.delete(f"/api/v1/media/{medium['id']}", 422)["error"]
    alice.delete(f"/api/v1/statuses/{post['id']}")
    server.command("media", "sweep")
    assert names_of(medium) <= set(files(server))
    again = alice.post("/api/v1/statuses", data={"status": "Look again", "media_ids[]": medium["id"]})
    assert [one["id"] for one in again["media_attachments"]] == [medium["id"]]


def test_a_posted_file_is_told_to_other_servers(server, alice):
    medium = upload(alice, pictures.picture(size=(300, 200)))
    alice.put(f"/api/v1/media/{medium['id']}", data={"description": "Roses", "focus": "0.25,-0.5"})
    post = alice.post("/api/v1/statuses", data={"status": "Roses", "media_ids[]": medium["id"]})
    document = server.get(post["uri"][len(server.url):], headers={"Accept": "application/activity+json"}).json()
    [attachment] = document["attachment"] if isinstance(document["attachment"], list) else [document["attachment"]]
    assert attachment["url"] == medium["url"] and attachment["mediaType"] == "image/jpeg" and attachment["name"] == "Roses"
    assert (attachment["width"], attachment["height"]) == (300, 200) and attachment["blurhash"] == medium["blurhash"]
    assert attachment["focalPoint"] == [0.25, -0.5]


def test_files_of_others_cannot_be_posted(server, alice):
    medium = upload(alice, pictures.picture())
    bob = person(server, "bob")
    assert bob.call("POST", "/api/v1/statuses", None, data={"status": "Mine", "media_ids[]": medium["id"]}).status_code in (404, 422)
    assert server.database.value("select count(*) from post_media where media_id = %s", (medium["id"],)) == 0


def test_a_file_that_could_not_be_made_ready_cannot_be_posted(server, alice):
    pending = alice.post("/api/v2/media", 202, files={"file": ("a", pictures.png_bomb())})
    wait_until(lambda: server.database.value("select state from media where id = %s", (pending["id"],)) == "failed", 30, "a verdict")
    alice.post("/api/v1/statuses", 422, data={"status": "Look", "media_ids[]": pending["id"]})
    assert server.database.value("select count(*) from post_media where media_id = %s", (pending["id"],)) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
def test_a_full_disk_is_507_and_leaves_nothing(server_factory, database_factory, tmp_path):
    server = server_factory(database=database_factory())
    api = person(server, "carla")
    directory = os.path.join(server.directory, "data", "media")
    upload(api, pictures.picture())
    owner = os.stat(directory)
    assert os.system(f"mount -t tmpfs -o size=256k,mode=0700,uid={owner.st_uid},gid={owner.st_gid} none '{directory}'") == 0
    try:
        before = server.database.value("select count(*) from media")
        api.call("POST", "/api/v2/media", 507, files={"file": ("a", pictures.mp3(2000))})
        assert server.database.value("select count(*) from media") == before
        assert not files(server)
    finally:
        assert os.system(f"umount '{directory}'") == 0


def test_an_s3_store_keeps_the_files_and_hands_them_out(server_factory, database_factory):
    store = S3()
    try:
        server = server_factory(store.settings(), database=database_factory())
        api = person(server, "dora")
        medium = upload(api, pictures.with_location())
        assert store.refused == [] and names_of(medium) <= set(store.objects)
        wait_until(lambda: not [name for name in store.objects if name.endswith(".raw")], 10, "the raw object to go")
        answer = server.get(medium["url"][len(server.url):], allow_redirects=False)
        assert answer.status_code == 302 and answer.headers["Location"].startswith(store.url)
        served = requests.get(answer.headers["Location"], timeout=10)
        assert served.status_code == 200 and b"Secret" not in served.content
        forged = requests.get(answer.headers["Location"][:-1] + ("0" if answer.headers["Location"][-1] != "0" else "1"), timeout=10)
        assert forged.status_code == 403
        api.delete(f"/api/v1/media/{medium['id']}")
        server.command("media", "sweep")
        assert not names_of(medium) & set(store.objects)
        store.full = True
        api.call("POST", "/api/v2/media", 507, files={"file": ("a", pictures.picture())})
        store.secret_key = "another"
        assert api.call("POST", "/api/v2/media", None, files={"file": ("a", pictures.picture())}).status_code >= 500
        assert store.refused == ["signature", "signature"]  # the forged one, and this
    finally:
        store.close()


def test_objects_that_no_row_knows_go_from_an_s3_store_once_they_are_old(server_factory, database_factory):
    store = S3()
    try:
        server = server_factory(store.settings(), database=database_factory())
        medium = upload(person(server, "dora"), pictures.picture())
        known, long_ago = names_of(medium), time.time() - 2 * 86400
        letter = min(known)[0]
        old = {letter + f"{number:021}" + ending for number in range(5) for ending in (".jpg", "_small.jpg", ".raw")}
        young, foreign = letter + "B" * 21 + ".jpg", letter + "someone-elses-file.txt"
        store.objects.update({name: b"stray" for name in old | {young, foreign}})
        store.changed.update({name: long_ago for name in old | known | {foreign}})
        store.page = 4
        server.command("media", "sweep")
        assert set(store.objects) == known | {young, foreign} and not store.refused
    finally:
        store.close()


STUCK = """#!/usr/bin/python3
import socket, struct
server = socket.socket(fileno=3)
server.send(struct.pack("II", 0x434d4831, 15))
while server.recv(65536):
    pass
"""


def test_an_upload_survives_a_crash_before_it_was_made_ready(server_factory, database_factory):
    database = database_factory()
    server = server_factory(database=database, start=False)
    stuck = os.path.join(server.directory, "stuck")
    with open(stuck, "w", encoding="ascii") as file:
        file.write(STUCK)
    os.chmod(stuck, 0o755)
    os.chmod(server.directory, 0o755)
    write_config(server.config_path, {**server.settings, "media.helper": stuck})
    server.start()
    api = person(server, "erin")
    medium = api.post("/api/v2/media", 202, files={"file": ("x", pictures.picture())})
    wait_until(lambda: database.value("select attempts from jobs where kind = 'media'") == 1, 10, "its job to begin")
    server.kill()
    assert [name for name in files(server) if name.endswith(".raw")] and len(files(server)) == 1
    write_config(server.config_path, server.settings)
    database.rows("update jobs set leased_until = now(), due_at = now() where kind = 'media'")
    server.start()
    path = f"/api/v1/media/{medium['id']}"
    wait_until(lambda: api.call("GET", path, None).status_code == 200, 30, "the file to be ready")
    wait_until(lambda: set(files(server)) == names_of(api.get(path)), 10, "what came to go")
