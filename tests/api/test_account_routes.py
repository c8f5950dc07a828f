# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts as others see them, and what their owners see and change."""
import json
import re
import struct
import zlib

import pytest
import requests

from support.api import Api, make_token, new_id, person
from support.far import far_actor, follow
from support.peers import Peer, answer
from support.site import Site
from support.server import Server, binary
from support.waiting import wait_until

ACCOUNT = {"id": str, "username": str, "acct": str, "url": str, "uri": str, "display_name": str, "note": str, "avatar": str,
           "avatar_static": str, "avatar_description": str, "header": str, "header_static": str, "header_description": str,
           "locked": bool, "fields": list, "emojis": list, "bot": bool, "group": bool, "discoverable": bool, "indexable": bool,
           "created_at": str, "last_status_at": (str, type(None)), "statuses_count": int, "followers_count": int,
           "following_count": int, "hide_collections": bool, "show_media": bool, "show_media_replies": bool,
           "show_featured": bool, "roles": list, "feature_approval": dict}
SOURCE = {"attribution_domains": list, "note": str, "fields": list, "privacy": str, "sensitive": bool, "language": str,
          "follow_requests_count": int, "hide_collections": bool, "discoverable": bool, "indexable": bool, "quote_policy": str}
ROLE = {"id": str, "name": str, "color": str, "permissions": str, "highlighted": bool, "collection_limit": int}
PROFILE = {"id": str, "display_name": str, "note": str, "fields": list, "avatar": (str, type(None)),
           "avatar_static": (str, type(None)), "avatar_description": str, "header": (str, type(None)),
           "header_static": (str, type(None)), "header_description": str, "locked": bool, "bot": bool, "hide_collections": bool,
           "discoverable": bool, "indexable": bool, "show_media": bool, "show_media_replies": bool, "show_featured": bool,
           "attribution_domains": list}
VERIFY = "/api/v1/accounts/verify_credentials"
UPDATE = "/api/v1/accounts/update_credentials"


def has_shape(found, shape):
    for key, kind in shape.items():
        assert key in found and isinstance(found[key], kind), (key, found.get(key))


@pytest.fixture(scope="module")
def server(server_factory_module):
    return server_factory_module


@pytest.fixture(scope="module")
def server_factory_module(database):
    server = Server(database, settings={"federation.allow_addresses": "127.0.0.0/8", "media.helper": binary("comptoir-media")})
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def anna(server):
    return person(server, "Anna")


@pytest.fixture(scope="module")
def bert(server):
    return person(server, "bert")


def test_an_account_is_open_to_all_and_has_every_field(server, anna, bert):
    for api in (Api(server), bert):
        found = api.get(f"/api/v1/accounts/{anna.id}")
        has_shape(found, ACCOUNT)
        assert found["acct"] == "Anna" and found["url"] == f"{server.url}/@Anna" and "source" not in found
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\.000Z", found["created_at"])
        assert "suspended" not in found and "moved" not in found


def test_what_is_no_account_is_not_found(server, anna):
    for path in ("1", "nonsense", "-5", "9" * 30, f"{anna.id}0"):
        assert Api(server).get(f"/api/v1/accounts/{path}", 404) == {"error": "Record not found"}


def test_several_accounts_come_in_the_order_of_the_request(server, anna, bert):
    far = far_actor(server.database, "many")
    found = Api(server).get("/api/v1/accounts", **{"id[]": [far, "1", bert.id, anna.id, far]})
    assert [one["id"] for one in found] == [far, bert.id, anna.id]
    assert found[0]["acct"] == "many@far.example"
    assert Api(server).get("/api/v1/accounts") == []


def test_a_suspended_account_is_stripped_and_a_deleted_one_gone(server):
    far = far_actor(server.database, "stripped", summary_html="<p>secret</p>")
    server.database.rows("update actors set suspended_at = now() where id = %s returning id", (far,))
    found = Api(server).get(f"/api/v1/accounts/{far}")
    has_shape(found, ACCOUNT)
    assert found["suspended"] is True and found["note"] == "" and found["display_name"] == "" and found["fields"] == []
    server.database.rows("update actors set deleted_at = now() where id = %s returning id", (far,))
    Api(server).get(f"/api/v1/accounts/{far}", 404)


