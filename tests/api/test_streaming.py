# SPDX-License-Identifier: AGPL-3.0-or-later
"""Streams of the client API: who may open them, what comes on them and as whom, when they end, over several processes."""
import asyncio
import json
import threading

import pytest
import requests
import websockets

from support.api import Api, make_token, person
from support.far import far_actor, follow

pytestmark = pytest.mark.limit(120)


loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()


def wait(coroutine, seconds=15):
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result(seconds)


class Socket:
    """A WebSocket of the client API."""

    def __init__(self, server, token=None, query="", how="query", headers=None):
        url = server.url.replace("http", "ws", 1) + "/api/v1/streaming"
        protocols, headers = None, dict(headers or {})
        if how == "query" and token:
            query = f"{query}&access_token={token}"
        elif how == "header":
            headers["Authorization"] = f"Bearer {token}"
        elif how == "protocol":
            protocols = [token]

        async def connect():
            return await websockets.connect(url + ("?" + query.lstrip("&") if query else ""), subprotocols=protocols,
                                            extra_headers=headers, open_timeout=10, close_timeout=2)
        self.socket = wait(connect())

    def send(self, text):
        wait(self.socket.send(text))

    def say(self, **words):
        self.send(json.dumps(words))

    def hear(self, seconds=10):
        return json.loads(wait(asyncio.wait_for(self.socket.recv(), seconds)))

    def event(self, *names, seconds=10):
        """The next frame; its event is one of names."""
        frame = self.hear(seconds)
        assert frame.get("event") in names, frame
        return frame

    def is_silent(self, api):
        """Nothing has come before something that comes for sure: an error frame that we ask for."""
        self.say(type="subscribe", stream="nothing like it")
        frame = self.hear()
        return frame.get("error") == "Unknown stream type"

    def wait_for_end(self, seconds=10):
        with pytest.raises(websockets.ConnectionClosed) as info:
            while True:
                self.hear(seconds)
        return info.value.rcvd.code if info.value.rcvd else None

    def close(self):
        wait(self.socket.close())


@pytest.fixture
def open_socket():
    made = []

    def make(api, query="", **keywords):
        made.append(Socket(api.server, api.token, query, **keywords))
        return made[-1]
    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def anna(server):
    return person(server, "anna")


@pytest.fixture(scope="module")
def bob(server, anna):
    made = person(server, "bob")
    made.post(f"/api/v1/accounts/{anna.id}/follow")
    return made


def subscribed(socket, **words):
    socket.say(type="subscribe", **words)
    socket.say(type="subscribe", stream="nothing like it")  # answered behind the other one
    assert socket.hear()["error"] == "Unknown stream type"
    return socket


def test_health_is_plain_text(server):
    answer = requests.get(server.url + "/api/v1/streaming/health", timeout=10)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["", "?stream=user", "/user", "/public", "/nothing"])
def test_nothing_is_streamed_without_a_token(server, path):
    assert requests.get(server.url + "/api/v1/streaming" + path, timeout=10).status_code == 401


def test_an_unknown_path_is_refused(anna):
    assert anna.get("/api/v1/streaming/nothing", 400) == {"error": "Unknown stream type"}
    assert anna.get("/api/v1/streaming", 400) == {"error": "Unknown stream type"}
    assert anna.get("/api/v1/streaming/hashtag", 400) == {"error": "Unknown stream type"}


@pytest.mark.parametrize("how", ["query", "header", "protocol"])
def test_a_token_is_taken_in_three_ways(anna, open_socket, how):
    socket = open_socket(anna, "stream=user", how=how)
    assert socket.is_silent(anna)
    if how == "protocol":
        assert socket.socket.subprotocol == anna.token


def test_a_bad_token_gives_401_at_the_handshake(server):
    with pytest.raises(Exception) as info:
        Socket(server, "x" * 43, "stream=user")
    assert "401" in str(info.value)


@pytest.mark.parametrize("scopes, stream, status", [
    ("read:accounts", "user", 403), ("read:statuses", "user/notification", 403), ("read:notifications", "public", 403),
    ("write", "user", 403), ("read:notifications", "user/notification", 200), ("read:statuses", "public/local", 200)])
def test_a_stream_wants_its_scope(server, anna, scopes, stream, status):
    api = Api(server, make_token(server.database, "anna", scopes))
    with api.session.get(server.url + "/api/v1/streaming/" + stream, timeout=10, stream=True) as answer:
        assert answer.status_code == status


