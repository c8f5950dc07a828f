# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first routes of the real program: operation, discovery, actors, instance, pages."""
import json
import re
import time
import xml.etree.ElementTree as ElementTree

import pytest

from support import world
from support.metrics import metric
from support.waiting import wait_until
from support.world import EVIL, SECOND_DOMAIN, SECOND_HOST

ACTIVITY = "application/activity+json"
LINKED = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module", autouse=True)
def florist(server):
    world.create_florist(server)


def get(server, path, accept=None, host=None, **keywords):
    headers = {"Accept": accept} if accept else {}
    if host:
        headers["Host"] = host
    return server.get(path, headers=headers, **keywords)


def authority(server):
    return f"127.0.0.1:{server.port}"


def webfinger(server, resource, **params):
    return server.get("/.well-known/webfinger", params={"resource": resource, **params})


# operation

def test_health_answers_without_the_database(server):
    answer = get(server, "/health")
    assert answer.status_code == 200 and answer.text == "OK"  # Mastodon.py compares it whole


def test_ready_tells_whether_the_database_is_there(server_factory, database_factory):
    server = server_factory(database=database_factory())
    assert get(server, "/ready").json() == {"status": "ready"}
    server.database.rows("alter table schema_migrations rename to gone")

    def answer():
        return get(server, "/ready")
    wait_until(lambda: answer().status_code == 503, 10, "/ready to notice")
    assert int(answer().headers["Retry-After"]) >= 1
    server.database.rows("alter table gone rename to schema_migrations")
    wait_until(lambda: answer().status_code == 200, 10, "/ready to recover")


# discovery

@pytest.mark.parametrize("spelling", [
    "acct:fleurs@{authority}", "acct:FLEURS@{authority}", "@fleurs@{authority}", "fleurs@{authority}",
    "acct:fl%65urs@{authority}", "{base}/users/Fleurs", "{base}/users/fleurs", "{base}/@fleurs"])
def test_webfinger_knows_every_spelling_of_an_actor(server, spelling):
    for _ in range(2):  # from the database, then from memory
        answer = webfinger(server, spelling.format(authority=authority(server), base=server.url))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("application/jrd+json")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        document = answer.json()
        assert document["subject"] == f"acct:Fleurs@{authority(server)}"
        own = [link for link in document["links"] if link["rel"] == "self"]
        assert [link["href"] for link in own] == [f"{server.url}/users/Fleurs"] * 2
        assert {link["type"] for link in own} == {ACTIVITY, LINKED}


def test_webfinger_answers_for_each_domain_with_its_own_actor(server):
    for domain in (SECOND_DOMAIN, SECOND_HOST, SECOND_DOMAIN.upper()):
        document = webfinger(server, f"acct:fleurs@{domain}").json()
        assert document["subject"] == f"acct:fleurs@{SECOND_DOMAIN}"
        assert f"https://{SECOND_HOST}/users/fleurs" in document["aliases"]
    assert webfinger(server, f"https://{SECOND_HOST}/@fleurs").json()["subject"] == f"acct:fleurs@{SECOND_DOMAIN}"


def test_webfinger_of_a_base_url_is_the_instance_actor(server):
    for resource in (server.url, server.url + "/", server.url + "/actor"):
        document = webfinger(server, resource).json()
        assert f"{server.url}/actor" in {link.get("href") for link in document["links"]}
    assert f"https://{SECOND_HOST}/actor" in webfinger(server, f"https://{SECOND_HOST}/").text


def test_webfinger_leaves_out_links_that_were_not_asked_for(server):
    document = webfinger(server, f"acct:fleurs@{authority(server)}", rel="self").json()
    assert [link["rel"] for link in document["links"]] == ["self", "self"]


@pytest.mark.parametrize("resource, status", [
    ("acct:nobody@{authority}", 404), ("acct:fleurs@elsewhere.example", 404), ("acct:fleurs@127.0.0.66:80", 404),
    ("https://elsewhere.example/@fleurs", 404), ("https://{authority}/@fleurs", 404), ("{base}/about", 404),
    ("", 400), ("fleurs", 400), ("acct:fleurs", 400), ("acct:@", 400), ("acct:a@h/path?x#", 400),
    ("javascript:alert(1)", 400), ("x" * 3000, 400)])
