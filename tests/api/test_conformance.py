# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every operation of the client API that apps call (tiers T1 and T2 of support/data/endpoints.json), each answer held
against the table of entities. The last tests fail for operations that were not called, and for entities and members that
no answer has shown, so that empty lists do not pass."""
import base64
import json
import os
import struct
import time
import zlib

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support import processes
from support.api import Api, make_token, new_id, person
from support.entities import Conformance, load
from support.far import far_actor, follow
from support.waiting import wait_until

pytestmark = pytest.mark.limit(300)

# Shown elsewhere, or nothing that an answer of ours has.
ELSEWHERE = {
    "GET /api/v1/streaming": "test_streaming", "GET /api/v1/streaming/user": "test_streaming",
    "GET /api/v1/streaming/user/notification": "test_streaming", "GET /api/v1/streaming/public": "test_streaming",
    "GET /api/v1/streaming/public/local": "test_streaming", "GET /api/v1/streaming/hashtag": "test_streaming",
    "GET /api/v1/streaming/list": "test_streaming", "GET /api/v1/streaming/direct": "test_streaming",
    "GET /oauth/authorize": "test_oauth", "POST /oauth/authorize": "test_oauth", "DELETE /oauth/authorize": "test_oauth",
    "GET /oauth/authorize/native": "test_oauth", "GET /.well-known/webfinger": "test_first_routes",
    "GET /.well-known/host-meta": "test_first_routes", "GET /.well-known/nodeinfo": "test_first_routes",
    "POST /api/v1/accounts": "test_registration", "POST /api/v1/emails/confirmations": "test_registration",
    "POST /api/v1/statuses/:id/translate": "test_posting",
}
UNSHOWN = {
    "AccountWarning": "moderators warn by other means",
    "NotificationFallback": "newer than what is claimed", "ShallowQuote": "quotes are whole", "AccountRole": "roles are not shown",
    "FeatureApproval": "newer than what is claimed",
    "Translation": "test_translation", "Translation::Attachment": "test_translation", "Translation::Poll": "test_translation",
    "Translation::Poll::Option": "test_translation", "TermsOfService": "test_instance_facts",
    "Announcement::Account": "announcements name nobody", "Announcement::Status": "announcements name no posts",
    "Status.text": "of deleted posts only, which have no content",
    "Field.verified_at": "test_account_routes", "MediaAttachment.remote_url": "test_media_proxy",
    "Instance.configuration.urls.status": "there is no such page", "Instance.wrapstodon": "not offered",
    "Instance.configuration.urls.terms_of_service": "test_instance_facts", "Instance.contact.account": "not configured here",
    "V1::Instance.contact_account": "not configured here", "Instance.registrations.message": "not offered",
    "Instance.registrations.min_age": "not asked", "Instance.registrations.url": "sign-up is ours",
    "Instance.thumbnail.blurhash": "an asset has none", "Instance.thumbnail.versions": "one size",
    "Notification.collection": "newer than what is claimed",
    "Notification.fallback": "newer than what is claimed", "Notification.moderation_warning": "moderators warn by other means",
    "Notification.report": "for moderators: test_notifications", "Report.action_taken_at": "of resolved ones, which nobody is shown",
    "OEmbed.height": "as tall as its text", "ScheduledStatus.params.scheduled_at": "always null", "StatusEdit.quote": "an edit cannot change it",
    "MutedAccount.mute_expires_at": "test_relationships",
}


def png(width=4, height=4):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x30\x90\xd0" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class World:
    def __init__(self, server):
        self.server = server
        self.called = set()
        claimed = requests.get(server.url + "/api/v2/instance", timeout=10).json()["version"].split(" ")[0]
        self.conformance = Conformance(claimed)
        self.anna, self.bob, self.carla = (person(server, name) for name in ("anna", "bob", "carla"))
        self.nobody = Api(server)
        self.far = self.make_remote()

    def call(self, api, method, template, entity, status=200, values=(), **keywords):
        """template as in endpoints.json; entity None: nothing is checked but the status. The answer's JSON."""
        self.called.add(f"{method} {template}")
        parts = iter(str(value) for value in values)
        path = "/".join(next(parts) if part.startswith(":") else part for part in template.split("/"))
        answer = api.call(method, path, status, **keywords)
        if entity is None:
            return answer
        assert answer.headers["Content-Type"].startswith("application/json"), f"{method} {path}"
        value = answer.json()
        self.conformance.check(entity, value, f"{method} {template}")
        return value

    def get(self, api, template, entity, *values, status=200, **parameters):
        return self.call(api, "GET", template, entity, status, values, params=parameters)

    def post(self, api, template, entity, *values, status=200, data=None, **keywords):
        return self.call(api, "POST", template, entity, status, values, data=data, **keywords)

    def put(self, api, template, entity, *values, data=None, **keywords):
        return self.call(api, "PUT", template, entity, 200, values, data=data, **keywords)

    def patch(self, api, template, entity, *values, data=None, **keywords):
        return self.call(api, "PATCH", template, entity, 200, values, data=data, **keywords)

    def delete(self, api, template, entity, *values, status=200, data=None, **keywords):
        return self.call(api, "DELETE", template, entity, status, values, data=data, **keywords)

    def make_remote(self):
        """Somebody of another server, as if it had been read, who follows anna; with a custom emoji and a field."""
        actor = new_id()
        self.server.database.rows(
            "insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, display_name, summary_html, fields,"
            " created_at, updated_at, fetched_at, is_discoverable, is_indexable) values (%s, 'Person', 'far', 'far', 'far.example',"
            " 'https://far.example/users/far', 'https://far.example/@far', 'https://far.example/users/far/inbox', 'Far :wave:',"
            " '<p>:wave:</p>', '[{\"name\": \"Site\", \"value\": \"<a href=\\\"https://far.example\\\">x</a>\"}]', now() - interval"
            " '1 year', now(), now(), true, true) returning id", (actor,))
        self.server.database.rows("insert into emojis (domain, shortcode, image_url, updated_at) values"
                                  " ('far.example', 'wave', 'https://far.example/wave.png', now()) returning 1")
        self.server.database.rows("insert into follows (id, follower_id, followed_id, state, uri) values (%s, %s, %s, 'accepted',"
                                  " 'https://far.example/follow/1') returning 1", (new_id(), actor, int(self.anna.id)))
        self.server.database.rows("insert into peers (name) values ('far.example') returning 1")
        return str(actor)

    def remote_post(self, text="<p>Hello :wave:</p>", **columns):
        post = new_id()
        columns = {"visibility": "public", **columns}
        names = ", ".join(columns)
        self.server.database.rows(
            f"insert into posts (id, actor_id, uri, url, conversation_id, html, created_at, fetched_at, {names}) values (%s, %s, %s,"
            f" %s, %s, %s, now(), now(), {', '.join(['%s'] * len(columns))}) returning 1",
            (post, int(self.far), f"https://far.example/p/{post}", f"https://far.example/@far/{post}", post, text, *columns.values()))
        return str(post)

    def show_link(self):
        """Two posts of people who want to be found that show one link, as if it had been read (test_previews reads some)."""
        database, preview, other = self.server.database, new_id(), person(self.server, "dora")
        database.rows("update actors set is_discoverable = true where id in (%s, %s) returning 1", (self.anna.id, other.id))
        database.rows(
            "insert into previews (id, url, state, fetched_at, kind, title, description, language, author_name, author_url, creator_id,"
            " provider_name, provider_url, embed_url, width, height, image_url, image_description, blurhash, published_at) values (%s,"
            " 'https://press.example/article', 'ready', now(), 'video', 'Title', 'Text', 'fr', 'Anna', 'https://press.example/anna', %s,"
            " 'Press', 'https://press.example/', 'https://press.example/embed', 640, 360, 'https://press.example/1.jpg', 'A hall',"
            " 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', now()) returning 1", (preview, self.anna.id))
        for api in (self.anna, other):
            post = self.status(api, "Read https://press.example/article")
            database.rows("insert into post_previews (post_id, preview_id) values (%s, %s) on conflict (post_id) do nothing returning 1",
                          (post["id"], preview))
            database.rows("update posts set revision = revision + 1 where id = %s returning 1", (post["id"],))

    def status(self, api, text="Hello", **data):
        return self.post(api, "/api/v1/statuses", "Status", data={"status": text, **data})


