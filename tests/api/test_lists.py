# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists and who is on them."""
import urllib.parse

import pytest

from support.api import person
from support.far import far_actor, follow

LISTS = "/api/v1/lists"


@pytest.fixture(scope="module")
def people(server):
    return {name: person(server, name) for name in ("anna", "bert")}


@pytest.fixture
def anna(people, server):
    server.database.rows("delete from lists returning 1")
    server.database.rows("delete from follows returning 1")
    return people["anna"]


def followed(server, api, *names):
    found = [far_actor(server.database, name) for name in names]
    for one in found:
        follow(server.database, api.id, one)
    return found


def test_a_list_is_made_shown_changed_and_deleted(anna):
    made = anna.post(LISTS, json={"title": "  Friends "})
    assert made == {"id": made["id"], "title": "Friends", "replies_policy": "list", "exclusive": False}
    assert made["id"].isdigit() and anna.get(f"{LISTS}/{made['id']}") == made
    changed = anna.put(f"{LISTS}/{made['id']}", data={"title": "Close", "replies_policy": "none", "exclusive": "true"})
    assert changed == {"id": made["id"], "title": "Close", "replies_policy": "none", "exclusive": True}
    assert anna.patch(f"{LISTS}/{made['id']}", json={"title": "Closer"}) == {**changed, "title": "Closer"}
    assert anna.get(LISTS) == [{**changed, "title": "Closer"}]
    assert anna.delete(f"{LISTS}/{made['id']}") == {}
    assert anna.get(LISTS) == [] and anna.get(f"{LISTS}/{made['id']}", 404) == {"error": "Record not found"}


@pytest.mark.parametrize("wrong", [{}, {"title": ""}, {"title": "   "}, {"title": "x" * 256}, {"title": None},
                                   {"title": "a", "replies_policy": "all"}])
def test_a_list_needs_a_title_and_a_known_policy(anna, wrong):
    assert anna.post(LISTS, 422, json=wrong)["error"].startswith("Validation failed: ")
    assert anna.get(LISTS) == []


@pytest.mark.parametrize("policy", ["followed", "list", "none"])
def test_replies_policies_are_kept(anna, policy):
    assert anna.post(LISTS, json={"title": "\u00e9" * 255, "replies_policy": policy})["replies_policy"] == policy


def test_the_number_of_lists_is_bounded(anna):
    for number in range(100):
        anna.post(LISTS, json={"title": f"list {number}"})
    assert "maximum" in anna.post(LISTS, 422, json={"title": "one too many"})["error"]
    assert [one["title"] for one in anna.get(LISTS)] == [f"list {number}" for number in range(100)]


def test_a_list_of_another_is_not_there(anna, people, server):
    made = anna.post(LISTS, json={"title": "mine"})["id"]
    (one,) = followed(server, people["bert"], "of_bert")
    bert = people["bert"]
    assert bert.get(LISTS) == []
    bert.get(f"{LISTS}/{made}", 404)
    bert.put(f"{LISTS}/{made}", 404, json={"title": "theirs"})
    bert.delete(f"{LISTS}/{made}", 404)
    bert.get(f"{LISTS}/{made}/accounts", 404)
    bert.post(f"{LISTS}/{made}/accounts", 404, json={"account_ids": [one]})
    bert.delete(f"{LISTS}/{made}/accounts", 404, json={"account_ids": [one]})
    assert anna.get(LISTS)[0]["title"] == "mine"


def test_only_the_followed_are_put_on_a_list(anna, server):
    made = anna.post(LISTS, json={"title": "a"})["id"]
    one, two = followed(server, anna, "one", "two")
    stranger = far_actor(server.database, "stranger")
    anna.post(f"{LISTS}/{made}/accounts", 404, json={"account_ids": [one, stranger]})
    assert anna.get(f"{LISTS}/{made}/accounts") == []
    assert anna.post(f"{LISTS}/{made}/accounts", json={"account_ids": [one]}) == {}
    assert "taken" in anna.post(f"{LISTS}/{made}/accounts", 422, json={"account_ids": [two, one]})["error"]
    assert [member["id"] for member in anna.get(f"{LISTS}/{made}/accounts")] == [one]
    assert anna.post(f"{LISTS}/{made}/accounts?account_ids[]={two}&account_ids[]={anna.id}") == {}
    assert [member["id"] for member in anna.get(f"{LISTS}/{made}/accounts")] == [anna.id, two, one]


def test_members_are_found_by_account_and_go_with_a_body_or_a_query(anna, server):
    first, second = (anna.post(LISTS, json={"title": title})["id"] for title in "ab")
    one, two, three = followed(server, anna, "m1", "m2", "m3")
    anna.post(f"{LISTS}/{first}/accounts", data={"account_ids[]": [one, two, three]})
    anna.post(f"{LISTS}/{second}/accounts", data={"account_ids[]": one})
    assert [found["id"] for found in anna.get(f"/api/v1/accounts/{one}/lists")] == [first, second]
    assert [found["id"] for found in anna.get(f"/api/v1/accounts/{two}/lists")] == [first]
    assert anna.delete(f"{LISTS}/{first}/accounts", json={"account_ids": [one, "7"]}) == {}
    assert anna.call("DELETE", f"{LISTS}/{first}/accounts?account_ids[]={two}").json() == {}
    assert [member["id"] for member in anna.get(f"{LISTS}/{first}/accounts")] == [three]
    assert anna.get(f"/api/v1/accounts/{one}/lists")[0]["id"] == second


def test_members_page_by_the_link_header_and_all_come_at_once(anna, server):
    made = anna.post(LISTS, json={"title": "long"})["id"]
    many = followed(server, anna, *(f"p{number}" for number in range(90)))
    anna.post(f"{LISTS}/{made}/accounts", json={"account_ids": many})
    assert len(anna.get(f"{LISTS}/{made}/accounts")) == 40 and len(anna.get(f"{LISTS}/{made}/accounts", limit=500)) == 80
    assert [member["id"] for member in anna.get(f"{LISTS}/{made}/accounts", limit=0)] == many[::-1]
    answer = anna.call("GET", f"{LISTS}/{made}/accounts?limit=80")
    (url,) = [part[1:part.index(">")] for part in answer.headers["Link"].split(", ") if 'rel="next"' in part]
    query = urllib.parse.urlsplit(url)
    assert [member["id"] for member in anna.call("GET", f"{query.path}?{query.query}").json()] == many[9::-1]


def test_a_list_goes_with_its_members_and_the_suspended_are_not_shown(anna, server):
    made = anna.post(LISTS, json={"title": "gone"})["id"]
    one, two = followed(server, anna, "s1", "s2")
    anna.post(f"{LISTS}/{made}/accounts", json={"account_ids": [one, two]})
    server.database.rows("update actors set suspended_at = now() where id = %s returning id", (one,))
    assert [member["id"] for member in anna.get(f"{LISTS}/{made}/accounts")] == [two]
    anna.delete(f"{LISTS}/{made}")
    assert server.database.value("select count(*) from list_members where list_id = %s", (made,)) == 0