def test_webfinger_of_anyone_else_is_refused(server, resource, status):
    answer = webfinger(server, resource.format(authority=authority(server), base=server.url))
    assert answer.status_code == status
    assert "error" in answer.json()


def test_webfinger_without_a_resource_is_a_bad_request(server):
    assert get(server, "/.well-known/webfinger").status_code == 400
    assert get(server, "/.well-known/webfinger?resource=acct:%zz").status_code == 400
    assert get(server, "/.well-known/webfinger?resource=%ff@x").status_code == 400


def test_host_meta_points_at_webfinger_of_the_domain_asked(server):
    for host, base in ((None, server.url), (SECOND_DOMAIN, f"https://{SECOND_HOST}")):
        answer = get(server, "/.well-known/host-meta", host=host)
        assert answer.headers["Content-Type"].startswith("application/xrd+xml")
        link = ElementTree.fromstring(answer.text).find("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")
        assert link.get("template") == base + "/.well-known/webfinger?resource={uri}"
        assert get(server, "/.well-known/host-meta.json", host=host).json() == {
            "links": [{"rel": "lrdd", "template": base + "/.well-known/webfinger?resource={uri}"}]}


def test_nodeinfo_leads_to_both_documents(server):
    links = {link["rel"]: link["href"] for link in get(server, "/.well-known/nodeinfo").json()["links"]}
    assert links["https://www.w3.org/ns/activitystreams#Application"] == server.url + "/actor"
    for version in ("2.0", "2.1"):
        rel = f"http://nodeinfo.diaspora.software/ns/schema/{version}"
        assert links[rel] == f"{server.url}/nodeinfo/{version}"
        answer = get(server, f"/nodeinfo/{version}")
        assert rel + "#" in answer.headers["Content-Type"]
        document = answer.json()
        assert document["version"] == version and document["software"]["name"] == "comptoir"
        assert document["protocols"] == ["activitypub"] and document["services"] == {"inbound": [], "outbound": []}
        assert isinstance(document["usage"]["users"]["total"], int) and document["openRegistrations"] is False
        assert isinstance(document["metadata"], dict)
    assert get(server, "/nodeinfo/1.0").status_code == 404


def test_the_authorization_server_describes_itself(server):
    document = get(server, "/.well-known/oauth-authorization-server").json()
    assert document["issuer"] == server.url + "/"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["app_registration_endpoint"] == server.url + "/api/v1/apps"
    assert {"read", "write", "follow", "push"} <= set(document["scopes_supported"])


def test_security_txt_names_a_contact_and_has_not_expired(server):
    text = get(server, "/.well-known/security.txt").text
    assert re.search(r"^Contact: \S+$", text, re.M)
    expires = re.search(r"^Expires: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$", text, re.M).group(1)
    now = time.time()
    assert time.strftime("%Y-%m-%d", time.gmtime(now)) < expires < time.strftime("%Y-%m-%d", time.gmtime(now + 366 * 86400))


def test_robots_are_kept_from_the_api(server):
    assert "Disallow: /api/" in get(server, "/robots.txt").text


# actors

@pytest.mark.parametrize("accept", [
    None, ACTIVITY, ACTIVITY.upper(), LINKED, LINKED.upper().replace("HTTPS://WWW.W3.ORG/NS/", "https://www.w3.org/ns/"),
    f"{LINKED}, {ACTIVITY};q=0.9, text/html;q=0.1", "application/json"])
def test_an_actor_id_answers_with_the_document(server, accept):
    for _ in range(2):
        answer = get(server, "/users/fleurs", accept)
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith(ACTIVITY)
        assert "accept" in answer.headers["Vary"].lower()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        document = answer.json()
        base = f"{server.url}/users/Fleurs"
        assert document["id"] == base and document["type"] == "Organization"
        assert document["inbox"] == base + "/inbox" and document["endpoints"]["sharedInbox"] == server.url + "/inbox"
        assert document["publicKey"]["id"] == base + "#main-key" and "BEGIN PUBLIC KEY" in document["publicKey"]["publicKeyPem"]
        assert document["assertionMethod"][0]["publicKeyMultibase"].startswith("z6Mk")
        assert document["webfinger"] == f"Fleurs@{authority(server)}"
        assert [field["name"] for field in document["attachment"]] == ["Adresse", "Ouvert"]