@pytest.fixture(scope="module")
def world(server):
    return World(server)


def test_applications_and_tokens(world):
    app = world.post(world.nobody, "/api/v1/apps", "CredentialApplication",
                     data={"client_name": "Conformance", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write",
                           "website": "https://app.example"})
    token = world.post(world.nobody, "/oauth/token", "Token", data={
        "grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "scope": "read"})
    bearer = Api(world.server, token["access_token"])
    world.get(bearer, "/api/v1/apps/verify_credentials", "Application")
    world.post(world.nobody, "/oauth/revoke", "Empty", data={
        "client_id": app["client_id"], "client_secret": app["client_secret"], "token": token["access_token"]})
    world.get(world.anna, "/oauth/userinfo", "Userinfo")
    metadata = world.get(world.nobody, "/.well-known/oauth-authorization-server", "hash")
    assert metadata["code_challenge_methods_supported"] == ["S256"]


def test_instance(world):
    world.server.command("rule", "add", "Be kind.")
    world.get(world.nobody, "/api/v2/instance", "Instance")
    world.get(world.nobody, "/api/v1/instance", "V1::Instance")
    assert world.get(world.nobody, "/api/v1/instance/rules", "[Rule]")
    assert "far.example" in world.get(world.nobody, "/api/v1/instance/peers", "[string]")
    world.get(world.nobody, "/api/v1/instance/extended_description", "ExtendedDescription")
    world.get(world.nobody, "/api/v1/instance/privacy_policy", "PrivacyPolicy")
    world.get(world.nobody, "/nodeinfo/2.0", "NodeInfo")
    world.get(world.nobody, "/api/v1/streaming/health", None)
    world.get(world.nobody, "/api/v1/instance/languages", "[InstanceLanguage]")
    world.get(world.nobody, "/api/v1/instance/terms_of_service", None, status=404)
    world.server.command("domain", "block", "bad.example", "--severity", "suspend", "--comment", "spam")
    world.get(world.anna, "/api/v1/instance/domain_blocks", "[DomainBlock]")


def test_accounts(world):
    anna, bob = world.anna, world.bob
    files = {"avatar": ("a.png", png(400, 400), "image/png"), "header": ("h.png", png(600, 200), "image/png")}
    world.call(anna, "PATCH", "/api/v1/accounts/update_credentials", "CredentialAccount", files=files, data={
        "display_name": "Anna", "note": "A florist #flowers", "fields_attributes[0][name]": "Site",
        "fields_attributes[0][value]": "https://anna.example", "discoverable": "true", "indexable": "true",
        "source[privacy]": "public", "source[language]": "fr", "attribution_domains[]": "anna.example"})
    world.get(anna, "/api/v1/accounts/verify_credentials", "CredentialAccount")
    world.get(world.nobody, "/api/v1/accounts/:id", "Account", anna.id)
    world.get(world.nobody, "/api/v1/accounts/:id", "Account", world.far)
    assert len(world.get(anna, "/api/v1/accounts", "[Account]", **{"id[]": [anna.id, bob.id]})) == 2
    world.get(world.nobody, "/api/v1/accounts/lookup", "Account", acct="anna")
    assert world.get(anna, "/api/v1/accounts/search", "[Account]", q="ann")
    world.get(anna, "/api/v1/profile", "Profile")
    world.patch(anna, "/api/v1/profile", "Profile", data={"display_name": "Anna F."})
    world.get(anna, "/api/v1/preferences", "Preferences")


def test_accounts_that_are_not_as_others(world):
    for name, change in (("gone", "suspended_at = now()"), ("quiet", "silenced_at = now()"), ("late", "is_memorial = true"),
                         ("moved", f"moved_to_id = {world.far}")):
        one = person(world.server, name)
        world.server.database.rows(f"update actors set {change}, updated_at = now() where id = %s returning 1", (int(one.id),))
        world.get(world.nobody, "/api/v1/accounts/:id", "Account", one.id)


def test_relationships(world):
    anna, bob, carla = world.anna, world.bob, world.carla
    world.patch(carla, "/api/v1/accounts/update_credentials", "CredentialAccount", data={"locked": "true"})
    assert world.post(bob, "/api/v1/accounts/:id/follow", "Relationship", anna.id, data={"languages[]": ["fr", "en"]})["following"]
    assert world.post(anna, "/api/v1/accounts/:id/follow", "Relationship", carla.id)["requested"]
    assert world.post(bob, "/api/v1/accounts/:id/follow", "Relationship", carla.id)["requested"]
    assert len(world.get(carla, "/api/v1/follow_requests", "[Account]")) == 2
    world.post(carla, "/api/v1/follow_requests/:account_id/authorize", "Relationship", anna.id)
    world.post(carla, "/api/v1/follow_requests/:account_id/reject", "Relationship", bob.id)
    assert world.get(world.nobody, "/api/v1/accounts/:id/followers", "[Account]", anna.id)
    assert world.get(world.nobody, "/api/v1/accounts/:id/following", "[Account]", bob.id)
    assert world.get(anna, "/api/v1/accounts/relationships", "[Relationship]", **{"id[]": [bob.id, carla.id]})
    world.post(carla, "/api/v1/accounts/:id/follow", "Relationship", bob.id)
    world.post(anna, "/api/v1/accounts/:id/follow", "Relationship", bob.id)
    found = world.get(anna, "/api/v1/accounts/familiar_followers", "[FamiliarFollowers]", **{"id[]": [bob.id]})
    assert found[0]["accounts"]
    world.post(anna, "/api/v1/accounts/:id/unfollow", "Relationship", bob.id)
    world.post(bob, "/api/v1/accounts/:id/remove_from_followers", "Relationship", carla.id)
    world.post(anna, "/api/v1/accounts/:id/note", "Relationship", bob.id, data={"comment": "A friend"})
    world.post(carla, "/api/v1/accounts/:id/block", "Relationship", world.far)
    assert world.get(carla, "/api/v1/blocks", "[Account]")
    world.post(carla, "/api/v1/accounts/:id/unblock", "Relationship", world.far)
    world.post(carla, "/api/v1/accounts/:id/mute", "Relationship", world.far, data={"duration": "3600"})
    assert world.get(carla, "/api/v1/mutes", "[MutedAccount]")
    world.post(carla, "/api/v1/accounts/:id/unmute", "Relationship", world.far)
    world.post(carla, "/api/v1/domain_blocks", "Empty", data={"domain": "worse.example"})
    assert world.get(carla, "/api/v1/domain_blocks", "[string]") == ["worse.example"]
    world.delete(carla, "/api/v1/domain_blocks", "Empty", data={"domain": "worse.example"})
    world.get(carla, "/api/v1/domain_blocks/preview", "DomainBlockPreview", domain="far.example")
    world.post(carla, "/api/v1/accounts/:id/follow", "Relationship", anna.id)
    world.post(carla, "/api/v1/accounts/:id/endorse", "Relationship", anna.id)


def test_lists(world):
    anna, carla = world.anna, world.carla
    made = world.post(anna, "/api/v1/lists", "List", data={"title": "Close"})
    assert world.get(anna, "/api/v1/lists", "[List]")
    world.get(anna, "/api/v1/lists/:id", "List", made["id"])
    world.put(anna, "/api/v1/lists/:id", "List", made["id"], data={"title": "Closer", "replies_policy": "followed"})
    world.post(anna, "/api/v1/lists/:id/accounts", "Empty", made["id"], data={"account_ids[]": [carla.id]})
    assert world.get(anna, "/api/v1/lists/:id/accounts", "[Account]", made["id"])
    assert world.get(anna, "/api/v1/accounts/:id/lists", "[List]", carla.id)
    world.status(carla, "For the list")
    assert world.get(anna, "/api/v1/timelines/list/:list_id", "[Status]", made["id"])
    world.delete(anna, "/api/v1/lists/:id/accounts", "Empty", made["id"], data={"account_ids[]": [carla.id]})
    world.delete(anna, "/api/v1/lists/:id", "Empty", made["id"])


def test_media(world):
    anna = world.anna
    made = world.call(anna, "POST", "/api/v2/media", "MediaAttachment", None, files={"file": ("x.png", png(640, 480), "image/png")},
                      data={"description": "Blue"})
    wait_until(lambda: world.call(anna, "GET", "/api/v1/media/:id", None, None, (made["id"],)).status_code == 200, 30, "the picture")
    world.get(anna, "/api/v1/media/:id", "MediaAttachment", made["id"])
    world.put(anna, "/api/v1/media/:id", "MediaAttachment", made["id"], data={"description": "Bluer", "focus": "0.5,-0.5"})
    other = world.call(anna, "POST", "/api/v1/media", "MediaAttachment", 200, files={"file": ("y.png", png(), "image/png")})
    assert other["url"]
    world.delete(anna, "/api/v1/media/:id", "Empty", other["id"])
    world.picture = made["id"]
    status = world.status(anna, "With a picture", **{"media_ids[]": [made["id"]]})
    assert status["media_attachments"][0]["meta"]["original"]["width"] == 640


def test_statuses(world):
    anna, bob = world.anna, world.bob
    status = world.status(anna, "Bonjour @bob #flowers https://far.example/page", language="fr", spoiler_text="Careful")
    world.picked = status["id"]
    assert status["application"]["name"] == "Tests"
    world.get(world.nobody, "/api/v1/statuses/:id", "Status", status["id"])
    world.get(anna, "/api/v1/statuses", "[Status]", **{"id[]": [status["id"]]})
    world.status(bob, "@anna An answer", in_reply_to_id=status["id"])
    context = world.get(anna, "/api/v1/statuses/:id/context", "Context", status["id"])
    assert context["descendants"]
    assert world.get(anna, "/api/v1/statuses/:id/context", "Context", context["descendants"][0]["id"])["ancestors"]
    for deed, undo in (("favourite", "unfavourite"), ("reblog", "unreblog"), ("bookmark", "unbookmark"), ("mute", "unmute")):
        world.post(anna, f"/api/v1/statuses/:id/{deed}", "Status", status["id"])
        world.post(anna, f"/api/v1/statuses/:id/{undo}", "Status", status["id"])
    world.post(anna, "/api/v1/statuses/:id/pin", "Status", status["id"])
    world.post(anna, "/api/v1/statuses/:id/unpin", "Status", status["id"])
    for deed in ("favourite", "reblog", "bookmark"):
        world.post(bob, f"/api/v1/statuses/:id/{deed}", "Status", status["id"])
    assert world.get(anna, "/api/v1/statuses/:id/reblogged_by", "[Account]", status["id"])
    assert world.get(anna, "/api/v1/statuses/:id/favourited_by", "[Account]", status["id"])
    assert world.get(bob, "/api/v1/bookmarks", "[Status]")
    assert world.get(bob, "/api/v1/favourites", "[Status]")
    world.put(anna, "/api/v1/statuses/:id", "Status", status["id"], data={"status": "Bonsoir @bob #flowers", "spoiler_text": ""})
    assert len(world.get(anna, "/api/v1/statuses/:id/history", "[StatusEdit]", status["id"])) == 2
    world.get(anna, "/api/v1/statuses/:id/source", "StatusSource", status["id"])
    assert world.get(world.nobody, "/api/v1/accounts/:id/statuses", "[Status]", anna.id)
    quote = world.status(bob, "Look at this", quoted_status_id=status["id"])
    assert quote["quote"]["state"] == "accepted"
    assert world.get(anna, "/api/v1/statuses/:id/quotes", "[Status]", status["id"])
    world.post(anna, "/api/v1/statuses/:id/quotes/:quoting_status_id/revoke", "Status", status["id"], quote["id"])
    world.put(anna, "/api/v1/statuses/:id/interaction_policy", "Status", status["id"], data={"quote_approval_policy": "nobody"})
    gone = world.status(anna, "Not for long")
    assert world.delete(anna, "/api/v1/statuses/:id", "hash", gone["id"])["text"] == "Not for long"


def test_remote_statuses(world):
    post = world.remote_post()
    status = world.get(world.anna, "/api/v1/statuses/:id", "Status", post)
    assert status["emojis"][0]["shortcode"] == "wave" and status["account"]["acct"] == "far@far.example"


def test_polls(world):
    anna, bob = world.anna, world.bob
    made = world.status(anna, "Which?", **{"poll[options][]": ["One", "Two"], "poll[expires_in]": 3600, "poll[multiple]": "true"})
    poll = made["poll"]["id"]
    world.post(bob, "/api/v1/polls/:id/votes", "Poll", poll, data={"choices[]": [0, 1]})
    assert world.get(bob, "/api/v1/polls/:id", "Poll", poll)["own_votes"] == [0, 1]
    world.put(anna, "/api/v1/statuses/:id", "Status", made["id"], data={
        "status": "Which one?", "poll[options][]": ["One", "Two", "Three"], "poll[expires_in]": 3600})
    assert world.get(anna, "/api/v1/statuses/:id/history", "[StatusEdit]", made["id"])[0]["poll"]


def test_scheduled_statuses(world):
    anna = world.anna
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 7200))
    media = world.call(anna, "POST", "/api/v1/media", "MediaAttachment", 200, files={"file": ("y.png", png(), "image/png")})
    made = world.post(anna, "/api/v1/statuses", "ScheduledStatus", data={
        "status": "Later", "scheduled_at": at, "media_ids[]": [media["id"]], "language": "fr", "spoiler_text": "x",
        "in_reply_to_id": world.picked}, headers={"Idempotency-Key": "conformance"})
    polled = world.post(anna, "/api/v1/statuses", "ScheduledStatus", data={
        "status": "Which, later?", "scheduled_at": at, "poll[options][]": ["a", "b"], "poll[expires_in]": 3600,
        "poll[multiple]": "true", "poll[hide_totals]": "true"})
    assert len(world.get(anna, "/api/v1/scheduled_statuses", "[ScheduledStatus]")) == 2
    world.get(anna, "/api/v1/scheduled_statuses/:id", "ScheduledStatus", made["id"])
    world.put(anna, "/api/v1/scheduled_statuses/:id", "ScheduledStatus", made["id"], data={"scheduled_at": at})
    for one in (made, polled):
        world.delete(anna, "/api/v1/scheduled_statuses/:id", "Empty", one["id"])


