# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is talked about, who is there to be found, and whom to follow: only what people want to be found with."""
import datetime

import pytest

from support.api import Api, new_id, person
from support.waiting import wait_until
from support.world import actor_id, publish, update_actor

pytestmark = pytest.mark.limit(120)


def discoverable(server, name, **columns):
    api = person(server, name)
    update_actor(server.database, name, is_discoverable=True, **columns)
    return api


def tag(server, name, *names, visibility="public"):
    """A post of theirs with tags; its id."""
    post = publish(server, name, "<p>about it</p>", visibility=visibility)
    for one in names:
        server.database.rows("insert into post_tags (post_id, name) values (%s, %s)", (post, one))
    return int(post)


def favourite(server, name, post):
    one = new_id()
    server.database.rows("insert into favourites (id, actor_id, post_id, uri) values (%s, %s, %s, %s)",
                            (one, actor_id(server.database, name), post, f"https://x.example/likes/{one}"))


def follow(server, follower, followed):
    one = new_id()
    server.database.rows("insert into follows (id, follower_id, followed_id, state, uri) values (%s, %s, %s, 'accepted', %s)",
                            (one, actor_id(server.database, follower), actor_id(server.database, followed),
                             f"https://x.example/follows/{one}"))


def sum_up(server):
    """The job has run once more."""
    database = server.database
    before = database.value("select now()")
    database.rows("update jobs set due_at = now() where kind = 'trends'")
    database.rows("select pg_notify('comptoir_wake', '8')")
    wait_until(lambda: database.value("select due_at > %s + interval '1 minute' and leased_until is null from jobs"
                                      " where kind = 'trends'", (before,)),
               30, "the sum of trends")


def names(answer):
    return [one["name"] for one in answer]


def accounts(answer):
    return [one["username"] for one in answer]


@pytest.fixture(scope="module")
def town(server):
    for name in ("ada", "bob", "cleo"):
        discoverable(server, name)
    person(server, "shy")
    person(server, "reader")
    for name in ("ada", "bob"):
        tag(server, name, "harvest")
    tag(server, "cleo", "harvest", "alone")
    tag(server, "cleo", "alone")
    for name in ("ada", "bob"):
        tag(server, name, "whispered", visibility="followers")
    sum_up(server)
    return server


def test_a_tag_of_several_people_trends_with_its_history(town):
    answer = Api(town).get("/api/v1/trends/tags")
    assert names(answer) == ["harvest"]
    harvest = answer[0]
    assert harvest["url"] == f"{town.url}/tags/harvest" or harvest["url"].endswith("/tags/harvest")
    assert int(harvest["id"]) > 0 and "following" not in harvest and "featuring" not in harvest
    days = [int(one["day"]) for one in harvest["history"]]
    midnight = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    assert len(days) == 7 and days[0] - days[-1] == 6 * 86400 and days[0] in (midnight, midnight - 86400)
    assert sum(int(one["uses"]) for one in harvest["history"]) == 3
    assert sum(int(one["accounts"]) for one in harvest["history"]) == 3
    assert names(Api(town).get("/api/v1/trends")) == ["harvest"]


def test_nobody_makes_a_trend_alone(town):
    assert "alone" not in names(Api(town).get("/api/v1/trends/tags"))


def test_what_is_for_followers_does_not_trend(town):
    assert "whispered" not in names(Api(town).get("/api/v1/trends/tags"))


def test_trends_are_paged_by_offset(town):
    assert Api(town).get("/api/v1/trends/tags", offset=1) == []


def test_a_reader_sees_which_trending_tags_it_follows(town):
    reader = person(town, "tagger")
    assert reader.get("/api/v1/trends/tags")[0]["following"] is False
    town.database.rows("insert into tag_follows (id, actor_id, name) values (%s, %s, 'harvest')", (new_id(), reader.id))
    tag_seen = reader.get("/api/v1/trends/tags")[0]
    assert tag_seen["following"] is True and tag_seen["featuring"] is False


