# SPDX-License-Identifier: AGPL-3.0-or-later
"""Web Push: subscriptions, what an app can read and nobody else, who is rung about what, services that do not answer."""
import pytest

from support.act import act
from support.api import Api, make_token, person
from support.push_sink import PushSink, decode
from support.server import Server
from support.waiting import wait_until

PATH = "/api/v1/push/subscription"
ALERTS = ["mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote", "quoted_update",
          "admin.sign_up", "admin.report"]


@pytest.fixture(scope="module")
def server(database):
    program = Server(database, {"federation.allow_addresses": "127.0.0.1"})
    try:
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture
def sink():
    one = PushSink()
    yield one
    one.close()


def subscriptions(server, app):
    return server.database.value("select count(*) from push_subscriptions where actor_id = %s", (app.id,))


def test_a_subscription_is_made_read_changed_replaced_and_deleted(server, sink):
    app = person(server, "abel")
    assert app.get(PATH, status=404)["error"] == "Record not found"
    made = app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true", "data[alerts][poll]": "1", "data[policy]": "followed"}))
    assert made == app.get(PATH)
    assert isinstance(made["id"], int) and 0 < made["id"] < 2 ** 31
    assert made["endpoint"] == sink.endpoint() and made["standard"] is True and made["policy"] == "followed"
    assert made["alerts"] == {name: name in ("mention", "poll") for name in ALERTS}
    assert len(decode(made["server_key"])) == 65 and "=" not in made["server_key"]
    assert app.get("/api/v2/instance")["configuration"]["vapid"] == {"public_key": made["server_key"]}
    changed = app.put(PATH, json={"data": {"alerts": {"follow": True, "mention": False}}})
    assert [name for name, is_wanted in changed["alerts"].items() if is_wanted] == ["follow"] and changed["policy"] == "followed"
    assert app.patch(PATH, data={"policy": "none"})["policy"] == "none"
    assert app.get(PATH)["alerts"]["follow"] is True
    again = app.post(PATH, json={"subscription": {"endpoint": sink.endpoint("/2"), "keys": {
        "p256dh": sink.form()["subscription[keys][p256dh]"], "auth": sink.form()["subscription[keys][auth]"]}}})
    assert again["endpoint"] == sink.endpoint("/2") and again["standard"] is False and again["policy"] == "all"
    assert not any(again["alerts"].values()) and subscriptions(server, app) == 1
    other = Api(server, make_token(server.database, "abel"))
    other.get(PATH, status=404)
    other.put(PATH, status=404, data={"policy": "all"})
    assert app.delete(PATH) == {} and app.delete(PATH) == {}
    app.get(PATH, status=404)


@pytest.mark.parametrize("change, status", [
    ({"subscription[endpoint]": "ftp://push.example/"}, 422), ({"subscription[endpoint]": "push"}, 422),
    ({"subscription[endpoint]": "https://a@push.example/"}, 422), ({"subscription[endpoint]": "https://push.example/" + "x" * 2100}, 422),
    ({"subscription[endpoint]": None}, 400), ({"subscription[keys][auth]": None}, 400),
    ({"subscription[keys][auth]": "AAAA"}, 422), ({"subscription[keys][p256dh]": "BA" + "A" * 85}, 422),
    ({"subscription[keys][p256dh]": "!"}, 422), ({"data[policy]": "friends"}, 422)])
def test_what_cannot_be_a_subscription_is_refused(server, sink, change, status):
    app = person(server, f"baba{abs(hash(str(change))) % 100000}")
    form = {name: value for name, value in sink.form(**change).items() if value is not None}
    assert "error" in app.post(PATH, status=status, data=form)
    app.get(PATH, status=404)


def test_endpoints_are_https_where_other_servers_are(server_factory, sink):
    server = server_factory()
    app = person(server, "cleo")
    app.post(PATH, status=422, data=sink.form())
    assert app.post(PATH, data={**sink.form(), "subscription[endpoint]": "https://push.example/1"})["endpoint"] == "https://push.example/1"