def test_a_moved_account_names_its_new_one(server, bert):
    far = far_actor(server.database, "moving", moved_to_id=bert.id)
    found = Api(server).get(f"/api/v1/accounts/{far}")
    assert found["moved"]["id"] == bert.id and "moved" not in found["moved"]


@pytest.mark.parametrize("acct", ["anna", "ANNA", "@anna", "anna@{authority}", "@Anna@{authority}", " anna "])
def test_lookup_knows_local_accounts_in_every_spelling(server, anna, acct):
    acct = acct.format(authority=f"127.0.0.1:{server.port}")
    assert Api(server).get("/api/v1/accounts/lookup", acct=acct)["id"] == anna.id


def test_lookup_knows_remote_accounts_and_asks_nobody(server):
    far = far_actor(server.database, "LookedUp")
    assert Api(server).get("/api/v1/accounts/lookup", acct="lookedup@FAR.example")["id"] == far
    for unknown in ("nobody", "nobody@far.example", "", "@", "lookedup", "a@b@c"):
        assert Api(server).get("/api/v1/accounts/lookup", 404, acct=unknown) == {"error": "Record not found"}


def test_verify_credentials_is_the_account_with_what_only_its_owner_sees(anna):
    for _ in range(3):  # from the database, then from memory
        found = anna.get(VERIFY)
        has_shape(found, ACCOUNT)
        has_shape(found["source"], SOURCE)
        has_shape(found["role"], ROLE)
        assert found["id"] == anna.id and found["source"]["privacy"] == "public" and found["role"]["id"] == "-99"


def test_a_moderator_has_a_role(server):
    moderator = person(server, "modesta", options=["--role", "moderator"])
    assert moderator.get(VERIFY)["role"]["name"] == "Moderator"
    assert [role["name"] for role in Api(server).get(f"/api/v1/accounts/{moderator.id}")["roles"]] == ["Moderator"]


def test_personal_answers_are_not_to_be_stored_and_open_to_web_apps(anna):
    answered = anna.call("GET", VERIFY, headers={"Origin": "https://app.example"})
    assert "no-store" in answered.headers["Cache-Control"] and answered.headers["Access-Control-Allow-Origin"] == "*"


def test_a_profile_token_is_enough_to_know_who_one_is(server, anna):
    api = Api(server, make_token(server.database, "anna", "profile"))
    assert api.get(VERIFY)["id"] == anna.id and api.get("/api/v1/profile")["id"] == anna.id
    api.patch(UPDATE, 403, data={"note": "x"})


CHANGES = [
    lambda api, path, flat, nested: api.patch(path, data=flat),
    lambda api, path, flat, nested: api.patch(path, json=nested),
    lambda api, path, flat, nested: api.patch(path, files={name: (None, value) for name, value in flat.items()}),
    lambda api, path, flat, nested: api.call("PATCH", path, params=flat).json(),
    lambda api, path, flat, nested: api.put(path, json=nested),
]


def test_names_show_what_they_are_and_limits_are_those_that_the_instance_tells(server):
    nora = person(server, "nora")
    limits = nora.get("/api/v2/instance")["configuration"]["accounts"]
    assert nora.patch(UPDATE, data={"display_name": "\u202eNora\u2066 \u200bB\u0001. \U0001f469\u200d\U0001f33e"})["display_name"] == \
        "Nora B. \U0001f469\u200d\U0001f33e"
    for field, most in (("display_name", limits["max_display_name_length"]), ("note", limits["max_note_length"]),
                        ("avatar_description", limits["max_avatar_description_length"])):
        nora.patch(UPDATE, data={field: "é" * most})
        nora.patch(UPDATE, 422, data={field: "é" * (most + 1)})
    for name, value, status in ((limits["profile_field_name_limit"], limits["profile_field_value_limit"], 200),
                                (limits["profile_field_name_limit"] + 1, 1, 422), (1, limits["profile_field_value_limit"] + 1, 422)):
        nora.patch(UPDATE, status, data={"fields_attributes[0][name]": "é" * name, "fields_attributes[0][value]": "é" * value})
    for count, status in ((limits["max_profile_fields"], 200), (limits["max_profile_fields"] + 1, 422)):
        nora.patch(UPDATE, status, json={"fields_attributes": [{"name": f"n{n}", "value": "v"} for n in range(count)]})