def test_timelines(world):
    anna, bob = world.anna, world.bob
    world.status(anna, "Seen #flowers")
    assert world.get(bob, "/api/v1/timelines/home", "[Status]")
    assert world.get(world.nobody, "/api/v1/timelines/public", "[Status]")
    assert world.get(anna, "/api/v1/timelines/tag/:hashtag", "[Status]", "flowers")


def test_lost_follows(world):
    far = far_actor(world.server.database, "lost", "lost.example")
    follow(world.server.database, far, world.carla.id)
    world.server.command("domain", "block", "lost.example")
    found = wait_until(lambda: world.get(world.carla, "/api/v1/notifications", "[Notification]", **{"types[]": "severed_relationships"}),
                       20, "the lost follower to be told of")
    assert len(found) == 1 and found[0]["event"]["followers_count"] == 1
    world.post(world.carla, "/api/v1/notifications/:id/dismiss", "Empty", found[0]["id"])


def test_notifications(world):
    anna, bob = world.anna, world.bob
    target = world.status(anna, "Notice this")
    for deed in ("favourite", "reblog"):
        for one in (person(world.server, f"fan-{deed}"), world.carla, bob):
            world.post(one, f"/api/v1/statuses/:id/{deed}", "Status", target["id"])
    world.status(bob, "@anna hello")
    found = world.get(anna, "/api/v1/notifications", "[Notification]")
    assert {"mention", "favourite", "reblog"} <= {one["type"] for one in found}
    world.get(anna, "/api/v1/notifications/:id", "Notification", found[0]["id"])
    assert world.get(anna, "/api/v1/notifications/unread_count", "UnreadCount")["count"] > 0
    world.get(anna, "/api/v2/notifications/unread_count", "UnreadCount")
    grouped = world.get(anna, "/api/v2/notifications", "GroupedNotificationsResults", expand_accounts="partial_avatars")
    grouped = world.get(anna, "/api/v2/notifications", "GroupedNotificationsResults")
    key = next(group["group_key"] for group in grouped["notification_groups"] if group["type"] == "favourite")
    world.get(anna, "/api/v2/notifications/:group_key", "GroupedNotificationsResults", key)
    assert world.get(anna, "/api/v2/notifications/:group_key/accounts", "[Account]", key)
    world.post(anna, "/api/v2/notifications/:group_key/dismiss", "Empty", key)
    world.post(anna, "/api/v1/notifications/:id/dismiss", "Empty", found[0]["id"])
    world.get(anna, "/api/v2/notifications/policy", "NotificationPolicy")
    world.patch(anna, "/api/v2/notifications/policy", "NotificationPolicy", data={"for_not_following": "filter"})
    world.get(anna, "/api/v1/notifications/policy", "V1::NotificationPolicy")
    strangers = [person(world.server, f"stranger{number}") for number in range(4)]
    for stranger in strangers:
        world.status(stranger, "@anna hello from a stranger")
    requests_found = world.get(anna, "/api/v1/notifications/requests", "[NotificationRequest]")
    ids = [one["id"] for one in requests_found]
    assert len(ids) >= 4
    world.get(anna, "/api/v1/notifications/requests/:id", "NotificationRequest", ids[0])
    world.post(anna, "/api/v1/notifications/requests/:id/accept", "Empty", ids[0])
    world.post(anna, "/api/v1/notifications/requests/:id/dismiss", "Empty", ids[1])
    world.post(anna, "/api/v1/notifications/requests/accept", "Empty", data={"id[]": [ids[2]]})
    world.post(anna, "/api/v1/notifications/requests/dismiss", "Empty", data={"id[]": [ids[3]]})
    world.get(anna, "/api/v1/notifications/requests/merged", "Merged")
    world.post(bob, "/api/v2/notifications/clear", "Empty")
    world.post(anna, "/api/v1/notifications/clear", "Empty")
    world.patch(anna, "/api/v2/notifications/policy", "NotificationPolicy", data={"for_not_following": "accept"})


