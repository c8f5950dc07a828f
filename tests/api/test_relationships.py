# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one does to another account, and how things stand afterwards."""
import re
import urllib.parse

import pytest

from support.api import person
from support.far import far_actor, follow
from support.waiting import wait_until

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NOTHING = {"following": False, "showing_reblogs": False, "notifying": False, "languages": None, "followed_by": False,
           "blocking": False, "blocked_by": False, "muting": False, "muting_notifications": False, "muting_expires_at": None,
           "requested": False, "requested_by": False, "domain_blocking": False, "endorsed": False, "note": ""}


@pytest.fixture(scope="module")
def people(server):
    return {name: person(server, name) for name in ("anna", "bert", "carl", "dora")}


@pytest.fixture
def anna(people, server):
    """Anna, who has nothing to do with anybody."""
    for table in ("follows", "blocks", "mutes", "actor_notes", "endorsements", "actor_domain_blocks", "actor_counts",
                  "notifications"):
        server.database.rows(f"delete from {table} returning 1")
    server.database.rows("update actors set is_locked = false, hides_collections = false, suspended_at = null returning id")
    return people["anna"]


def do(api, verb, other, status=200, **parameters):
    return api.post(f"/api/v1/accounts/{other}/{verb}", status, json=parameters)


def changed(before=NOTHING, **now):
    return {**before, **now}


def stands(api, other):
    (found,) = api.get("/api/v1/accounts/relationships", **{"id[]": other})
    assert found.pop("id") == other
    return found


def link(answer, rel):
    for url, found in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers.get("Link", "")):
        if found == rel:
            return url
    return None


def test_relationships_come_in_the_order_of_the_request_and_unknown_ids_are_skipped(anna, people, server):
    far = far_actor(server.database, "order")
    wanted = [people["dora"].id, "7", far, people["bert"].id, "nonsense", people["dora"].id]
    found = anna.get("/api/v1/accounts/relationships", **{"id[]": wanted})
    assert [one["id"] for one in found] == [people["dora"].id, far, people["bert"].id]
    assert all(changed(id=one["id"]) == one for one in found)


def test_one_id_alone_is_enough_for_relationships(anna, people):
    assert [one["id"] for one in anna.get("/api/v1/accounts/relationships", id=people["bert"].id)] == [people["bert"].id]
    assert anna.get("/api/v1/accounts/relationships") == []


def test_suspended_accounts_have_relationships_only_when_asked_for(anna, server):
    far = far_actor(server.database, "suspended")
    server.database.rows("update actors set suspended_at = now() where id = %s returning id", (far,))
    assert anna.get("/api/v1/accounts/relationships", **{"id[]": far}) == []
    assert len(anna.get("/api/v1/accounts/relationships", **{"id[]": far, "with_suspended": "true"})) == 1


def test_following_somebody_here_counts_at_once_and_ends_again(anna, people):
    bert = people["bert"]
    following = changed(following=True, showing_reblogs=True)
    assert do(anna, "follow", bert.id) == changed(following, id=bert.id)
    assert stands(anna, bert.id) == following
    assert stands(bert, anna.id) == changed(followed_by=True)
    assert anna.get(f"/api/v1/accounts/{bert.id}")["followers_count"] == 1
    assert do(anna, "follow", bert.id) == changed(following, id=bert.id)
    assert do(anna, "unfollow", bert.id) == changed(id=bert.id)
    assert do(anna, "unfollow", bert.id) == changed(id=bert.id)
    assert anna.get(f"/api/v1/accounts/{bert.id}")["followers_count"] == 0


def test_how_one_follows_is_chosen_at_first_and_changed_later(anna, people):
    bert = people["bert"].id
    first = do(anna, "follow", bert, reblogs=False, notify=True, languages=["fr", "en"])
    assert first == changed(id=bert, following=True, notifying=True, languages=["fr", "en"])
    assert do(anna, "follow", bert, reblogs=True)["notifying"] is True
    assert stands(anna, bert)["showing_reblogs"] is True
    assert do(anna, "follow", bert)["languages"] == ["fr", "en"]
    answer = anna.call("POST", f"/api/v1/accounts/{bert}/follow?notify=false&languages[]=de").json()
    assert answer["notifying"] is False and answer["languages"] == ["de"]
    assert do(anna, "follow", bert, **{"languages": [""]})["languages"] is None