@pytest.mark.parametrize("change", CHANGES, ids=["form", "json", "multipart", "query", "put"])
@pytest.mark.parametrize("path", [UPDATE, "/api/v1/profile"])
def test_credentials_change_whatever_the_encoding(server, change, path, request):
    api = person(server, "e" + str(abs(hash(request.node.name)) % 10 ** 8))
    flat = {"display_name": "Eva <3", "note": "Hello\nworld", "locked": "true", "bot": "1", "discoverable": "true",
            "hide_collections": "true", "indexable": "true", "source[privacy]": "private", "source[sensitive]": "true",
            "source[language]": "fr", "source[quote_policy]": "followers", "attribution_domains[]": "press.example",
            "fields_attributes[0][name]": "Site", "fields_attributes[0][value]": "https://eva.example/?a=1&b=2",
            "fields_attributes[1][name]": "Likes", "fields_attributes[1][value]": "<b>cake</b>"}
    nested = {"display_name": "Eva <3", "note": "Hello\nworld", "locked": True, "bot": True, "discoverable": True,
              "hide_collections": True, "indexable": True, "attribution_domains": ["press.example"],
              "source": {"privacy": "private", "sensitive": True, "language": "fr", "quote_policy": "followers"},
              "fields_attributes": [{"name": "Site", "value": "https://eva.example/?a=1&b=2"},
                                    {"name": "Likes", "value": "<b>cake</b>"}]}
    changed = change(api, path, flat, nested)
    found = api.get(VERIFY)
    assert (changed == found) if path == UPDATE else has_shape(changed, PROFILE) is None
    assert found["display_name"] == "Eva <3" and found["note"] == "<p>Hello<br>world</p>"
    for flag in ("locked", "bot", "discoverable", "hide_collections", "indexable"):
        assert found[flag] is True, flag
    source = found["source"]
    assert (source["note"], source["privacy"], source["sensitive"], source["language"], source["quote_policy"],
            source["attribution_domains"]) == ("Hello\nworld", "private", True, "fr", "followers", ["press.example"])
    assert [(field["name"], field["value"]) for field in source["fields"]] == [
        ("Site", "https://eva.example/?a=1&b=2"), ("Likes", "<b>cake</b>")]
    site, likes = found["fields"]
    assert 'href="https://eva.example/?a=1&amp;b=2"' in site["value"] and "rel=\"me" in site["value"]
    assert likes["value"] == "&lt;b&gt;cake&lt;/b&gt;" and likes["verified_at"] is None
    profile = api.get("/api/v1/profile")
    has_shape(profile, PROFILE)
    assert profile["note"] == "Hello\nworld" and profile["avatar"] is None and profile["fields"] == source["fields"]
    assert profile["attribution_domains"] == ["press.example"]


def test_fields_come_as_an_object_with_numbers_too(anna):
    found = anna.patch(UPDATE, json={"fields_attributes": {"0": {"name": "a", "value": "1"}, "1": {"name": "b", "value": "2"},
                                                           "2": {"name": "", "value": ""}}})
    assert [(field["name"], field["value"]) for field in found["source"]["fields"]] == [("a", "1"), ("b", "2")]
    found = anna.patch(UPDATE, data=[("fields_attributes[][name]", "c"), ("fields_attributes[][value]", "3"),
                                     ("fields_attributes[][name]", "d"), ("fields_attributes[][value]", "4")])
    assert [field["name"] for field in found["fields"]] == ["c", "d"]


def test_what_is_not_said_stays_and_what_is_empty_is_cleared(anna):
    anna.patch(UPDATE, json={"display_name": "Anna A.", "note": "about", "source": {"privacy": "unlisted", "language": "de"},
                             "fields_attributes": [{"name": "x", "value": "y"}], "attribution_domains": ["https://A.example"]})
    found = anna.patch(UPDATE, json={"locked": False})
    assert found["display_name"] == "Anna A." and found["source"]["note"] == "about" and len(found["fields"]) == 1
    assert found["source"]["privacy"] == "unlisted" and found["source"]["attribution_domains"] == ["a.example"]
    found = anna.patch(UPDATE, json={"display_name": "", "note": "", "fields_attributes": [{"name": "", "value": ""}],
                                     "source": {"language": ""}, "attribution_domains": [""]})
    assert (found["display_name"], found["note"], found["fields"], found["source"]["note"]) == ("", "", [], "")
    assert found["source"]["language"] == "" and found["source"]["attribution_domains"] == []
    assert found["source"]["privacy"] == "unlisted"