def test_markers_and_conversations(world):
    anna, bob = world.anna, world.bob
    world.post(anna, "/api/v1/markers", "Markers", data={"home[last_read_id]": world.picked, "notifications[last_read_id]": "1"})
    assert set(world.get(anna, "/api/v1/markers", "Markers", **{"timeline[]": ["home", "notifications"]})) == {"home", "notifications"}
    world.status(bob, "@anna A word", visibility="direct")
    found = world.get(anna, "/api/v1/conversations", "[Conversation]")
    world.post(anna, "/api/v1/conversations/:id/read", "Conversation", found[0]["id"])
    world.delete(anna, "/api/v1/conversations/:id", "Empty", found[0]["id"])


def test_push(world):
    anna = Api(world.server, make_token(world.server.database, "anna"), "anna")
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    key = base64.urlsafe_b64encode(point).decode().rstrip("=")
    data = {"subscription[endpoint]": "https://push.example/one", "subscription[keys][p256dh]": key,
            "subscription[keys][auth]": base64.urlsafe_b64encode(b"x" * 16).decode(), "data[alerts][mention]": "true"}
    world.post(anna, "/api/v1/push/subscription", "WebPushSubscription", data=data)
    world.get(anna, "/api/v1/push/subscription", "WebPushSubscription")
    world.put(anna, "/api/v1/push/subscription", "WebPushSubscription", data={"data[alerts][follow]": "true"})
    world.delete(anna, "/api/v1/push/subscription", "Empty")


