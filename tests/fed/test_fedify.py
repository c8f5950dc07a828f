# SPDX-License-Identifier: AGPL-3.0-or-later
"""A conversation with Fedify, a server that we did not write: over http and over https with a private authority, and
with each of the two ways to sign requests first."""
import pytest

from support.fedify import CAVAGE, PUBLIC, RFC9421
from support.federated import Person
from support.waiting import wait_until

pytestmark = pytest.mark.limit(240)


class Meeting:
    def __init__(self, server, fedify):
        self.server, self.fedify = server, fedify
        self.shop, self.cleo = Person(server, "shop"), Person(server, "cleo")
        self.fay = fedify.actor("fay")


ALL_WAYS = [("http", CAVAGE), ("http", RFC9421), ("https", CAVAGE), ("https", RFC9421)]
BOTH_WAYS = [ALL_WAYS[0], ALL_WAYS[3]]


def ways(values):
    return pytest.mark.parametrize("meeting", values, indirect=True,
                                   ids=[f"{scheme}-{'cavage' if knock == CAVAGE else 'rfc9421'}" for scheme, knock in values])


@pytest.fixture
def meeting(request, federated_factory, fedify_factory, authority):
    scheme, first_knock = request.param
    its_authority = authority if scheme == "https" else None
    fedify = fedify_factory(("fay", "gus"), first_knock, its_authority)
    server = federated_factory(authority=its_authority, accounts=("shop", "cleo"))
    return Meeting(server, fedify)


def follow_both_ways(meeting):
    meeting.shop.follow(meeting.fay)
    meeting.shop.follows(meeting.fay)
    follow = meeting.fedify.send({"type": "Follow", "object": meeting.shop.uri}, [meeting.shop.uri])
    accept = meeting.fedify.wait_for("Accept")
    assert accept["actor"] == meeting.shop.uri
    assert follow in (accept["object"], isinstance(accept["object"], dict) and accept["object"]["id"])
    meeting.shop.is_followed_by(meeting.fay)


@ways(ALL_WAYS)
def test_a_whole_conversation(meeting):
    server, fedify, shop, fay = meeting.server, meeting.fedify, meeting.shop, meeting.fay
    follow_both_ways(meeting)

    # posts
    post = shop.post("Fresh bread at seven #bread")
    create = fedify.wait_for("Create", lambda activity: activity["object"]["id"] == post)
    assert "Fresh bread at seven" in create["object"]["content"] and create["actor"] == shop.uri
    note = fedify.note("<p>Is there rye?</p>", [shop.uri], inReplyTo=post,
                       tag=[{"type": "Mention", "href": shop.uri, "name": "@shop"}])
    server.wait_for_post(note["id"])
    assert server.one("select p.uri from posts r join posts p on p.id = r.in_reply_to_id where r.uri = %s", note["id"]) == post
    assert server.one("select replies from post_counts c join posts p on p.id = c.post_id where p.uri = %s", post) == 1
    server.wait_for_row("select 1 from notifications n join posts p on p.id = n.post_id where p.uri = %s and n.kind = 'mention'",
                        note["id"])

    # an answer
    answer = shop.post("Rye at nine", reply_to=note["id"])
    create = fedify.wait_for("Create", lambda activity: activity["object"]["id"] == answer)
    assert create["object"]["inReplyTo"] == note["id"]

    # likes and boosts, and their undoing
    shop.act("favourite", note["id"])
    like = fedify.wait_for("Like")
    assert (like["actor"], like["object"]) == (shop.uri, note["id"])
    shop.act("boost", note["id"])
    announce = fedify.wait_for("Announce")
    assert announce["object"] == note["id"]
    shop.act("unfavourite", note["id"])
    shop.act("unboost", note["id"])
    for undone in (like["id"], announce["id"]):
        fedify.wait_for("Undo", lambda activity: undone in (
            activity["object"], isinstance(activity["object"], dict) and activity["object"]["id"]))
    their_like = fedify.send({"type": "Like", "object": post}, [shop.uri])
    their_boost = fedify.send({"type": "Announce", "object": post, "to": PUBLIC}, [shop.uri])
    server.wait_for_row("select 1 from favourites where uri = %s", their_like)
    server.wait_for_row("select 1 from boosts where uri = %s", their_boost)
    assert server.rows("select favourites, boosts from post_counts c join posts p on p.id = c.post_id where p.uri = %s",
                       post) == [(1, 1)]
    fedify.send({"type": "Undo", "object": {"type": "Like", "id": their_like, "actor": fay, "object": post}}, [shop.uri])
    fedify.send({"type": "Undo", "object": {"type": "Announce", "id": their_boost, "actor": fay, "object": post}}, [shop.uri])
    server.wait_for_row("select 1 from post_counts c join posts p on p.id = c.post_id where p.uri = %s and favourites = 0"
                        " and boosts = 0", post)

    # edits
    shop.act("edit", post, "Fresh bread at eight")
    update = fedify.wait_for("Update", lambda activity: activity["object"]["id"] == post)
    assert "at eight" in update["object"]["content"]
    edited = {**note, "content": "<p>Is there rye today?</p>", "updated": "2099-01-01T00:00:00Z"}
    fedify.change(note, content=edited["content"])
    fedify.send({"type": "Update", "object": {key: value for key, value in edited.items() if key != "@context"},
                 "to": PUBLIC}, [shop.uri])
    server.wait_for_row("select 1 from posts where uri = %s and html like %s and edited_at is not null", note["id"], "%today%")

    # deletes
    shop.act("delete", answer)
    fedify.wait_for("Delete", lambda activity: answer in (
        activity["object"], isinstance(activity["object"], dict) and activity["object"]["id"]))
    fedify.change(note)
    fedify.send({"type": "Delete", "object": {"type": "Tombstone", "id": note["id"]}, "to": PUBLIC}, [shop.uri])
    server.wait_until_none("select 1 from posts where uri = %s", note["id"])
    assert server.one("select replies from post_counts c join posts p on p.id = c.post_id where p.uri = %s", post) == 0
    assert fedify.errors() == []


