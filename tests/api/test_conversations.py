# SPDX-License-Identifier: AGPL-3.0-or-later
"""Conversations of direct posts: who keeps which, read and unread, pages, deletion."""
import pytest

from support.act import act
from support.api import person
from support.told import check_account, check_status, is_digits, links

PATH = "/api/v1/conversations"


@pytest.fixture(scope="module")
def people(server):
    return {name: person(server, name) for name in ("adele", "basil", "chloe", "denis")}


def texts(app):
    return [one["last_status"]["content"] for one in app.get(PATH)]


def test_a_direct_post_is_a_conversation_for_all_who_take_part(server, people):
    post = act(server, "post", "adele", "@basil @chloe venez", "direct")
    for name in ("adele", "basil", "chloe"):
        found = people[name].get(PATH)
        assert len(found) == 1
        one = found[0]
        assert is_digits(one["id"]) and one["unread"] is (name != "adele")
        assert one["last_status"]["id"] == str(post["id"])
        check_status(one["last_status"])
        for account in one["accounts"]:
            check_account(account)
        assert {account["username"] for account in one["accounts"]} == {"adele", "basil", "chloe"} - {name}
    assert people["denis"].get(PATH) == []


def test_an_answer_goes_on_with_it_and_other_people_begin_another(server, people):
    first = people["adele"].get(PATH)[0]
    answer = act(server, "post", "basil", "@adele @chloe j'arrive", "direct", "-", first["last_status"]["uri"])
    found = people["adele"].get(PATH)
    assert [one["id"] for one in found] == [first["id"]] and found[0]["unread"] is True
    assert found[0]["last_status"]["id"] == str(answer["id"])
    act(server, "post", "basil", "@adele entre nous", "direct", "-", first["last_status"]["uri"])
    assert [len(one["accounts"]) for one in people["adele"].get(PATH)] == [1, 2]
    assert len(people["chloe"].get(PATH)) == 1
    act(server, "post", "basil", "@adele pour tous", "public")
    assert len(people["adele"].get(PATH)) == 2


def test_it_is_read_and_unread_by_its_keeper_alone(people):
    one = people["adele"].get(PATH)[0]
    read = people["adele"].post(f"{PATH}/{one['id']}/read")
    assert read == {**one, "unread": False}
    assert people["adele"].get(PATH)[0]["unread"] is False
    assert people["adele"].post(f"{PATH}/{one['id']}/unread")["unread"] is True
    people["basil"].post(f"{PATH}/{one['id']}/read", status=404)
    people["basil"].delete(f"{PATH}/{one['id']}", status=404)
    assert people["adele"].post(f"{PATH}/77/read", status=404)["error"] == "Record not found"


def test_pages_go_by_the_last_posts(server, people):
    denis = people["denis"]
    for number in range(5):
        act(server, "post", "denis", f"note à moi-même {number}", "direct")
    ids = [one["id"] for one in denis.get(PATH)]
    assert len(ids) == 5 and [account["id"] for account in denis.get(PATH)[0]["accounts"]] == [denis.id]
    seen, path = [], f"{PATH}?limit=2"
    while path:
        answer = denis.call("GET", path)
        seen += [one["id"] for one in answer.json()]
        path = links(answer).get("next")
    assert seen == ids
    last = denis.get(PATH)[4]["last_status"]["id"]
    assert [one["id"] for one in denis.get(PATH, min_id=last, limit=2)] == ids[2:4]


def test_a_deleted_post_uncovers_the_one_before_and_the_last_one_ends_it(server, people):
    first = act(server, "post", "chloe", "@denis un", "direct")
    second = act(server, "post", "chloe", "@denis deux", "direct", "-", first["uri"])
    assert "deux" in texts(people["denis"])[0]
    act(server, "delete", "chloe", second["uri"])
    assert "un" in texts(people["denis"])[0]
    act(server, "delete", "chloe", first["uri"])
    assert not [text for text in texts(people["denis"]) if "@" in text]


def test_one_is_deleted_and_comes_back_with_the_next_post(server, people):
    first = act(server, "post", "chloe", "@basil privé", "direct")
    one = people["basil"].get(PATH)[0]
    assert people["basil"].delete(f"{PATH}/{one['id']}") == {}
    assert one["id"] not in [other["id"] for other in people["basil"].get(PATH)]
    assert [other["last_status"]["id"] for other in people["chloe"].get(PATH)][0] == str(first["id"])
    act(server, "post", "chloe", "@basil encore", "direct", "-", first["uri"])
    assert "encore" in texts(people["basil"])[0]


def test_whom_one_blocks_begins_none(server, people):
    before = people["basil"].get(PATH)
    act(server, "block", "basil", "denis")
    act(server, "post", "denis", "@basil écoute", "direct")
    assert people["basil"].get(PATH) == before