def test_a_subscription_wants_its_scope(server, anna, open_socket):
    socket = open_socket(Api(server, make_token(server.database, "anna", "read:notifications")))
    socket.say(type="subscribe", stream="public")
    assert socket.hear()["status"] == 401


def test_a_post_reaches_followers_author_and_the_public_streams(anna, bob, open_socket):
    home, own = open_socket(bob, "stream=user"), open_socket(anna, "stream=user")
    public = subscribed(open_socket(bob), stream="public")
    local = subscribed(open_socket(bob), stream="public:local")
    remote = subscribed(open_socket(bob), stream="public:remote")
    tag = subscribed(open_socket(bob), stream="hashtag", tag="Café")
    assert home.is_silent(bob) and own.is_silent(anna)
    status = anna.post("/api/v1/statuses", data={"status": "Bonjour #café"})
    for socket, stream in ((home, ["user"]), (own, ["user"]), (public, ["public"]), (local, ["public:local"]),
                           (tag, ["hashtag", "Café"])):
        frame = socket.event("update")
        assert frame["stream"] == stream
        shown = json.loads(frame["payload"])
        assert shown["id"] == status["id"] and shown["favourited"] is False
    assert remote.is_silent(bob)


def test_edits_and_deletions_are_told(anna, bob, open_socket):
    status = anna.post("/api/v1/statuses", data={"status": "Firts"})
    home = open_socket(bob, "stream=user")
    assert home.is_silent(bob)
    anna.put(f"/api/v1/statuses/{status['id']}", data={"status": "First"})
    frame = home.event("status.update")
    assert "First" in json.loads(frame["payload"])["content"]
    anna.delete(f"/api/v1/statuses/{status['id']}")
    assert home.event("delete")["payload"] == status["id"]


def test_everyone_gets_their_own_view(anna, bob, open_socket):
    status = anna.post("/api/v1/statuses", data={"status": "Mark me"})
    bob.post(f"/api/v1/statuses/{status['id']}/favourite")
    mine, theirs = open_socket(anna, "stream=user"), open_socket(bob, "stream=user")
    assert mine.is_silent(anna) and theirs.is_silent(bob)
    anna.put(f"/api/v1/statuses/{status['id']}", data={"status": "Marked"})
    assert json.loads(mine.event("status.update")["payload"])["favourited"] is False
    assert json.loads(theirs.event("status.update")["payload"])["favourited"] is True


@pytest.mark.parametrize("visibility", ["private", "direct", "unlisted"])
def test_what_is_not_public_is_on_no_public_stream(server, anna, bob, open_socket, visibility):
    stranger = person(server, f"stranger-{visibility}")
    watching = subscribed(subscribed(open_socket(stranger), stream="public"), stream="hashtag", tag="hidden")
    anna.post("/api/v1/statuses", data={"status": "Not for all #hidden", "visibility": visibility})
    anna.post("/api/v1/statuses", data={"status": "For all #hidden"})
    assert "For all" in json.loads(watching.event("update")["payload"])["content"]


@pytest.mark.parametrize("visibility, hearing", [
    ("public", {"follower", "mentioned", "public"}), ("unlisted", {"follower", "mentioned"}),
    ("private", {"follower", "mentioned"}), ("direct", {"mentioned"})])
def test_a_deletion_is_told_to_those_who_could_see_the_post(server, open_socket, visibility, hearing):
    author, follower, asking, mentioned, stranger = (
        person(server, f"gone_{name}_{visibility}") for name in ("author", "follower", "asking", "mentioned", "stranger"))
    follower.post(f"/api/v1/accounts/{author.id}/follow")
    author.patch("/api/v1/accounts/update_credentials", data={"locked": "true"})
    asking.post(f"/api/v1/accounts/{author.id}/follow")
    theirs = follower.post("/api/v1/lists", data={"title": "theirs"})["id"]
    follower.post(f"/api/v1/lists/{theirs}/accounts", data={"account_ids[]": author.id})
    made = author.post("/api/v1/statuses", data={"status": f"@{mentioned.name} #gone", "visibility": visibility})
    sockets = {"author": (author, open_socket(author, "stream=user")), "follower": (follower, open_socket(follower, "stream=user")),
               "list": (follower, open_socket(follower, f"stream=list&list={theirs}")), "asking": (asking, open_socket(asking, "stream=user")),
               "mentioned": (mentioned, open_socket(mentioned, "stream=user")),
               "stranger": (stranger, open_socket(stranger, "stream=user")),
               "public": (stranger, subscribed(open_socket(stranger, "stream=public"), stream="hashtag", tag="gone"))}
    for api, socket in sockets.values():
        assert socket.is_silent(api)
    author.delete(f"/api/v1/statuses/{made['id']}")
    if "follower" in hearing:
        hearing = hearing | {"list"}
    for name, (api, socket) in sockets.items():
        if name in hearing | {"author"}:
            assert socket.event("delete")["payload"] == made["id"], name
    for name, (api, socket) in sockets.items():
        if name == "public" and name in hearing:
            assert socket.event("delete")["payload"] == made["id"], "on both of its streams"
        assert socket.is_silent(api), name


