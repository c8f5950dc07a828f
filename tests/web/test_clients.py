# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programs that other people wrote for Mastodon go through a whole scene with the demonstration of deploy/quickstart:
toot and Mastodon.py (Debian), masto.js (npm, pinned in masto/). They log in as people do, on the authorize page."""
import base64
import datetime
import json
import os
import queue
import re
import secrets
import shutil
import subprocess
import urllib.parse

import pytest
import requests
from mastodon import Mastodon, MastodonNotFoundError, MastodonUnauthorizedError, StreamListener

from support.browser import Browser, query_of
from support.pictures import picture
from support.quickstart import Quickstart
from support.waiting import wait_until

pytestmark = pytest.mark.limit(150)
SCOPES = ["read", "write", "follow", "push"]
MASTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "masto")


@pytest.fixture(scope="module")
def quickstart():
    made = Quickstart()
    try:
        made.start()
        yield made
    finally:
        made.run("--stop", check=False)
        shutil.rmtree(made.parent, ignore_errors=True)


def allow(quickstart, username, url, language="en"):
    """What a person does in a browser: opens the app's address, signs in, allows. Returns the browser after that."""
    password = next(person["password"] for person in quickstart.demo()["people"] if person["username"] == username)
    browser = Browser(quickstart, language)
    browser.get(url)
    browser.submit("/auth/sign_in", login=username, password=password)
    assert browser.page.status_code == 200, browser.page.text
    browser.submit("/oauth/authorize", decision="allow", follow=False)
    return browser


def code_shown(quickstart, username, url):
    """The code that is shown to be copied (oob)."""
    browser = allow(quickstart, username, url)
    if browser.page.status_code == 302:
        browser.get(browser.location)
    return query_of(browser.page.url)["code"]


# Mastodon.py

class Listener(StreamListener):
    def __init__(self):
        self.events = queue.Queue()

    def on_update(self, status):
        self.events.put(("update", status["id"]))

    def on_status_update(self, status):
        self.events.put(("status.update", status["id"]))

    def on_filters_changed(self):
        self.events.put(("filters_changed", None))

    def on_delete(self, status_id):
        self.events.put(("delete", status_id))

    def on_notification(self, notification):
        self.events.put((notification["type"], notification["status"]["id"] if notification.get("status") else None))

    def wait_for(self, *event):
        while True:
            if self.events.get(timeout=20) == event:
                return


def mastodon(quickstart, username):
    client_id, secret = Mastodon.create_app("Mastodon.py scene", scopes=SCOPES, api_base_url=quickstart.url,
                                            website="https://scene.example")
    client = Mastodon(client_id, secret, api_base_url=quickstart.url)
    url = client.auth_request_url(scopes=SCOPES, state="state")
    client.log_in(code=code_shown(quickstart, username, url), scopes=SCOPES)
    return client


@pytest.fixture(scope="module")
def lea(quickstart):
    return mastodon(quickstart, "lea")


@pytest.fixture(scope="module")
def tom(quickstart):
    return mastodon(quickstart, "customer2")


def test_mastodon_py_knows_who_it_is(quickstart, lea):
    assert lea.app_verify_credentials()["name"] == "Mastodon.py scene"
    me = lea.account_verify_credentials()
    assert me["username"] == me["acct"] == "lea" and me["source"]["privacy"] == "public"
    assert lea.account(me["id"])["display_name"] == "Léa Bernard"
    assert lea.account_lookup("LEA")["id"] == me["id"]
    changed = lea.account_update_credentials(note="Sells flowers", display_name="Léa", avatar=picture("PNG", (64, 64)),
                                             avatar_mime_type="image/png", fields=[("Shop", "Lyon")])
    assert changed["source"]["note"] == "Sells flowers" and "Sells flowers" in changed["note"]
    assert changed["fields"][0]["name"] == "Shop" and changed["avatar"] != me["avatar"]
    assert lea.preferences()["posting:default:visibility"] == "public"


def test_mastodon_py_reads_the_instance(lea):
    instance = lea.instance()
    assert instance["configuration"]["statuses"]["max_characters"] >= 500
    assert re.match(r"4\.\d+\.\d+ \(compatible; Comptoir ", instance["version"])
    assert lea.instance_nodeinfo()["software"]["name"] == "comptoir"
    assert lea.instance_health() and lea.stream_healthy()
    for listed in (lea.instance_peers(), lea.instance_rules(), lea.custom_emojis(), lea.announcements(), lea.trends(),
                   lea.trending_statuses(), lea.trending_links(), lea.suggestions(), lea.featured_tag_suggestions()):
        assert isinstance(listed, list)
    assert lea.directory(local=True, order="new", limit=80)