def test_the_scope_push_is_needed(server, sink):
    person(server, "dina")
    without = Api(server, make_token(server.database, "dina", scopes="read write follow"))
    for method in ("GET", "POST", "PUT", "DELETE"):
        without.call(method, PATH, 403)


@pytest.mark.parametrize("standard", [True, False])
def test_an_app_reads_what_it_is_rung_about(server, sink, standard):
    told, sender = f"eva_{standard}".lower(), f"finn_{standard}".lower()
    app, other = person(server, told), person(server, sender)
    made = app.post(PATH, data=sink.form(standard, **{"data[alerts][mention]": "true", "data[alerts][follow]": "true"}))
    act(server, "post", sender, f"@{told} viens voir les pivoines", "public")
    message = sink.wait()
    notification = app.get("/api/v1/notifications")[0]
    assert message.encoding == ("aes128gcm" if standard else "aesgcm")
    assert message.json["access_token"] == app.token and message.json["notification_id"] == int(notification["id"])
    assert message.json["notification_type"] == "mention" and message.json["title"].startswith(sender)
    assert "viens voir les pivoines" in message.json["body"] and "<" not in message.json["body"]
    assert message.json["icon"] == notification["account"]["avatar"] and message.json["preferred_locale"] in ("en", "fr")
    assert message.server_key == made["server_key"]
    assert message.claims["aud"] == sink.endpoint("") and message.claims["sub"].startswith(("mailto:", "http"))
    assert int(message.request.header("TTL")) > 0 and message.request.header("Urgency") == "high"
    assert "pivoines" not in str(message.request.headers) and app.token not in str(message.request.headers)
    assert b"pivoines" not in message.request.body
    act(server, "follow", sender, told)
    assert sink.wait(2).json["notification_type"] == "follow"
    assert other.token not in str([one.json for one in sink.messages])


def test_only_what_was_asked_for_rings(server, sink):
    app = person(server, "gaia")
    person(server, "hans")
    app.post(PATH, data=sink.form(**{"data[alerts][favourite]": "true"}))
    post = act(server, "post", "gaia", "bonjour")
    act(server, "boost", "hans", post["uri"])
    act(server, "post", "hans", "@gaia secret", "direct")
    act(server, "post", "hans", "@gaia bonjour")
    act(server, "favourite", "hans", post["uri"])
    assert sink.wait().json["notification_type"] == "favourite"


@pytest.mark.parametrize("policy, followed, follower", [("followed", True, False), ("follower", False, True), ("none", False, False)])
def test_the_policy_says_of_whom(server, sink, policy, followed, follower):
    name = f"ines_{policy}"
    app = person(server, name)
    for sender in ("whom_one_follows", "who_follows"):
        if not server.database.value("select count(*) from actors where handle = %s", (sender,)):
            person(server, sender)
    act(server, "follow", name, "whom_one_follows")
    act(server, "follow", "who_follows", name)
    app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true", "data[policy]": policy}))
    for sender in ("whom_one_follows", "who_follows"):
        act(server, "post", sender, f"@{name} c'est {sender}")
    app.patch(PATH, data={"policy": "all"})
    person(server, f"last_{policy}")
    wait_until(lambda: server.database.value("select count(*) from jobs where kind = 'push'") == 0, 20)
    act(server, "post", f"last_{policy}", f"@{name} fin")
    sink.wait(1 + followed + follower)
    told = [message.json["title"].split(" ")[0] for message in sink.messages]
    assert told == ["whom_one_follows"] * followed + ["who_follows"] * follower + [f"last_{policy}"]