def test_filters(world):
    anna = world.anna
    made = world.post(anna, "/api/v2/filters", "Filter", data={
        "title": "Noise", "context[]": ["home", "public"], "filter_action": "warn", "expires_in": 3600,
        "keywords_attributes[][keyword]": "noise", "keywords_attributes[][whole_word]": "true"})
    assert world.get(anna, "/api/v2/filters", "[Filter]")
    world.get(anna, "/api/v2/filters/:id", "Filter", made["id"])
    world.put(anna, "/api/v2/filters/:id", "Filter", made["id"], data={"title": "Noises"})
    keyword = world.post(anna, "/api/v2/filters/:filter_id/keywords", "FilterKeyword", made["id"], data={"keyword": "din"})
    assert world.get(anna, "/api/v2/filters/:filter_id/keywords", "[FilterKeyword]", made["id"])
    world.get(anna, "/api/v2/filters/keywords/:id", "FilterKeyword", keyword["id"])
    world.put(anna, "/api/v2/filters/keywords/:id", "FilterKeyword", keyword["id"], data={"keyword": "dins"})
    noisy = world.status(world.bob, "So much noise")
    kept = world.post(anna, "/api/v2/filters/:filter_id/statuses", "FilterStatus", made["id"], data={"status_id": noisy["id"]})
    assert world.get(anna, "/api/v2/filters/:filter_id/statuses", "[FilterStatus]", made["id"])
    world.get(anna, "/api/v2/filters/statuses/:id", "FilterStatus", kept["id"])
    shown = [one for one in world.get(anna, "/api/v1/timelines/public", "[Status]") if one["id"] == noisy["id"]]
    assert shown[0]["filtered"][0]["keyword_matches"] == ["noise"] and shown[0]["filtered"][0]["status_matches"] == [noisy["id"]]
    world.delete(anna, "/api/v2/filters/statuses/:id", "FilterStatus", kept["id"])
    world.delete(anna, "/api/v2/filters/keywords/:id", "Empty", keyword["id"])
    old = world.post(anna, "/api/v1/filters", "V1::Filter", data={"phrase": "hush", "context[]": ["home"], "expires_in": 3600})
    assert world.get(anna, "/api/v1/filters", "[V1::Filter]")
    world.get(anna, "/api/v1/filters/:id", "V1::Filter", old["id"])
    world.put(anna, "/api/v1/filters/:id", "V1::Filter", old["id"], data={"phrase": "hushed", "context[]": ["home"]})
    world.delete(anna, "/api/v1/filters/:id", "Empty", old["id"])
    world.delete(anna, "/api/v2/filters/:id", "Empty", made["id"])