def test_mastodon_py_writes_a_life_of_a_post(lea, tom):
    media = lea.media_post(picture("PNG", (320, 200)), "image/png", description="Tulips", focus=(0.2, -0.3), synchronous=True)
    assert media["url"] and media["meta"]["focus"]["x"] == 0.2
    media = lea.media_update(media["id"], description="Red tulips")
    said = {"media_ids": [media["id"]], "spoiler_text": "flowers", "language": "en", "visibility": "unlisted",
            "idempotency_key": secrets.token_hex(8)}
    post = lea.status_post("Tulips are here #tulips", **said)
    assert lea.status_post("Tulips are here #tulips", **said)["id"] == post["id"]
    assert post["spoiler_text"] == "flowers" and post["language"] == "en" and post["visibility"] == "unlisted"
    assert post["media_attachments"][0]["description"] == "Red tulips" and post["application"]["name"] == "Mastodon.py scene"
    edited = lea.status_update(post["id"], status="Tulips are gone", media_ids=[media["id"]])
    assert edited["id"] == post["id"] and "gone" in edited["content"] and edited["edited_at"]
    assert ["here" in one["content"] for one in lea.status_history(post["id"])] == [True, False]
    assert lea.status_source(post["id"])["text"] == "Tulips are gone"

    answer = tom.status_reply(tom.status(post["id"]), "What a pity")
    assert answer["in_reply_to_id"] == post["id"] and answer["mentions"][0]["acct"] == "lea"
    assert [one["id"] for one in lea.status_context(post["id"])["descendants"]] == [answer["id"]]
    assert [one["id"] for one in tom.status_context(answer["id"])["ancestors"]] == [post["id"]]

    for act, undo, flag, who in (("reblog", "unreblog", "reblogged", "status_reblogged_by"),
                                 ("favourite", "unfavourite", "favourited", "status_favourited_by"),
                                 ("bookmark", "unbookmark", "bookmarked", None), ("mute", "unmute", "muted", None)):
        done = getattr(tom, f"status_{act}")(post["id"])
        done = done["reblog"] if act == "reblog" else done
        assert done["id"] == post["id"] and done[flag] is True, act
        if who:
            assert [account["acct"] for account in getattr(lea, who)(post["id"])] == ["customer2"]
        if act in ("favourite", "bookmark"):
            assert [one["id"] for one in getattr(tom, f"{act}s")()] == [post["id"]]
        assert getattr(tom, f"status_{undo}")(post["id"])[flag] is False, act
    lea.status_pin(post["id"])
    assert [one["id"] for one in tom.account_statuses(post["account"]["id"], pinned=True)] == [post["id"]]
    lea.status_unpin(post["id"])

    deleted = lea.status_delete(post["id"])
    assert deleted["text"] == "Tulips are gone" and deleted["media_attachments"][0]["id"] == media["id"]
    again = lea.status_post(deleted["text"], media_ids=[one["id"] for one in deleted["media_attachments"]])
    assert again["media_attachments"][0]["description"] == "Red tulips"
    with pytest.raises(MastodonNotFoundError):
        tom.status(post["id"])


def test_mastodon_py_votes(lea, tom):
    post = lea.status_post("Roses or lilies?", poll=lea.make_poll(["roses", "lilies"], 3600))
    tom.poll_vote(post["poll"]["id"], [1])
    poll = tom.poll(post["poll"]["id"])
    assert poll["voted"] and poll["own_votes"] == [1] and poll["options"][1]["votes_count"] == 1 and not poll["expired"]