@pytest.mark.parametrize("end", ["revoked_at = now()", "expires_at = now()"])
def test_a_token_that_has_ended_is_rung_no_more(server, sink, end):
    name = f"jana_{end[:3]}"
    app = person(server, name)
    app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true"}))
    second = Api(server, make_token(server.database, name))
    second.post(PATH, data={**sink.form(**{"data[alerts][mention]": "true"}), "subscription[endpoint]": sink.endpoint("/second")})
    server.database.rows(f"update oauth_tokens set {end} where id = (select min(id) from oauth_tokens where actor_id = %s) returning id",
                         (app.id,))
    act(server, "post", name, "seul")
    person(server, f"kurt_{end[:3]}")
    act(server, "post", f"kurt_{end[:3]}", f"@{name} bonjour")
    assert sink.wait().request.target == "/second" and sink.messages[0].json["access_token"] == second.token


@pytest.mark.parametrize("status", [404, 410])
def test_a_service_that_knows_it_no_more_ends_the_subscription(server, sink, status):
    app = person(server, f"lars{status}")
    person(server, f"maja{status}")
    app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true"}))
    sink.statuses = [status]
    act(server, "post", f"maja{status}", f"@lars{status} bonjour")
    sink.wait()
    wait_until(lambda: subscriptions(server, app) == 0, 10)
    app.get(PATH, status=404)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_tried_again_with_the_newest(server, sink, status):
    app = person(server, f"nora{status}")
    person(server, f"olli{status}")
    app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true"}))
    sink.statuses, sink.headers = [status], [("Retry-After", "2")]
    act(server, "post", f"olli{status}", f"@nora{status} un")
    sink.wait()
    wait_until(lambda: server.database.value("select count(*) from jobs where kind = 'push_retry'") == 1, 10)
    act(server, "post", f"olli{status}", f"@nora{status} deux")
    assert "deux" in sink.wait(2).json["body"]
    wait_until(lambda: server.database.value("select count(*) from jobs where kind like 'push%%'") == 0, 10)
    assert subscriptions(server, app) == 1
    assert server.database.value("select failing_since is null from push_subscriptions where actor_id = %s", (app.id,))


def test_what_a_service_refuses_for_good_is_let_be(server, sink):
    app = person(server, "pepe")
    person(server, "quin")
    app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true"}))
    sink.statuses = [400]
    act(server, "post", "quin", "@pepe un")
    sink.wait()
    wait_until(lambda: server.database.value("select count(*) from jobs where kind like 'push%%'") == 0, 10)
    act(server, "post", "quin", "@pepe deux")
    assert "deux" in sink.wait(2).json["body"] and subscriptions(server, app) == 1


def test_the_guard_judges_endpoints_when_something_is_sent(server, sink):
    app = person(server, "rick")
    person(server, "sara")
    form = sink.form(**{"data[alerts][mention]": "true"})
    app.post(PATH, data={**form, "subscription[endpoint]": f"http://127.0.0.2:{sink.peer.port}/send"})
    act(server, "post", "sara", "@rick bonjour")
    wait_until(lambda: subscriptions(server, app) == 0, 10)
    assert sink.peer.connections == 0


def test_a_server_that_stops_does_not_wait_for_a_service(server_factory, database_factory, sink):
    server = server_factory(settings={"federation.allow_addresses": "127.0.0.1"}, database=database_factory())
    app = person(server, "tina")
    person(server, "udo")
    sink.peer.reply = lambda request, sock: sink.peer.stopping.wait(30) and None
    app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true"}))
    act(server, "post", "udo", "@tina bonjour")
    wait_until(lambda: sink.peer.requests, 20)
    server.stop()
    sink.peer.stopping.set()


def test_nothing_of_it_is_in_the_log(server, sink):
    app = person(server, "vilma")
    person(server, "wolf")
    app.post(PATH, data=sink.form(**{"data[alerts][mention]": "true"}))
    sink.statuses = [500]
    act(server, "post", "wolf", "@vilma chuchotement")
    sink.wait()
    wait_until(lambda: server.database.value("select count(*) from jobs where kind = 'push'") == 0, 10)
    log = server.log()
    assert app.token not in log and "chuchotement" not in log and sink.endpoint() not in log