@pytest.mark.parametrize("bad", [
    {"display_name": "x" * 101}, {"note": "x" * 2001}, {"source": {"privacy": "limited"}}, {"source": {"quote_policy": "x"}},
    {"source": {"language": "x'; drop"}}, {"fields_attributes": [{"name": "n" * 501, "value": "v"}]},
    {"fields_attributes": [{"name": str(number), "value": "v"} for number in range(9)]},
    {"attribution_domains": ["not a domain"]}, {"attribution_domains": [f"d{number}.example" for number in range(101)]},
    {"avatar_description": "x" * 1501}])
def test_what_does_not_fit_is_refused_and_nothing_changes(anna, bad):
    before = anna.get(VERIFY)
    refusal = anna.patch(UPDATE, 422, json={"locked": True, "source": {"sensitive": True}, **bad})
    assert refusal["error"].startswith("Validation failed: ")
    [field] = bad["source"] if "source" in bad else bad
    described = refusal["error"].removeprefix("Validation failed: ")
    assert refusal["details"] == {field.removesuffix("_attributes"): [{"error": "ERR_INVALID", "description": described}]}
    assert anna.get(VERIFY) == before


def test_a_profile_of_html_is_text(anna):
    found = anna.patch(UPDATE, json={"display_name": "<script>alert(1)</script>", "note": "<img src=x onerror=alert(1)>",
                                     "fields_attributes": [{"name": "<b>", "value": "javascript:alert(1)"}]})
    assert "<img" not in found["note"] and "&lt;img" in found["note"]
    assert found["fields"][0]["value"] == "javascript:alert(1)" and "<a" not in found["fields"][0]["value"]


def test_the_new_profile_goes_to_followers_and_the_page(server, anna):
    far = far_actor(server.database, "fan")
    follow(server.database, far, anna.id)
    anna.patch(UPDATE, json={"display_name": "Told to everyone"})
    body = server.database.value("select convert_from(body, 'utf8') from activities_out where type = 'Update' and actor_id = %s"
                                 " order by id desc limit 1", (anna.id,))
    assert json.loads(body)["object"]["name"] == "Told to everyone"
    assert "Told to everyone" in server.get("/@Anna").text
    document = server.get("/users/Anna", headers={"Accept": "application/activity+json"}).json()
    assert document["name"] == "Told to everyone"


def test_counts_of_the_owner_are_fresh(server, anna, bert):
    before = anna.get(VERIFY)["followers_count"]
    bert.post(f"/api/v1/accounts/{anna.id}/follow")
    assert anna.get(VERIFY)["followers_count"] == before + 1
    bert.post(f"/api/v1/accounts/{anna.id}/unfollow")
    assert anna.get(VERIFY)["followers_count"] == before
    anna.patch(UPDATE, json={"locked": True})
    bert.post(f"/api/v1/accounts/{anna.id}/follow")
    assert anna.get(VERIFY)["source"]["follow_requests_count"] == 1
    anna.post(f"/api/v1/follow_requests/{bert.id}/reject")
    assert anna.get(VERIFY)["source"]["follow_requests_count"] == 0


def test_another_process_drops_what_it_has_in_memory(server_factory, server, anna):
    other = server_factory(database=server.database, settings={"instance.base_url": server.url, "data.key_file":
                                                               server.settings["data.directory"] + "/secret.key"})
    there = Api(other, anna.token)
    there.session.headers["Host"] = f"127.0.0.1:{server.port}"
    assert there.get(VERIFY)["display_name"] == anna.get(VERIFY)["display_name"]
    anna.patch(UPDATE, json={"display_name": "heard elsewhere"})
    wait_until(lambda: there.get(VERIFY)["display_name"] == "heard elsewhere", 3, "the other process to hear of it")