def test_mastodon_py_follows_lists_and_streams(lea, tom):
    tom_id, lea_id = tom.me()["id"], lea.me()["id"]
    relation = tom.account_follow(lea_id, notify=True)
    assert relation["following"] and relation["notifying"]
    assert tom_id in [one["id"] for one in lea.account_followers(lea_id)]
    assert lea_id in [one["id"] for one in tom.account_following(tom_id)]
    circle = tom.list_create("Shops")
    tom.list_accounts_add(circle["id"], [lea_id])
    assert [one["id"] for one in tom.list_accounts(circle["id"])] == [lea_id]

    home, by_list, by_tag = Listener(), Listener(), Listener()
    streams = [tom.stream_user(home, run_async=True), tom.stream_list(circle["id"], by_list, run_async=True),
               tom.stream_hashtag("peonies", by_tag, run_async=True)]
    try:
        for stream in streams:
            wait_until(stream.is_receiving, 20, "the stream to begin")
        post = lea.status_post("@customer2 look #peonies")
        home.wait_for("update", post["id"])
        by_list.wait_for("update", post["id"])
        by_tag.wait_for("update", post["id"])
        lea.status_update(post["id"], status="@customer2 look again #peonies")
        home.wait_for("status.update", post["id"])
        lea.status_favourite(tom.status_post("thanks", in_reply_to_id=post["id"])["id"])
        rule = tom.filter_create("unwanted", ["home"])
        home.wait_for("filters_changed", None)
        tom.filter_delete(rule["id"])
        lea.status_delete(post["id"])
        home.wait_for("delete", post["id"])
    finally:
        for stream in streams:
            stream.close()

    post = lea.status_post("still here #peonies")
    for page in (tom.timeline_home(), tom.timeline_list(circle["id"]), tom.timeline_hashtag("peonies"), tom.timeline_local(),
                 tom.timeline_public()):
        assert post["id"] in [one["id"] for one in page]
    pages = tom.timeline_home(limit=1)
    older = tom.fetch_next(pages)
    assert older and older[0]["id"] < pages[0]["id"]
    assert tom.fetch_previous(older)[0]["id"] == pages[0]["id"]
    assert tom.list_update(circle["id"], "Shops of Lyon")["title"] == "Shops of Lyon"
    assert [one["id"] for one in tom.account_lists(lea_id)] == [circle["id"]]
    tom.list_accounts_delete(circle["id"], [lea_id])
    tom.list_delete(circle["id"])
    assert tom.lists() == []
    kinds = {one["type"] for one in tom.notifications()}
    assert {"favourite", "status"} <= kinds, kinds
    one = tom.notifications(types=["favourite"])[0]
    assert tom.notifications(id=one["id"])["account"]["id"] == lea_id
    tom.notifications_dismiss(one["id"])
    assert one["id"] not in [other["id"] for other in tom.notifications()]
    tom.notifications_clear()
    assert tom.notifications() == []


def test_mastodon_py_searches_filters_and_marks(lea, tom):
    post = lea.status_post("Begonias of the season #begonias")
    found = wait_until(lambda: lea.search("begonias")["statuses"], 20, "the post to be found")
    assert found[0]["id"] == post["id"]
    assert [tag["name"] for tag in lea.search("begonias", result_type="hashtags")["hashtags"]] == ["begonias"]
    assert "lea" in [one["acct"] for one in tom.account_search("Léa", limit=5)]
    rule = tom.filter_create("begonias", ["home", "public"], whole_word=False, expires_in=3600)
    assert tom.filter(rule["id"])["phrase"] == "begonias" and tom.filters()[0]["expires_at"]
    assert tom.filter_update(rule["id"], phrase="lilies", context=["home"])["phrase"] == "lilies"
    tom.filter_delete(rule["id"])
    assert tom.filters() == []
    marks = tom.markers_set(["home"], [post["id"]])
    assert str(marks["home"]["last_read_id"]) == str(post["id"])
    assert str(tom.markers_get(["home"])["home"]["last_read_id"]) == str(post["id"])


def test_mastodon_py_schedules(lea):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    planned = lea.status_post("Later", scheduled_at=at)
    assert planned["params"]["text"] == "Later"
    assert [one["id"] for one in lea.scheduled_statuses()] == [planned["id"]]
    assert lea.scheduled_status(planned["id"])["scheduled_at"]
    later = lea.scheduled_status_update(planned["id"], at + datetime.timedelta(hours=1))
    assert later["scheduled_at"] > planned["scheduled_at"]
    lea.scheduled_status_delete(planned["id"])
    assert lea.scheduled_statuses() == []


def test_mastodon_py_talks_in_private(lea, tom):
    post = lea.status_post("@customer2 your order is ready", visibility="direct")
    talk = wait_until(lambda: [one for one in tom.conversations() if one["last_status"]["id"] == post["id"]], 20, "the talk")[0]
    assert talk["unread"] and [one["acct"] for one in talk["accounts"]] == ["lea"]
    assert tom.conversations_read(talk["id"])["unread"] is False