def test_a_locked_account_is_asked_and_answers(anna, people, server):
    bert = people["bert"]
    server.database.rows("update actors set is_locked = true where id = %s returning id", (bert.id,))
    assert do(anna, "follow", bert.id, notify=True) == changed(id=bert.id, requested=True, showing_reblogs=True, notifying=True)
    do(people["carl"], "follow", bert.id)
    assert [one["id"] for one in bert.get("/api/v1/follow_requests")] == [people["carl"].id, anna.id]
    assert stands(bert, anna.id) == changed(requested_by=True)
    assert bert.post(f"/api/v1/follow_requests/{anna.id}/authorize") == changed(id=anna.id, followed_by=True)
    assert stands(anna, bert.id)["following"] is True
    assert bert.post(f"/api/v1/follow_requests/{people['carl'].id}/reject") == changed(id=people["carl"].id)
    assert bert.get("/api/v1/follow_requests") == []
    for verb in ("authorize", "reject"):
        bert.post(f"/api/v1/follow_requests/{people['dora'].id}/{verb}", 404)


def test_a_remote_account_is_asked(anna, server):
    far = far_actor(server.database, "asked")
    assert do(anna, "follow", far) == changed(id=far, requested=True, showing_reblogs=True)
    assert server.database.value("select count(*) from activities_out where type = 'Follow' and actor_id = %s", (anna.id,)) == 1


def test_nobody_follows_themselves_the_blocked_the_moved_or_the_unknown(anna, people, server):
    error = do(anna, "follow", anna.id, 403)
    assert error == {"error": "This action is not allowed"}
    do(people["bert"], "block", anna.id)
    do(anna, "follow", people["bert"].id, 403)
    moved = far_actor(server.database, "moved", moved_to_id=people["dora"].id)
    do(anna, "follow", moved, 403)
    shunned = far_actor(server.database, "shunned", "shunned.example")
    anna.post("/api/v1/domain_blocks", data={"domain": "shunned.example"})
    do(anna, "follow", shunned, 403)
    for unknown in ("1", "nonsense"):
        assert do(anna, "follow", unknown, 404) == {"error": "Record not found"}


def test_a_follower_is_sent_away(anna, people):
    bert = people["bert"]
    do(bert, "follow", anna.id)
    assert do(anna, "remove_from_followers", bert.id) == changed(id=bert.id)
    assert do(anna, "remove_from_followers", bert.id) == changed(id=bert.id)
    assert stands(bert, anna.id) == NOTHING


def test_a_block_ends_both_follows_and_is_told(anna, people):
    bert = people["bert"]
    do(anna, "follow", bert.id)
    do(bert, "follow", anna.id)
    assert do(anna, "block", bert.id) == changed(id=bert.id, blocking=True)
    assert do(anna, "block", bert.id) == changed(id=bert.id, blocking=True)
    assert stands(bert, anna.id) == changed(blocked_by=True)
    assert [one["id"] for one in anna.get("/api/v1/blocks")] == [bert.id]
    assert do(anna, "unblock", bert.id) == changed(id=bert.id)
    assert do(anna, "unblock", bert.id) == changed(id=bert.id)
    assert anna.get("/api/v1/blocks") == []
    assert do(anna, "block", anna.id) == changed(id=anna.id)
    do(anna, "block", "7", 404)


def test_a_mute_has_terms_and_ends(anna, people, server):
    bert = people["bert"].id
    assert do(anna, "mute", bert) == changed(id=bert, muting=True, muting_notifications=True)
    found = do(anna, "mute", bert, notifications=False, duration=3600)
    assert DATE.fullmatch(found["muting_expires_at"])
    assert found == changed(id=bert, muting=True, muting_expires_at=found["muting_expires_at"])
    (muted,) = anna.get("/api/v1/mutes")
    assert muted["id"] == bert and muted["mute_expires_at"] == found["muting_expires_at"] and muted["acct"] == "bert"
    server.database.rows("update mutes set expires_at = now() - interval '1 second' returning id")
    assert stands(anna, bert) == NOTHING and anna.get("/api/v1/mutes") == []
    do(anna, "mute", bert)
    assert anna.get("/api/v1/mutes")[0]["mute_expires_at"] is None
    assert do(anna, "unmute", bert) == changed(id=bert)
    assert do(anna, "unmute", bert) == changed(id=bert)
    do(anna, "mute", "7", 404)


