# SPDX-License-Identifier: AGPL-3.0-or-later
"""What lies on other servers is shown under our own names, fetched once, made anew, and only when we ask for it."""
import threading

import pytest

from support import pictures
from support.api import new_id, person
from support.peers import answer
from support.server import Server
from support.site import Site

ALLOWED = "127.0.0.1"


@pytest.fixture(scope="module")
def far():
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="module")
def ours(server_factory_of_module):
    return server_factory_of_module({"federation.allow_addresses": ALLOWED})


@pytest.fixture(scope="module")
def server_factory_of_module(database):
    made = []

    def make(settings):
        server = Server(database, settings)
        server.start()
        made.append(server)
        return server
    yield make
    for server in made:
        server.remove()


@pytest.fixture(scope="module")
def alice(ours):
    return person(ours, "alice")


def remote_actor(server, far, avatar):
    actor, name = new_id(), f"far{new_id()}"
    base = far.url(f"/users/{name}")
    server.database.rows(
        "insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, avatar_url, created_at, updated_at, fetched_at)"
        " values (%s, 'Person', %s, %s, %s, %s, %s, %s, %s, now(), now(), now()) returning id",
        (actor, name, name, far.authority, base, base, base + "/inbox", avatar))
    return actor


def shown(alice, actor):
    url = alice.get(f"/api/v1/accounts/{actor}")["avatar"]
    assert url.startswith(alice.server.url + "/media/proxy/"), url
    return url[len(alice.server.url):]


def serve(far, path, data, kind="image/png", status=200):
    far.documents[path] = answer(status, data, [("Content-Type", kind)])
    return far.url(path)


def test_a_remote_avatar_is_fetched_once_and_made_anew(ours, alice, far):
    data = pictures.with_location()
    path = shown(alice, remote_actor(ours, far, serve(far, "/a.jpg", data)))
    assert far.asked("/a.jpg") == []
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ours.get(path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.status_code for a in answers] == [200] * 6
    assert far.asked("/a.jpg") == ["/a.jpg"]
    assert b"Secret" not in answers[0].content and pictures.opened(answers[0].content).size == (640, 480)
    assert answers[0].headers["Content-Type"] == "image/jpeg" and answers[0].headers["X-Content-Type-Options"] == "nosniff"
    assert ours.get(path).status_code == 200 and far.asked("/a.jpg") == ["/a.jpg"]


def test_a_remote_film_is_kept_as_it_came_and_can_be_sought_in(ours, alice, far):
    data = pictures.mp3(60)
    path = shown(alice, remote_actor(ours, far, serve(far, "/film.mp3", data, "audio/mpeg")))
    first = ours.get(path, headers={"Range": "bytes=100-199"})
    assert first.status_code == 206 and first.content == data[100:200]
    assert first.headers["Content-Range"] == f"bytes 100-199/{len(data)}" and first.headers["Content-Type"] == "audio/mpeg"
    again = ours.get(path, headers={"Range": f"bytes={len(data) - 10}-", "If-Range": first.headers["ETag"]})
    assert again.status_code == 206 and again.content == data[-10:] and far.asked("/film.mp3") == ["/film.mp3"]


@pytest.mark.parametrize("name,data,status", [("html", b"<script>alert(1)</script>" * 9, 200), ("none", b"", 200), ("gone", b"x", 404),
                                              ("bomb", pictures.png_bomb(), 200), ("svg", b"<svg onload='alert(1)'/>" * 9, 200)])
def test_what_is_no_picture_is_not_shown_and_not_asked_again(ours, alice, far, name, data, status):
    path = shown(alice, remote_actor(ours, far, serve(far, f"/{name}", data, status=status)))
    assert ours.get(path).status_code == 404 and ours.get(path).status_code == 404
    assert len(far.asked(f"/{name}")) == 1


def test_a_url_that_we_did_not_sign_leads_nowhere(ours, alice, far):
    path = shown(alice, remote_actor(ours, far, serve(far, "/signed.png", pictures.picture("PNG"))))
    _, _, _, size, signature, url = path.split("/")
    other = shown(alice, remote_actor(ours, far, serve(far, "/other.png", pictures.picture("PNG")))).split("/")[5]
    forged = signature[:-2] + ("AA" if signature[-2:] != "AA" else "BA")
    for wrong in (f"/media/proxy/{size}/{signature}/{other}", f"/media/proxy/small/{signature}/{url}",
                  f"/media/proxy/{size}/{forged}/{url}", f"/media/proxy/{size}//{url}", f"/media/proxy/{size}/{signature}/{url}A",
                  f"/media/proxy/large/{signature}/{url}"):
        assert ours.get(wrong).status_code in (400, 404), wrong
    assert far.asked("/signed.png") == [] and far.asked("/other.png") == []
    assert ours.get(path).status_code == 200


def test_our_own_and_other_addresses_are_not_asked(ours, alice, far):
    for url in ("http://127.0.0.66:9/x.png", "http://[::1]/x.png", "https://10.0.0.1/x.png"):
        path = shown(alice, remote_actor(ours, far, url))
        assert ours.get(path).status_code == 404


def test_a_copy_is_forgotten_when_the_operator_says_so(ours, alice, far):
    url = serve(far, "/again.png", pictures.picture("PNG", seed=1))
    path = shown(alice, remote_actor(ours, far, url))
    first = ours.get(path).content
    serve(far, "/again.png", pictures.picture("PNG", seed=2))
    assert ours.get(path).content == first
    ours.command("media", "refresh", url)
    assert ours.get(path).content != first