def test_pictures_that_are_not_there_can_be_removed(server, anna):
    server.database.rows("update actors set avatar_url = '/media/x.png', avatar_alt = 'me', header_url = '/media/y.png'"
                         " where id = %s returning id", (anna.id,))
    anna.patch(UPDATE, json={"locked": False})
    found = anna.get("/api/v1/profile")
    assert found["avatar"].endswith("/media/x.png") and found["avatar_description"] == "me"
    for picture in ("avatar", "header"):
        assert anna.delete(f"/api/v1/profile/{picture}")["id"] == anna.id
        assert anna.get("/api/v1/profile")[picture] is None
    assert anna.get(VERIFY)["avatar"].endswith(".png") and anna.get("/api/v1/profile")["avatar_description"] == ""


def test_preferences_are_what_was_set(anna):
    anna.patch(UPDATE, json={"source": {"privacy": "direct", "sensitive": True, "language": "fr", "quote_policy": "nobody"}})
    assert anna.get("/api/v1/preferences") == {
        "posting:default:visibility": "direct", "posting:default:sensitive": True, "posting:default:language": "fr",
        "posting:default:quote_policy": "nobody", "reading:expand:media": "default", "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False}


def test_preferences_have_defaults(server):
    found = person(server, "fresh").get("/api/v1/preferences")
    assert found["posting:default:visibility"] == "public" and found["posting:default:language"] is None


def page(html):
    return lambda request, _sock: answer(200, html.encode(), [("Content-Type", "text/html; charset=utf-8")])


def test_a_link_that_leads_back_is_verified_and_stays_so(server, anna):
    good = Peer(page(f'<html><head><link rel="me" href="{server.url}/@Anna"></head></html>'))
    bad = Peer(page(f'<html><a href="{server.url}/@Anna">anna</a></html>'))
    try:
        links = [f"http://127.0.0.1:{peer.port}/page" for peer in (good, bad)]
        fields = [{"name": "good", "value": links[0]}, {"name": "bad", "value": links[1]}, {"name": "text", "value": "x"}]
        found = anna.patch(UPDATE, json={"fields_attributes": fields})
        assert [field["verified_at"] for field in found["fields"]] == [None] * 3
        verified = wait_until(lambda: anna.get(VERIFY)["fields"][0]["verified_at"], 20, "the link to be verified")
        wait_until(lambda: bad.requests, 20, "the other page to be asked")
        assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}Z", verified)
        found = anna.patch(UPDATE, json={"fields_attributes": fields[::-1]})
        assert [field["verified_at"] for field in found["fields"]] == [None, None, verified]
        assert requests.get(f"{server.url}/api/v1/accounts/{anna.id}", timeout=10).json()["fields"][2]["verified_at"] == verified
    finally:
        good.close()
        bad.close()


# search

def found_by(api, q, **parameters):
    return [one["acct"] for one in api.get("/api/v1/accounts/search", q=q, **parameters)]


def test_people_are_found_by_the_beginning_of_their_names(server, bert):
    far = [far_actor(server.database, name, display_name=shown) for name, shown in (
        ("Zoe", "Zora Zapp"), ("zorro", "Diego"), ("other", "Zorbas the Greek"), ("zulu", ""), ("midzo", "Mid Zo"))]
    server.database.rows("insert into actor_counts (actor_id, followers) values (%s, 9) returning actor_id", (far[1],))
    assert found_by(bert, "zo") == ["zorro@far.example", "Zoe@far.example", "other@far.example"]
    assert found_by(bert, "@ZO") == found_by(bert, " zo ") == found_by(bert, "zo")
    follow(server.database, bert.id, far[2])
    follow(server.database, bert.id, far[4])
    assert found_by(bert, "zo")[0] in ("other@far.example", "midzo@far.example")
    assert set(found_by(bert, "zo", following="true")) == {"other@far.example", "midzo@far.example"}
    assert found_by(bert, "zorro@far") == found_by(bert, "@zorro@far.example") == ["zorro@far.example"]
    assert found_by(bert, "zorro@elsewhere") == [] and found_by(bert, "zorba t") == []
    assert found_by(bert, "zorbas t") == ["other@far.example"]
    assert len(found_by(bert, "zo", limit=2)) == 2 and found_by(bert, "zo", limit=2, offset=2) == found_by(bert, "zo")[2:4]
    for nothing in ("", "   ", "@", "%", "_", "\\", "x" * 600):
        assert found_by(bert, nothing) == []