def test_a_note_is_for_its_writer_alone(anna, people):
    bert = people["bert"].id
    assert do(anna, "note", bert, comment="owes me a cake & <b>tea</b>") == changed(id=bert, note="owes me a cake & <b>tea</b>")
    assert stands(people["carl"], bert)["note"] == ""
    assert do(anna, "note", bert, comment="x" * 2000)["note"] == "x" * 2000
    assert "too long" in do(anna, "note", bert, 422, comment="x" * 2001)["error"]
    assert do(anna, "note", bert) == changed(id=bert)
    do(anna, "note", "7", 404, comment="x")


@pytest.mark.parametrize("endorse, unendorse", [("endorse", "unendorse"), ("pin", "unpin")])
def test_only_those_whom_one_follows_are_endorsed(anna, people, endorse, unendorse):
    bert = people["bert"].id
    assert "following" in do(anna, endorse, bert, 422)["error"]
    do(anna, "follow", bert)
    for _ in range(2):
        assert do(anna, endorse, bert)["endorsed"] is True
    assert [one["id"] for one in anna.get("/api/v1/endorsements")] == [bert]
    assert [one["id"] for one in people["carl"].get(f"/api/v1/accounts/{anna.id}/endorsements")] == [bert]
    for _ in range(2):
        assert do(anna, unendorse, bert)["endorsed"] is False
    assert anna.get("/api/v1/endorsements") == []
    do(anna, endorse, "7", 404)


def test_familiar_followers_are_those_whom_one_follows_too(anna, people, server):
    bert, carl, dora = (people[name] for name in ("bert", "carl", "dora"))
    for other in (bert, carl):
        do(anna, "follow", other.id)
        do(other, "follow", dora.id)
    found = anna.get("/api/v1/accounts/familiar_followers", **{"id[]": [dora.id, bert.id, "7"]})
    assert [one["id"] for one in found] == [dora.id, bert.id]
    assert {account["id"] for account in found[0]["accounts"]} == {bert.id, carl.id} and found[1]["accounts"] == []
    server.database.rows("update actors set hides_collections = true where id = %s returning id", (dora.id,))
    assert anna.get("/api/v1/accounts/familiar_followers", **{"id[]": dora.id}) == [{"id": dora.id, "accounts": []}]


def test_lists_and_endorsements_end_with_the_follow(anna, people):
    other = people["carl"]
    for way in ("unfollow", "block"):
        anna.post(f"/api/v1/accounts/{other.id}/follow")
        kept = anna.post("/api/v1/lists", data={"title": way})["id"]
        anna.post(f"/api/v1/lists/{kept}/accounts", data={"account_ids[]": other.id})
        anna.post(f"/api/v1/accounts/{other.id}/endorse")
        assert anna.get(f"/api/v1/lists/{kept}/accounts") and anna.get("/api/v1/endorsements")
        anna.post(f"/api/v1/accounts/{other.id}/{way}")
        assert not anna.get(f"/api/v1/lists/{kept}/accounts") and not anna.get("/api/v1/endorsements")
        anna.delete(f"/api/v1/lists/{kept}")
    anna.post(f"/api/v1/accounts/{other.id}/unblock")


def test_familiar_followers_are_asked_for_with_a_body_too(anna, people):
    """As Mastodon.py does."""
    other = people["bert"].id
    assert anna.call("GET", "/api/v1/accounts/familiar_followers", json={"id": [other]}).json()[0]["id"] == other


def test_followers_and_following_page_by_the_link_header_in_both_directions(anna, server):
    far = [far_actor(server.database, f"page{number}") for number in range(5)]
    for one in far:
        follow(server.database, one, anna.id)
        follow(server.database, anna.id, one)
    for side in ("followers", "following"):
        seen, answer = [], anna.call("GET", f"/api/v1/accounts/{anna.id}/{side}?limit=2")
        while True:
            seen += [one["id"] for one in answer.json()]
            url = link(answer, "next")
            if not url:
                break
            previous = answer
            query = urllib.parse.urlsplit(url)
            assert f"{query.scheme}://{query.netloc}" == server.url and "limit=2" in query.query
            answer = anna.call("GET", f"{query.path}?{query.query}")
        assert seen == far[::-1]
        back = urllib.parse.urlsplit(link(answer, "prev"))
        assert anna.call("GET", f"{back.path}?{back.query}").json() == previous.json()


def test_hidden_collections_are_seen_by_their_owner_alone(anna, people, server):
    bert = people["bert"]
    do(bert, "follow", anna.id)
    do(anna, "follow", bert.id)
    server.database.rows("update actors set hides_collections = true where id = %s returning id", (anna.id,))
    for side in ("followers", "following"):
        assert people["carl"].get(f"/api/v1/accounts/{anna.id}/{side}") == []
        assert [one["id"] for one in anna.get(f"/api/v1/accounts/{anna.id}/{side}")] == [bert.id]
    assert people["carl"].get(f"/api/v1/accounts/{anna.id}")["followers_count"] == 1