@ways(BOTH_WAYS)
def test_polls_and_votes(meeting):
    server, fedify, shop, fay = meeting.server, meeting.fedify, meeting.shop, meeting.fay
    follow_both_ways(meeting)
    poll = shop.post("Which one?", poll=["Rye", "Spelt"])
    create = fedify.wait_for("Create", lambda activity: activity["object"]["id"] == poll)
    question = create["object"]
    assert question["type"] == "Question" and [option["name"] for option in question["oneOf"]] == ["Rye", "Spelt"]
    vote = {"type": "Note", "id": fedify.new_id("votes"), "attributedTo": fay, "name": "Spelt", "inReplyTo": poll,
            "to": shop.uri}
    for _ in range(2):  # the second time it counts no more
        fedify.send({"type": "Create", "object": vote, "to": shop.uri}, [shop.uri])
    server.wait_for_row("select 1 from poll_options o join posts p on p.id = o.post_id where p.uri = %s and o.title = 'Spelt'"
                        " and o.votes = 1", poll)
    assert server.one("select voters from polls o join posts p on p.id = o.post_id where p.uri = %s", poll) == 1
    assert not server.rows("select 1 from posts where uri = %s", vote["id"])

    theirs = fedify.note("<p>Tea or coffee?</p>", [shop.uri], type="Question", endTime="2099-01-01T00:00:00Z", votersCount=0,
                         oneOf=[{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 0}}
                                for name in ("Tea", "Coffee")])
    server.wait_for_post(theirs["id"])
    shop.act("vote", theirs["id"], "1")
    their_vote = fedify.wait_for("Create", lambda activity: activity["object"].get("name") == "Coffee")
    assert their_vote["object"]["inReplyTo"] == theirs["id"] and PUBLIC not in str(their_vote)
    options = [{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}}
               for name, votes in (("Tea", 2), ("Coffee", 5))]
    updated = {**{key: value for key, value in theirs.items() if key != "@context"}, "oneOf": options, "votersCount": 7}
    fedify.send({"type": "Update", "object": updated, "to": PUBLIC}, [shop.uri])
    server.wait_for_row("select 1 from poll_options o join posts p on p.id = o.post_id where p.uri = %s and o.title = 'Coffee'"
                        " and o.votes = 5", theirs["id"])
    assert fedify.errors() == []