def test_an_actor_id_sends_a_browser_to_the_page(server):
    answer = get(server, "/users/fleurs", BROWSER)
    assert answer.status_code == 302 and answer.headers["Location"] == server.url + "/@Fleurs"
    assert "accept" in answer.headers["Vary"].lower()


def test_a_profile_page_gives_the_document_to_a_peer(server):
    answer = get(server, "/@fleurs", ACTIVITY)
    assert answer.headers["Content-Type"].startswith(ACTIVITY)
    assert answer.json()["id"] == server.url + "/users/Fleurs"
    assert get(server, "/@nobody", ACTIVITY).status_code == 404


def test_actors_are_looked_up_on_the_domain_of_the_host_and_never_built_from_it(server):
    for host in (SECOND_DOMAIN, SECOND_HOST):
        for _ in range(2):
            document = get(server, "/users/fleurs", ACTIVITY, host=host).json()
            assert document["id"] == f"https://{SECOND_HOST}/users/fleurs" and document["name"] == "Rayon fleurs"
    for path in ("/users/fleurs", "/@fleurs", "/", "/about", "/api/v2/instance", "/.well-known/oauth-authorization-server"):
        answer = get(server, path, ACTIVITY, host="evil.test")
        assert answer.status_code == 421 and "evil.test" not in answer.text
    for host in (f"localhost:{server.port}", "192.0.2.7", "[2001:db8::7]:8443"):
        assert get(server, "/users/fleurs", ACTIVITY, host=host).json()["id"] == server.url + "/users/Fleurs"


def test_the_instance_actor_is_an_application_of_its_domain(server):
    for host, base in ((None, server.url), (SECOND_HOST, f"https://{SECOND_HOST}")):
        for _ in range(2):
            document = get(server, "/actor", ACTIVITY, host=host).json()
            assert document["type"] == "Application" and document["id"] == base + "/actor"
    assert any(link["href"].endswith("rfc9421") for link in document["implements"])
    assert get(server, "/actor", BROWSER).headers["Location"].endswith("/about")


def test_an_unknown_actor_is_not_found_in_both_forms(server):
    assert get(server, "/users/nobody", ACTIVITY).status_code == 404
    assert get(server, "/users/nobody", BROWSER).status_code == 404
    assert get(server, "/@nobody", BROWSER).status_code == 404
    assert get(server, "/nothing", BROWSER).status_code == 404


def test_a_suspended_actor_shows_nothing_but_that_it_is_suspended(server):
    server.create_account("puni")
    world.update_actor(server.database, "puni", suspended_at="now()", summary_html="<p>secret biography</p>", display_name="Secret name")
    answer = get(server, "/users/puni", ACTIVITY)
    assert answer.status_code == 200 and answer.json()["suspended"] is True
    assert "publicKey" in answer.json() and "ecret" not in answer.text
    page = get(server, "/@puni", BROWSER)
    assert page.status_code == 410 and "ecret" not in page.text
    assert webfinger(server, f"acct:puni@{authority(server)}").status_code == 200


def test_a_deleted_actor_is_gone_everywhere(server):
    server.create_account("parti")
    world.update_actor(server.database, "parti", suspended_at="now()", deleted_at="now()", summary_html="<p>secret biography</p>")
    answer = get(server, "/users/parti", ACTIVITY)
    assert answer.status_code == 410
    assert answer.json() == {"@context": answer.json()["@context"], "id": server.url + "/users/parti",
                             "type": "Tombstone"}
    assert get(server, "/@parti", ACTIVITY).status_code == 410
    page = get(server, "/@parti", BROWSER)
    assert page.status_code == 410 and "secret biography" not in page.text
    assert webfinger(server, f"acct:parti@{authority(server)}").status_code == 410


def test_whoever_asks_after_one_who_learned_that_an_actor_is_gone_learns_it_too(server):
    server.create_account("partant")
    resource = f"acct:partant@{authority(server)}"

    def statuses():
        return get(server, "/users/partant", ACTIVITY).status_code, webfinger(server, resource).status_code

    assert statuses() == (200, 200)
    world.update_actor(server.database, "partant", suspended_at="now()", deleted_at="now()")
    wait_until(lambda: get(server, "/users/partant", ACTIVITY).status_code == 410, 20, "the document to be gone")
    assert get(server, "/users/partant", ACTIVITY).status_code == 410
    wait_until(lambda: webfinger(server, resource).status_code == 410, 20, "the handle to be gone")
    assert statuses() == (410, 410)