def test_tags(world):
    anna = world.anna
    world.get(anna, "/api/v1/tags/:name", "Tag", "flowers")
    world.post(anna, "/api/v1/tags/:name/follow", "Tag", "flowers")
    assert world.get(anna, "/api/v1/followed_tags", "[Tag]")
    world.post(anna, "/api/v1/tags/:name/unfollow", "Tag", "flowers")
    made = world.post(anna, "/api/v1/featured_tags", "FeaturedTag", data={"name": "flowers"})
    assert world.get(anna, "/api/v1/featured_tags", "[FeaturedTag]")
    assert world.get(world.nobody, "/api/v1/accounts/:id/featured_tags", "[FeaturedTag]", anna.id)
    world.delete(anna, "/api/v1/featured_tags/:id", "Empty", made["id"])
    assert world.get(anna, "/api/v1/featured_tags/suggestions", "[Tag]")


def test_search_and_discovery(world):
    anna, bob = world.anna, world.bob
    for kind, words in (("accounts", "anna"), ("statuses", "Bonsoir"), ("hashtags", "flow")):
        found = world.get(anna, "/api/v2/search", "Search", q=words, type=kind)
        assert found[kind], kind
    world.patch(bob, "/api/v1/accounts/update_credentials", "CredentialAccount", data={"discoverable": "true"})
    world.show_link()
    database = world.server.database
    before = database.value("update jobs set due_at = now() where kind = 'trends' returning due_at")
    database.rows("select pg_notify('comptoir_wake', '8')")
    wait_until(lambda: database.value("select due_at > %s + interval '1 minute' from jobs where kind = 'trends'", (before,)), 30,
               "the trends to be counted")
    assert world.get(world.nobody, "/api/v1/directory", "[Account]", local="true")
    found = world.get(anna, "/api/v2/suggestions", "[Suggestion]")
    assert found
    world.delete(anna, "/api/v1/suggestions/:account_id", "Empty", found[0]["account"]["id"])
    world.get(world.nobody, "/api/v1/trends/tags", "[Tag]")
    world.get(world.nobody, "/api/v1/trends/statuses", "[Status]")
    assert world.get(world.nobody, "/api/v1/trends/links", "[Trends::Link]")
    assert world.get(world.nobody, "/api/v1/timelines/link", "[Status]", url="https://press.example/article")[0]["card"]["authors"]
    world.get(world.nobody, "/api/oembed", "OEmbed", url=f"{world.server.url}/@anna/{world.picked}")