def test_mastodon_py_is_pushed_to(tom):
    _, keys = tom.push_subscription_generate_keys()
    made = tom.push_subscription_set("https://push.example/1", keys, mention_events=True, follow_events=False)
    assert made["endpoint"] == "https://push.example/1" and made["server_key"]
    assert made["alerts"]["mention"] is True and made["alerts"]["follow"] is False
    assert tom.push_subscription_update(follow_events=True)["alerts"]["follow"] is True
    assert tom.push_subscription()["id"] == made["id"]
    tom.push_subscription_delete()
    with pytest.raises(MastodonNotFoundError):
        tom.push_subscription()


def test_mastodon_py_keeps_others_away(lea, tom):
    lea_id = lea.me()["id"]
    assert tom.account_mute(lea_id, notifications=False, duration=600)["muting"]
    assert [one["id"] for one in tom.mutes()] == [lea_id]
    assert tom.account_unmute(lea_id)["muting"] is False
    assert tom.account_note_set(lea_id, "a florist")["note"] == "a florist"
    assert tom.account_pin(lea_id)["endorsed"] and [one["id"] for one in tom.endorsements()] == [lea_id]
    tom.account_unpin(lea_id)
    report = tom.report(lea_id, [lea.status_post("Reported")["id"]], "too many flowers", category="other")
    assert report["comment"] == "too many flowers" and report["target_account"]["id"] == lea_id
    blocked = tom.account_block(lea_id)
    assert blocked["blocking"] and not blocked["following"]
    assert [one["id"] for one in tom.blocks()] == [lea_id]
    assert tom.account_unblock(lea_id)["blocking"] is False
    tom.domain_block("bad.example")
    assert tom.domain_blocks() == ["bad.example"]
    tom.domain_unblock("bad.example")
    tag = tom.featured_tag_create("roses")
    assert [one["name"] for one in tom.featured_tags()] == ["roses"]
    tom.featured_tag_delete(tag["id"])


def test_mastodon_py_accepts_who_asks(lea, tom):
    lea_id, tom_id = lea.me()["id"], tom.me()["id"]
    lea.account_update_credentials(locked=True)
    assert tom.account_follow(lea_id)["requested"]
    assert [one["id"] for one in lea.follow_requests()] == [tom_id]
    assert lea.follow_request_authorize(tom_id)["followed_by"]
    assert tom.account_relationships(lea_id)[0]["following"]
    lea.account_remove_from_followers(tom_id)
    assert tom.account_relationships(lea_id)[0]["following"] is False
    tom.account_follow(lea_id)
    lea.follow_request_reject(tom_id)
    assert lea.follow_requests() == []
    lea.account_update_credentials(locked=False)


def test_mastodon_py_logs_out(quickstart):
    client = mastodon(quickstart, "manon")
    token = client.access_token
    client.revoke_access_token()
    with pytest.raises(MastodonUnauthorizedError):
        Mastodon(access_token=token, api_base_url=quickstart.url).account_verify_credentials()


# masto.js