def test_a_change_of_an_actor_is_seen_within_seconds(server):
    server.create_account("marie")
    assert get(server, "/users/marie", ACTIVITY).json()["manuallyApprovesFollowers"] is False
    world.update_actor(server.database, "marie", is_locked=True)
    wait_until(lambda: get(server, "/users/marie", ACTIVITY).json()["manuallyApprovesFollowers"], 20, "the document to be rendered anew")


# instance

def test_the_source_is_offered_where_the_operator_says_it_is(server, server_factory):
    assert get(server, "/api/v2/instance").json()["source_url"] == server.url + "/about"
    assert "repository" not in get(server, "/nodeinfo/2.1").json()["software"]
    assert "ask the people who run this server" in get(server, "/about", BROWSER).text
    source = "https://code.example/comptoir?a=1&b=2"
    server = server_factory(settings={"instance.source_url": source})
    assert get(server, "/api/v2/instance").json()["source_url"] == source
    assert get(server, "/nodeinfo/2.1").json()["software"]["repository"] == source
    assert "repository" not in get(server, "/nodeinfo/2.0").json()["software"]
    assert '<a href="https://code.example/comptoir?a=1&amp;b=2">' in get(server, "/about", BROWSER).text


REQUIRED_V2 = ["domain", "title", "version", "source_url", "description", "usage.users.active_month", "thumbnail.url", "icon",
               "languages", "configuration.urls.streaming", "configuration.urls.about", "configuration.accounts.max_featured_tags",
               "configuration.accounts.max_pinned_statuses", "configuration.statuses.max_characters",
               "configuration.statuses.max_media_attachments", "configuration.statuses.characters_reserved_per_url",
               "configuration.media_attachments.supported_mime_types", "configuration.media_attachments.description_limit",
               "configuration.media_attachments.image_size_limit", "configuration.media_attachments.image_matrix_limit",
               "configuration.media_attachments.video_size_limit", "configuration.media_attachments.video_frame_rate_limit",
               "configuration.media_attachments.video_matrix_limit", "configuration.polls.max_options",
               "configuration.polls.max_characters_per_option", "configuration.polls.min_expiration",
               "configuration.polls.max_expiration", "configuration.translation.enabled",
               "configuration.timelines_access.live_feeds.local", "configuration.limited_federation", "registrations.enabled",
               "registrations.approval_required", "registrations.message", "registrations.url", "api_versions.mastodon",
               "contact.email", "contact.account", "rules"]
REQUIRED_V1 = ["uri", "title", "short_description", "description", "email", "version", "urls.streaming_api", "stats.user_count",
               "stats.status_count", "stats.domain_count", "thumbnail", "languages", "registrations", "approval_required",
               "invites_enabled", "configuration.accounts.max_featured_tags", "configuration.statuses.max_characters",
               "configuration.media_attachments.supported_mime_types", "configuration.polls.max_options", "contact_account", "rules"]


@pytest.mark.parametrize("path, required", [("/api/v1/instance", REQUIRED_V1), ("/api/v2/instance", REQUIRED_V2),
                                            ("/api/v2/instance/", REQUIRED_V2)])
def test_the_instance_has_every_required_member(server, path, required):
    answer = get(server, path)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    document = answer.json()
    for member in required:
        value = document
        for name in member.split("."):
            assert name in value, member
            value = value[name]
    assert re.match(r"^\d+\.\d+\.\d+ \(compatible; Comptoir \d", document["version"])
    assert '""' not in re.sub(r'"(email|description|short_description)":""', "", answer.text)


def test_the_instance_is_answered_from_memory(server):
    get(server, "/api/v2/instance")

    def handled_by_workers():
        return metric(server.metrics(), "comptoir_http_queue_wait_seconds_count")
    before = handled_by_workers()
    bodies = {get(server, "/api/v2/instance").content for _ in range(20)}
    # A document is made anew when its time is over, and no more than once in these moments.
    assert len(bodies) == 1 and handled_by_workers() - before <= 1
    get(server, "/nobody-is-here")
    assert handled_by_workers() > before, "workers are not counted"


def test_small_lists_beside_the_instance_answer(server):
    assert get(server, "/api/v1/instance/rules").json() == []
    assert "content" in get(server, "/api/v1/instance/extended_description").json()


# pages