def test_muted_and_blocked_people_are_not_streamed(server, anna, open_socket):
    for number, deed in enumerate(("mute", "block")):
        watcher = person(server, f"watcher{number}")
        watcher.post(f"/api/v1/accounts/{anna.id}/{deed}")
        other = person(server, f"other{number}")
        socket = subscribed(open_socket(watcher), stream="public")
        anna.post("/api/v1/statuses", data={"status": "Not for them"})
        other.post("/api/v1/statuses", data={"status": "For them"})
        assert "For them" in json.loads(socket.event("update")["payload"])["content"]


def test_a_list_is_streamed_to_its_owner_only(server, anna, bob, open_socket):
    made = bob.post("/api/v1/lists", data={"title": "Friends"})
    bob.post(f"/api/v1/lists/{made['id']}/accounts", data={"account_ids[]": [anna.id]})
    own = subscribed(open_socket(bob), stream="list", list=made["id"])
    foreign = open_socket(anna)
    foreign.say(type="subscribe", stream="list", list=made["id"])
    assert foreign.hear()["status"] == 404
    anna.get(f"/api/v1/streaming/list?list={made['id']}", 404)
    anna.post("/api/v1/statuses", data={"status": "For the list"})
    frame = own.event("update")
    assert frame["stream"] == ["list", made["id"]]


def test_notifications_are_told_on_both_streams(anna, bob, open_socket):
    home, only = open_socket(anna, "stream=user"), open_socket(anna, "stream=user:notification")
    assert home.is_silent(anna) and only.is_silent(anna)
    status = anna.post("/api/v1/statuses", data={"status": "Like me"})
    home.event("update")
    bob.post(f"/api/v1/statuses/{status['id']}/favourite")
    for socket, stream in ((home, ["user"]), (only, ["user:notification"])):
        frame = socket.event("notification")
        shown = json.loads(frame["payload"])
        assert frame["stream"] == stream and shown["type"] == "favourite" and shown["status"]["id"] == status["id"]


def test_follows_that_an_operator_ended_are_told_on_the_stream(anna, open_socket):
    follow(anna.server.database, far_actor(anna.server.database, "lost", "lost.example"), anna.id)
    only = open_socket(anna, "stream=user:notification")
    assert only.is_silent(anna)
    anna.server.command("domain", "block", "lost.example")
    shown = json.loads(only.event("notification")["payload"])
    assert shown["type"] == "severed_relationships" and shown["account"]["id"] == anna.id
    assert shown["event"]["target_name"] == "lost.example" and shown["event"]["followers_count"] == 1


def test_a_direct_message_is_told_as_a_conversation(anna, bob, open_socket):
    direct = open_socket(anna, "stream=direct")
    assert direct.is_silent(anna)
    bob.post("/api/v1/statuses", data={"status": "@anna a word", "visibility": "direct"})
    frame = direct.event("conversation")
    assert frame["stream"] == ["direct"] and "a word" in json.loads(frame["payload"])["last_status"]["content"]


def test_changed_filters_are_told(anna, open_socket):
    home = open_socket(anna, "stream=user")
    assert home.is_silent(anna)
    anna.post("/api/v2/filters", data={"title": "x", "context[]": ["home"], "keywords_attributes[][keyword]": "unwanted"})
    assert json.loads(home.event("filters_changed")["payload"]) == {}