def test_announcements_and_emojis(world):
    anna = world.anna
    path = os.path.join(processes.make_directory("comptoir-emoji-"), "tulip.png")
    with open(path, "wb") as file:
        file.write(png(64, 64))
    processes.give(path)
    world.server.command("emoji", "add", "tulip", path, "--category", "flowers")
    world.server.command("announcement", "add", "We close at noon on Sunday. :tulip: #flowers", "--starts", "2026-01-01T00:00:00Z",
                         "--ends", "2100-01-01T00:00:00Z")
    found = world.get(anna, "/api/v1/announcements", "[Announcement]")
    world.call(anna, "PUT", "/api/v1/announcements/:id/reactions/:name", "Empty", 200, (found[0]["id"], "%F0%9F%91%8D"))
    world.call(anna, "PUT", "/api/v1/announcements/:id/reactions/:name", "Empty", 200, (found[0]["id"], "tulip"))
    assert len(world.get(anna, "/api/v1/announcements", "[Announcement]")[0]["reactions"]) == 2
    world.post(anna, "/api/v1/announcements/:id/dismiss", "Empty", found[0]["id"])
    world.get(world.nobody, "/api/v1/custom_emojis", "[CustomEmoji]")


def test_reports(world):
    noisy = world.status(world.bob, "Something")
    world.post(world.anna, "/api/v1/reports", "Report", data={
        "account_id": world.bob.id, "status_ids[]": [noisy["id"]], "comment": "Not kind", "category": "violation", "rule_ids[]": ["1"]})


def test_pictures_of_a_profile_are_taken_off(world):
    world.delete(world.anna, "/api/v1/profile/avatar", "CredentialAccount")
    world.delete(world.anna, "/api/v1/profile/header", "CredentialAccount")


# The sum of all that was called above.

def test_every_answer_conforms(world):
    assert not world.conformance.faults, "\n".join(sorted(set(world.conformance.faults)))


def test_every_operation_was_called(world):
    wanted = {f"{row['method'].split('/')[0]} {row['path']}" for row in load("endpoints.json")["rows"] if row["tier"] in ("T1", "T2")}
    missing = wanted - world.called - set(ELSEWHERE)
    assert not missing, "\n".join(sorted(missing))


def test_every_entity_and_member_was_seen(world):
    unseen = [name for name in world.conformance.unseen() if name.split(".")[0] not in UNSHOWN and name not in UNSHOWN]
    assert not unseen, "\n".join(unseen)