def test_whom_an_account_blocks_sees_nobody_around_it(anna, people):
    do(people["bert"], "follow", anna.id)
    do(anna, "block", people["carl"].id)
    assert people["carl"].get(f"/api/v1/accounts/{anna.id}/followers") == []
    assert len(people["dora"].get(f"/api/v1/accounts/{anna.id}/followers")) == 1


def test_suspended_people_are_in_no_list(anna, server):
    far = far_actor(server.database, "gone_soon")
    follow(server.database, far, anna.id)
    server.database.rows("update actors set suspended_at = now() where id = %s returning id", (far,))
    assert anna.get(f"/api/v1/accounts/{anna.id}/followers") == []
    assert anna.get(f"/api/v1/accounts/{far}/followers") == []


def test_a_blocked_server_loses_its_follows_both_ways(anna, server):
    followed, follower, asking, other = (far_actor(server.database, name, domain) for name, domain in (
        ("followed", "loud.example"), ("follower", "loud.example"), ("asking", "loud.example"), ("other", "sub.loud.example")))
    follow(server.database, anna.id, followed)
    follow(server.database, follower, anna.id)
    follow(server.database, asking, anna.id, "pending")
    follow(server.database, other, anna.id)
    assert anna.get("/api/v1/domain_blocks/preview", domain="loud.example") == {"following_count": 1, "followers_count": 2}
    assert anna.post("/api/v1/domain_blocks", data={"domain": " Loud.Example "}) == {}
    assert anna.get("/api/v1/domain_blocks") == ["loud.example"]
    assert stands(anna, followed)["domain_blocking"] is True
    wait_until(lambda: server.database.value("select count(*) from follows") == 1, 20, "the follows to end")
    assert stands(anna, other) == changed(followed_by=True)
    sent = server.database.rows("select type, count(*) from activities_out where actor_id = %s and type in ('Undo', 'Reject')"
                                " and body::text is not null group by type order by type", (anna.id,))
    assert dict(sent)["Reject"] >= 2 and dict(sent)["Undo"] >= 1
    assert anna.delete("/api/v1/domain_blocks", data={"domain": "loud.example"}) == {}
    assert anna.get("/api/v1/domain_blocks") == [] and stands(anna, followed)["domain_blocking"] is False


def test_blocked_servers_are_removed_by_json_and_query_as_well(anna):
    for domain in ("one.example", "two.example", "xn--bcher-kva.example"):
        anna.post("/api/v1/domain_blocks", json={"domain": domain})
    assert anna.get("/api/v1/domain_blocks") == ["xn--bcher-kva.example", "two.example", "one.example"]
    assert anna.get("/api/v1/domain_blocks", limit=1) == ["xn--bcher-kva.example"]
    anna.delete("/api/v1/domain_blocks", json={"domain": "b\u00fccher.example"})
    anna.call("DELETE", "/api/v1/domain_blocks?domain=two.example")
    assert anna.get("/api/v1/domain_blocks") == ["one.example"]
    for nonsense in ("", "a b", "https://one.example/", "one.example/path", "x" * 300 + ".example", "a@b.example"):
        assert "valid domain" in anna.post("/api/v1/domain_blocks", 422, json={"domain": nonsense})["error"]


def test_blocks_and_mutes_page_by_relation(anna, server):
    far = [far_actor(server.database, f"many{number}") for number in range(3)]
    for one in far:
        do(anna, "block", one)
        do(anna, "mute", one)
    for path in ("blocks", "mutes"):
        answer = anna.call("GET", f"/api/v1/{path}?limit=2")
        assert [one["id"] for one in answer.json()] == far[:0:-1]
        query = urllib.parse.urlsplit(link(answer, "next"))
        assert [one["id"] for one in anna.call("GET", f"{query.path}?{query.query}").json()] == far[:1]


def test_a_relation_of_one_is_no_secret_of_another(anna, people):
    """Everything is asked for the one whose token it is; nobody names another owner."""
    do(anna, "mute", people["bert"].id)
    do(anna, "block", people["carl"].id)
    dora = people["dora"]
    for path in ("mutes", "blocks", "follow_requests", "endorsements", "domain_blocks"):
        assert dora.get(f"/api/v1/{path}", account_id=anna.id, actor_id=anna.id) == []