@ways(BOTH_WAYS)
def test_unfollowing_blocking_and_reporting(meeting):
    server, fedify, shop, cleo, fay = meeting.server, meeting.fedify, meeting.shop, meeting.cleo, meeting.fay
    follow_both_ways(meeting)
    note = fedify.note("<p>Hello</p>", [shop.uri])
    server.wait_for_post(note["id"])

    shop.act("unfollow", fay)
    wait_until(lambda: shop.uri not in fedify.followers("fay"), 20, "the Undo of our follow")
    shop.act("report", fay, "Advertising", note["id"])
    flag = fedify.wait_for("Flag")
    assert flag["actor"] == server.url + "/actor" and note["id"] in flag["object"] and flag["content"] == "Advertising"

    shop.act("block", fay)
    assert fedify.wait_for("Block")["object"] == fay
    server.wait_until_none("select 1 from follows f join actors a on a.id in (f.follower_id, f.followed_id) where a.uri = %s", fay)
    shop.act("unblock", fay)
    fedify.wait_for("Undo", lambda activity: isinstance(activity["object"], dict) and activity["object"].get("type") == "Block")

    their_block = fedify.send({"type": "Block", "object": cleo.uri}, [cleo.uri])
    server.wait_for_row("select 1 from blocks where uri = %s", their_block)
    their_flag = fedify.send({"type": "Flag", "object": [shop.uri], "content": "Rude"}, [shop.uri])
    server.wait_for_row("select 1 from reports where uri = %s and comment = 'Rude'", their_flag)


@ways(BOTH_WAYS)
def test_moving_house(meeting):
    server, fedify, shop, cleo, fay = meeting.server, meeting.fedify, meeting.shop, meeting.cleo, meeting.fay
    follow_both_ways(meeting)
    cleo.act("alias", shop.uri)
    shop.act("move", cleo.uri)
    move = fedify.wait_for("Move")
    assert (move["object"], move["target"]) == (shop.uri, cleo.uri)

    cleo.follow(fay)
    cleo.follows(fay)
    gus = fedify.actor("gus")
    fedify.door("alias", name="gus", urls=[fay])
    fedify.send({"type": "Move", "object": fay, "target": gus}, [cleo.uri])
    cleo.follows(gus)
    wait_until(lambda: cleo.uri in fedify.followers("gus") and cleo.uri not in fedify.followers("fay"), 20, "the follow to move")
    assert server.one("select m.uri from actors a join actors m on m.id = a.moved_to_id where a.uri = %s", fay) == gus


@ways(BOTH_WAYS)
def test_what_is_for_followers_or_one_person_goes_to_nobody_else(meeting):
    server, fedify, shop, cleo, fay = meeting.server, meeting.fedify, meeting.shop, meeting.cleo, meeting.fay
    follow_both_ways(meeting)
    private = shop.post("For those who follow", "private")
    direct = shop.post(f"Only you, @fay@{fay.split('/')[2]}", "direct")
    other = cleo.post("Fay does not follow me", "private")
    for uri in (private, direct):
        create = fedify.wait_for("Create", lambda activity: activity["object"]["id"] == uri)
        assert PUBLIC not in str(create) and "proof" not in create
    last = shop.post("For everyone")
    fedify.wait_for("Create", lambda activity: activity["object"]["id"] == last)
    assert not [activity for activity in fedify.got("Create") if activity["object"]["id"] == other]
    secret = fedify.note("<p>Psst</p>", [shop.uri], public=False, followers=False,
                         tag=[{"type": "Mention", "href": shop.uri, "name": "@shop"}])
    assert server.wait_for_post(secret["id"])[2] == "direct"
    assert server.get(f"/users/shop/statuses/{direct.rsplit('/', 1)[1]}",
                      headers={"Accept": "application/activity+json"}).status_code == 404