def test_a_profile_page_shows_who_it_is_and_what_they_said(server):
    page = get(server, "/@fleurs", BROWSER)
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert {"accept", "accept-language"} <= {name.strip().lower() for name in page.headers["Vary"].split(",")}
    for text in ("Fleurs de la Croix-Rousse", f"@Fleurs@{authority(server)}", "Fleuriste indépendante", "pivoines",
                 f'<link rel="canonical" href="{server.url}/@Fleurs">',
                 f'<link rel="alternate" type="application/activity+json" href="{server.url}/users/Fleurs">',
                 '<meta property="og:title"'):
        assert text in page.text
    assert "noindex" not in page.text


def test_only_public_posts_are_on_the_page(server):
    world.publish(server, "fleurs", "<p>for-followers-only</p>", visibility="followers")
    world.publish(server, "fleurs", "<p>for-one-person</p>", visibility="direct")
    page = get(server, "/@fleurs", BROWSER).text
    assert "pivoines" in page and "for-followers-only" not in page and "for-one-person" not in page


def test_who_does_not_want_to_be_indexed_is_not(server):
    server.create_account("discrete")
    world.update_actor(server.database, "discrete", is_discoverable=False, is_indexable=False)
    page = get(server, "/@discrete", BROWSER).text
    assert '<meta name="robots" content="noindex' in page
    assert "discrete" not in get(server, "/", BROWSER).text


def test_people_are_listed_only_when_they_ask_for_it_and_brands_from_the_start(server):
    server.create_account("reserved_person")
    server.create_account("sociable_person")
    world.update_actor(server.database, "sociable_person", is_discoverable=True)
    server.command("account", "create", "new_shop", "--kind", "organization")

    def listing():
        return get(server, "/", BROWSER).text
    wait_until(lambda: "@new_shop@" in listing() and "@sociable_person@" in listing(), 20)
    assert "reserved_person" not in listing(), server.log()[-3000:]


def test_what_people_write_cannot_become_markup(server):
    server.create_account("mallory")
    world.update_actor(server.database, "mallory", display_name=EVIL, summary_html=EVIL, is_discoverable=True,
                       fields=json.dumps([{"name": EVIL, "value": EVIL}]))
    world.publish(server, "mallory", f"<p>{EVIL}</p>", spoiler=EVIL)
    for path in ("/@mallory", f"/authorize_interaction?uri={EVIL.replace('&', '%26')}"):
        page = get(server, path, BROWSER).text
        assert "<script" not in page and "<img src=x" not in page and "onerror=alert" not in page.replace("&lt;img src=x onerror", "")


def test_pages_allow_nothing_but_their_own_style(server):
    for path in ("/", "/about", "/@fleurs", "/authorize_interaction?uri=https://a.example/"):
        page = get(server, path, BROWSER)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script" not in page.text and " style=" not in page.text and "<style" not in page.text
        for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text):
            answer = get(server, asset)
            assert answer.status_code == 200 and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_speak_the_reader_s_language(server):
    for language, word in (("fr-CA,en;q=0.5", "Aller au contenu"), ("en", "Skip to content"), ("de", "Skip to content")):
        page = server.get("/", headers={"Accept": BROWSER, "Accept-Language": language})
        assert word in page.text
        assert f'<html lang="{"fr" if language.startswith("fr") else "en"}">' in page.text


def test_a_handle_with_a_domain_of_ours_is_found(server):
    assert "Rayon fleurs" in get(server, f"/@fleurs@{SECOND_DOMAIN}", BROWSER).text
    assert get(server, "/@fleurs@elsewhere.example", BROWSER).status_code == 404


def test_the_icon_is_where_browsers_look(server):
    answer = get(server, "/favicon.ico")
    assert answer.status_code == 200 and answer.content[:4] == b"\0\0\1\0"


def test_words_of_a_newer_release_do_not_stop_this_one(server_factory):
    server = server_factory()
    server.create_account("pionnier")
    server.database.rows("alter table actors drop constraint actors_kind_check")
    world.update_actor(server.database, "pionnier", kind="Pavilion")
    document = get(server, "/users/pionnier", ACTIVITY).json()
    assert document["type"] == "Service"
    server.database.rows("alter table users drop constraint users_role_check")
    server.database.rows("update users set role = 'emperor'")
    assert json.loads(server.command("account", "show", "pionnier", "--json").stdout)["user"]["role"] == "member"