def test_posts_that_several_people_like_trend_unless_their_author_is_shy_or_hides_them(town):
    liked, ignored, sensitive = tag(town, "ada"), tag(town, "ada"), tag(town, "ada")
    of_shy = tag(town, "shy")
    town.database.rows("update posts set is_sensitive = true where id = %s", (sensitive,))
    for post in (liked, sensitive, of_shy):
        favourite(town, "bob", post)
        favourite(town, "cleo", post)
    favourite(town, "bob", ignored)
    favourite(town, "ada", ignored)
    sum_up(town)
    anyone = Api(town)
    assert [one["id"] for one in anyone.get("/api/v1/trends/statuses")] == [str(liked)]
    update_actor(town.database, "ada", is_discoverable=False)
    assert anyone.get("/api/v1/trends/statuses") == []
    update_actor(town.database, "ada", is_discoverable=True)


def test_trending_posts_of_people_one_mutes_are_left_out(town):
    post = tag(town, "bob")
    favourite(town, "ada", post)
    favourite(town, "cleo", post)
    sum_up(town)
    reader = person(town, "muter")
    assert str(post) in [one["id"] for one in reader.get("/api/v1/trends/statuses")]
    town.database.rows("insert into mutes (id, muter_id, muted_id) values (%s, %s, %s)",
                          (new_id(), reader.id, actor_id(town.database, "bob")))
    assert str(post) not in [one["id"] for one in reader.get("/api/v1/trends/statuses")]


def test_the_directory_shows_those_who_want_to_be_found(town):
    sum_up(town)
    anyone = Api(town)
    for parameters in ({}, {"local": "true"}, {"order": "new"}, {"order": "new", "local": "true"}):
        assert {"ada", "bob", "cleo"} == set(accounts(anyone.get("/api/v1/directory", **parameters))), parameters
    assert accounts(anyone.get("/api/v1/directory", order="new")) == ["cleo", "bob", "ada"]
    assert accounts(anyone.get("/api/v1/directory", order="new", offset=1, limit=1)) == ["bob"]
    town.database.rows("insert into actor_counts (actor_id, posts, last_post_at) values (%s, 1, now() + interval '1 second')",
                       (actor_id(town.database, "bob"),))
    sum_up(town)
    assert accounts(anyone.get("/api/v1/directory", order="active", limit=1)) == ["bob"]


def test_whom_one_blocks_is_in_no_directory_of_theirs(town):
    reader = person(town, "blocker")
    town.database.rows("insert into blocks (id, blocker_id, blocked_id, uri) values (%s, %s, %s, 'https://x.example/b')",
                          (new_id(), reader.id, actor_id(town.database, "bob")))
    sum_up(town)
    for parameters in ({}, {"local": "true"}, {"order": "new"}, {"order": "new", "local": "true"}):
        assert set(accounts(reader.get("/api/v1/directory", **parameters))) == {"ada", "cleo"}
    assert "bob" not in [one["account"]["username"] for one in reader.get("/api/v2/suggestions")]


def test_friends_of_friends_are_suggested_first_until_they_are_dismissed_or_followed(town):
    reader = person(town, "newcomer")
    follow(town, "newcomer", "ada")
    follow(town, "ada", "cleo")
    sum_up(town)
    answer = reader.get("/api/v2/suggestions")
    assert [one["account"]["username"] for one in answer] == ["cleo", "bob"]
    assert answer[0]["source"] == "past_interactions" and "friends_of_friends" in answer[0]["sources"]
    assert answer[1]["source"] == "global" and answer[1]["sources"] == ["most_followed"]
    assert accounts(reader.get("/api/v1/suggestions", limit=1)) == ["cleo"]
    assert reader.delete(f"/api/v1/suggestions/{actor_id(town.database, 'cleo')}") == {}
    assert reader.delete("/api/v1/suggestions/12345") == {}
    assert accounts(reader.get("/api/v1/suggestions")) == ["bob"]
    follow(town, "newcomer", "bob")
    assert reader.get("/api/v1/suggestions") == []


def test_those_who_hide_whom_they_follow_are_asked_for_nobody(town):
    reader = person(town, "discreet")
    update_actor(town.database, "bob", hides_collections=True)
    person(town, "hidden-friend")
    update_actor(town.database, "hidden-friend", is_discoverable=True)
    follow(town, "discreet", "bob")
    follow(town, "bob", "hidden-friend")
    found = {one["account"]["username"]: one["sources"] for one in reader.get("/api/v2/suggestions")}
    assert "friends_of_friends" not in found.get("hidden-friend", [])


def test_suggestions_need_a_user(town):
    Api(town).get("/api/v2/suggestions", status=401)