def test_masto_js_goes_through_its_scene(quickstart):
    node = os.path.join(MASTO, "node_modules", ".bin", "node")
    if not os.path.exists(node):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=MASTO, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)
    app = requests.post(quickstart.url + "/api/v1/apps", timeout=10, json={
        "client_name": "masto.js scene", "redirect_uris": ["urn:ietf:wg:oauth:2.0:oob"], "scopes": "read write follow push"}).json()
    asked = urllib.parse.urlencode({"response_type": "code", "client_id": app["client_id"], "scope": "read write follow push",
                                    "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "force_login": "false", "lang": "fr"})
    people = {name: {"code": code_shown(quickstart, name, f"{quickstart.url}/oauth/authorize?{asked}")}
              for name in ("karim", "customer3")}
    keys = Mastodon.push_subscription_generate_keys(None)[1]
    plan = {"url": quickstart.url, "app": app, "people": people,
            "picture": base64.b64encode(picture("PNG", (320, 200))).decode(),
            "keys": {"p256dh": base64.urlsafe_b64encode(keys["pubkey"]).decode().rstrip("="),
                     "auth": base64.urlsafe_b64encode(keys["auth"]).decode().rstrip("=")}}
    scene = subprocess.run([node, "scene.mjs", json.dumps(plan)], cwd=MASTO, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, timeout=140, check=False)
    assert scene.returncode == 0, scene.stdout + scene.stderr[-6000:]
    assert scene.stdout.startswith("done: instance, profile, ") and scene.stdout.endswith(", log out\n"), scene.stdout


# toot

class Toot:
    """The command line program with a configuration of its own."""

    def __init__(self, quickstart, directory):
        self.quickstart, self.directory = quickstart, directory
        self.host = urllib.parse.urlsplit(quickstart.url).netloc
        self.environment = {**os.environ, "XDG_CONFIG_HOME": str(directory), "HOME": str(directory)}

    def log_in(self, username):
        program = subprocess.Popen(["toot", "login", "--instance", self.host, "--disable-https", "--no-color"], text=True, bufsize=1,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env={**self.environment, "PYTHONUNBUFFERED": "1"})
        try:
            said = ""
            while "/oauth/authorize" not in said:
                line = program.stdout.readline()
                assert line, "toot ended"
                said = line
            program.stdin.write(f"n\n{code_shown(self.quickstart, username, said.strip())}\n")
            program.stdin.flush()
            rest, _ = program.communicate(timeout=30)
        finally:
            program.kill()
            program.wait()
        assert "Successfully logged in" in rest, rest

    def say(self, *arguments, code=0):
        made = subprocess.run(["toot", arguments[0], "--no-color", *arguments[1:]], env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        assert made.returncode == code, f"{arguments}: {made.stdout}"
        return made.stdout

    def post(self, *arguments):
        """The id of the new post: toot says where it is."""
        return re.search(r"(\d+)\s*$", self.say("post", *arguments)).group(1)


@pytest.fixture(scope="module")
def toot(quickstart, tmp_path_factory):
    made = Toot(quickstart, tmp_path_factory.mktemp("toot"))
    made.log_in("flora")
    return made


def test_toot_reads(toot):
    assert "flora@" in toot.say("auth")
    assert "@flora" in toot.say("whoami") and "Flora Martin" in toot.say("whois", "flora")
    assert "Comptoir" in toot.say("instance", toot.host, "--disable-https")
    assert "Bonjour à toutes" in toot.say("timeline", "--public", "--local", "--once", "--count", "20")
    assert "fleurs" in toot.say("search", "fleurs")


def test_toot_writes(toot, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture("PNG", (320, 200)))
    assert "type 'image'" in toot.say("upload", str(photo), "--description", "Iris")
    post = toot.post("Irises today #irises", "--media", str(photo), "--description", "Blue irises",
                     "--visibility", "public", "--language", "en", "--sensitive")
    assert "Irises today" in toot.say("thread", post)
    hidden = toot.post("Not before tea", "--spoiler-text", "Tea")
    assert "Not before tea" in toot.say("timeline", "--once", "--count", "5")
    toot.say("delete", hidden)
    answer = toot.post("And tomorrow too", "--reply-to", post)
    assert "And tomorrow too" in toot.say("thread", post) and "Irises today" in toot.say("thread", answer)
    later = toot.say("post", "Later", "--scheduled-in", "2 hours")
    assert "scheduled" in later.lower()
    for act in ("favourite", "bookmark", "pin", "reblog"):
        toot.say(act, post)
    assert "Irises today" in toot.say("bookmarks", "--once")
    assert "@flora" in toot.say("reblogged_by", post)
    for undo in ("unfavourite", "unbookmark", "unpin", "unreblog"):
        toot.say(undo, post)
    assert "Irises today" in toot.say("timeline", "--tag", "irises", "--once")
    toot.say("delete", post)
    assert "Record not found" in toot.say("thread", post, code=1)


def test_toot_knows_others(toot):
    assert "following" in toot.say("follow", "customer1")
    assert "customer1" in toot.say("following", "flora")
    assert "flora" in toot.say("followers", "customer1")
    toot.say("unfollow", "customer1")
    assert "customer1" not in toot.say("following", "flora")
    for act in ("mute", "unmute", "block", "unblock"):
        toot.say(act, "customer1")
    toot.say("tags_follow", "irises")
    assert "irises" in toot.say("tags_followed")
    toot.say("tags_unfollow", "irises")
    toot.say("notifications")
    toot.say("notifications", "--clear")
    assert "No notification" in toot.say("notifications")


def test_toot_logs_out(toot):
    assert "logged out" in toot.say("logout", f"flora@{toot.host}")