def test_people_are_found_by_any_word_of_their_names_whatever_the_accents(server, bert):
    far_actor(server.database, "eldest", display_name="Élodie de la Forêt")
    for q in ("élodie", "Elodie", "ELODIE", "foret", "forê", "la for", "elodie de la f"):
        assert found_by(bert, q) == ["eldest@far.example"], q
    assert found_by(bert, "fo") == [] and found_by(bert, "orêt") == [] and found_by(bert, "elod de") == []


def test_people_of_silenced_servers_are_found_by_their_followers_only(server, bert):
    one = far_actor(server.database, "whisperer")
    assert found_by(bert, "whisp") == ["whisperer@far.example"]
    server.database.rows("insert into domain_blocks (domain, severity) values ('far.example', 'silence') returning domain")
    try:
        assert found_by(bert, "whisp") == []
        follow(server.database, bert.id, one)
        assert found_by(bert, "whisp") == ["whisperer@far.example"]
    finally:
        server.database.rows("delete from domain_blocks where domain = 'far.example' returning domain")


def test_who_is_gone_or_hidden_or_blocks_one_is_not_found(server, bert):
    for column in ("suspended_at", "silenced_at"):
        one = far_actor(server.database, "quux_" + column)
        server.database.rows(f"update actors set {column} = now() where id = %s returning id", (one,))
    far_actor(server.database, "quux_moved", moved_to_id=bert.id)
    blocked = far_actor(server.database, "quux_blocked")
    assert found_by(bert, "quux") == ["quux_blocked@far.example"]
    bert.post(f"/api/v1/accounts/{blocked}/block")
    assert found_by(bert, "quux") == ["quux_blocked@far.example"]  # toot asks for the name to end the block
    server.database.rows("insert into blocks (id, blocker_id, blocked_id, uri) values (%s, %s, %s, 'https://far.example/b')"
                         " returning id", (new_id(), blocked, bert.id))
    assert found_by(bert, "quux") == []


def test_a_whole_handle_is_resolved_when_that_is_wanted(server, bert):
    site = Site()
    try:
        site.add_actor("faraway", name="Far Away")
        handle = f"@faraway@{site.authority}"
        assert found_by(bert, handle) == [] and not site.asked()
        assert found_by(bert, handle, resolve="true") == [handle[1:]]
        asked = len(site.asked())
        assert found_by(bert, handle, resolve="true") == [handle[1:]] and len(site.asked()) == asked
        assert found_by(bert, f"nobody@{site.authority}", resolve="true") == []
    finally:
        site.close()


# pictures

def picture(width=64, height=48):
    """A PNG without anybody's help."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"".join(bytes((x * 3 % 256, y * 5 % 256, 77)) for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def test_pictures_are_uploaded_described_and_removed(server, anna):
    found = anna.patch(UPDATE, files={"avatar": ("me.png", picture(), "application/octet-stream"),
                                      "header": ("top.png", picture(90, 30), "image/png"), "display_name": (None, "With pictures"),
                                      "avatar_description": (None, "a square")})
    assert found["display_name"] == "With pictures"
    for key in ("avatar", "header"):
        assert found[key].startswith(server.url + "/media/") and found[key + "_static"].startswith(server.url)
        assert requests.get(found[key], timeout=10).headers["Content-Type"].startswith("image/")
    profile = anna.get("/api/v1/profile")
    assert profile["avatar"] == found["avatar"] and profile["avatar_description"] == "a square"
    assert anna.patch(UPDATE, files={"avatar": ("me.png", b"no picture", "image/png")}, status=422)["error"]
    assert anna.get(VERIFY)["avatar"] == found["avatar"]
    assert anna.delete("/api/v1/profile/avatar")["avatar"] != found["avatar"]
    assert anna.get("/api/v1/profile")["avatar"] is None and anna.get("/api/v1/profile")["header"] == found["header"]