def test_filters_are_applied_to_what_is_streamed(server, anna, open_socket):
    filtering = person(server, "filtering")
    filtering.post("/api/v2/filters", data={"title": "x", "context[]": ["public"], "keywords_attributes[][keyword]": "spoiler"})
    socket = subscribed(open_socket(filtering), stream="public")
    anna.post("/api/v1/statuses", data={"status": "A spoiler"})
    assert json.loads(socket.event("update")["payload"])["filtered"][0]["keyword_matches"] == ["spoiler"]


def test_what_cannot_be_understood_is_answered_and_the_socket_stays(anna, open_socket):
    socket = open_socket(anna)
    for words in ('{', '[]', '"x"', '{"type":"subscribe","stream":"local"}', '{"type":"subscribe"}',
                  '{"type":"subscribe","stream":"list","list":"x"}', json.dumps({"a": "b" * 5000})):
        socket.send(words)
        assert "error" in socket.hear()
    socket.say(type="unsubscribe", stream="user")
    assert socket.is_silent(anna)


def test_subscribing_twice_is_once_and_unsubscribing_ends_it(anna, open_socket):
    socket = open_socket(anna, "stream=user")
    subscribed(socket, stream="user")
    status = anna.post("/api/v1/statuses", data={"status": "Once"})
    assert json.loads(socket.event("update")["payload"])["id"] == status["id"]
    assert socket.is_silent(anna)
    socket.say(type="unsubscribe", stream="user")
    assert socket.is_silent(anna)
    anna.post("/api/v1/statuses", data={"status": "Never"})
    assert socket.is_silent(anna)


def test_too_many_subscriptions_are_refused(anna, open_socket):
    socket = open_socket(anna)
    for number in range(100):
        subscribed(socket, stream="hashtag", tag=f"tag{number}")
    assert socket.is_silent(anna)
    socket.say(type="subscribe", stream="hashtag", tag="onetoomany")
    assert socket.hear()["error"] == "Too many subscriptions"


def test_who_never_stops_talking_is_cut_off(anna, open_socket):
    socket = open_socket(anna)
    for _ in range(501):
        socket.say(type="subscribe", stream="user")
    assert socket.wait_for_end() == 1008


@pytest.mark.parametrize("how", ["token", "user", "actor", "application"])
def test_a_stream_ends_with_its_token(server, open_socket, how):
    leaver = person(server, f"leaver{how}")
    socket = open_socket(leaver, "stream=user")
    assert socket.is_silent(leaver)
    server.database.rows({
        "token": "update oauth_tokens set revoked_at = now() where actor_id = %s returning 1",
        "user": "update users set is_disabled = true where actor_id = %s returning 1",
        "actor": "update actors set suspended_at = now() where id = %s returning 1",
        "application": "update oauth_applications set is_disabled = true where id in"
                       " (select application_id from oauth_tokens where actor_id = %s) returning 1"}[how], (int(leaver.id),))
    assert socket.wait_for_end(6) == 1008


class Events:
    """Server-sent events, line by line."""

    def __init__(self, api, path):
        self.answer = api.session.get(api.server.url + path, stream=True, timeout=40)
        assert self.answer.status_code == 200
        assert self.answer.headers["Content-Type"].startswith("text/event-stream")
        self.lines = self.answer.iter_lines(chunk_size=1, decode_unicode=True)

    def next(self):
        event, data = None, None
        for line in self.lines:
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data = line[6:]
            elif not line and event:
                return event, data
        raise AssertionError("the stream has ended")


def test_server_sent_events_begin_at_once_and_carry_the_same(anna, bob):
    events = Events(bob, "/api/v1/streaming/user")
    assert next(events.lines) == ":)"
    status = anna.post("/api/v1/statuses", data={"status": "By events"})
    event, data = events.next()
    assert event == "update" and json.loads(data)["id"] == status["id"]
    anna.delete(f"/api/v1/statuses/{status['id']}")
    assert events.next() == ("delete", status["id"])
    events.answer.close()


def test_other_processes_hear_of_it(server, server_factory, anna, bob, open_socket):
    second = server_factory({"instance.base_url": server.url, "data.key_file": server.settings["data.directory"] + "/secret.key"},
                            database=server.database)
    other = Api(second, bob.token, "bob")
    home = open_socket(other, "stream=user")
    assert home.is_silent(other)
    status = anna.post("/api/v1/statuses", data={"status": "Across"})
    assert json.loads(home.event("update")["payload"])["id"] == status["id"]
