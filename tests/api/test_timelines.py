# SPDX-License-Identifier: AGPL-3.0-or-later
"""Timelines: what comes in, in which order, in which pages, and what is left out."""
import re

import pytest

from support.act import act
from support.api import Api, make_token, new_id, person

HOME, PUBLIC = "/api/v1/timelines/home", "/api/v1/timelines/public"


def ids(statuses):
    return [status["id"] for status in statuses]


def post(server, author, text, visibility="", cw="", reply_to="", *rest):
    return act(server, "post", author, text, visibility, cw, reply_to, *rest)


def relate(server, sql, *names):
    """Names stand for local actors, %s each."""
    actors = [server.database.value("select id from actors where handle = %s and domain_id is not null", (name,)) for name in names]
    server.database.rows(sql.replace("NEW", str(new_id())) + " returning 1", actors)


def people(server, *names):
    return [person(server, name) for name in names]


@pytest.fixture(scope="module")
def accounts(server):
    return people(server, "reader", "friend", "stranger", "other")


@pytest.fixture
def world(server, accounts):
    """A reader who follows a friend, and somebody else; nothing was said yet."""
    server.database.rows("truncate posts, follows, mutes, blocks, lists, tag_follows, actor_domain_blocks, home_timelines,"
                         " home_items cascade; update actors set silenced_at = null; select 1")
    reader, friend, stranger, _ = accounts
    reader.get(HOME)
    act(server, "follow", "reader", "friend")
    return server, reader, friend, stranger


def test_home_has_the_posts_and_boosts_of_whom_one_follows_and_ones_own(world):
    server, reader, _, _ = world
    theirs, own = post(server, "friend", "bonjour"), post(server, "reader", "moi")
    foreign = post(server, "stranger", "inconnu")
    assert ids(reader.get(HOME)) == [own["id"], theirs["id"]]
    act(server, "boost", "friend", foreign["uri"])
    statuses = reader.get(HOME)
    assert len(statuses) == 3 and statuses[0]["reblog"]["id"] == foreign["id"]
    act(server, "unboost", "friend", foreign["uri"])
    act(server, "delete", "reader", own["uri"])
    assert ids(reader.get(HOME)) == [theirs["id"]]


def test_home_is_there_for_those_who_come_for_the_first_time_or_back(world):
    server, reader, friend, _ = world
    made = [post(server, "friend", f"n° {n}")["id"] for n in range(3)]
    act(server, "follow", "stranger", "friend")
    stranger = Api(server, make_token(server.database, "stranger"))
    assert ids(stranger.get(HOME)) == made[::-1]
    server.database.rows("update home_timelines set read_on = current_date - 20 returning 1")
    late = post(server, "friend", "pendant l'absence")["id"]
    assert server.database.value("select count(*) from home_items where item_id = %s", (int(late),)) == 0
    assert ids(reader.get(HOME)) == [late] + made[::-1]
    later = post(server, "friend", "au retour")["id"]
    assert ids(reader.get(HOME))[0] == later


def test_home_forgets_whom_one_unfollows_and_learns_whom_one_follows(world):
    server, reader, _, _ = world
    foreign, theirs = post(server, "stranger", "avant"), post(server, "friend", "de l'ami")
    assert ids(reader.get(HOME)) == [theirs["id"]]
    act(server, "follow", "reader", "stranger")
    assert ids(reader.get(HOME)) == [theirs["id"], foreign["id"]]
    act(server, "unfollow", "reader", "friend")
    assert ids(reader.get(HOME)) == [foreign["id"]]


def test_answers_to_strangers_stay_out_of_home(world):
    server, reader, _, _ = world
    foreign, own, root = (post(server, name, "racine") for name in ("stranger", "reader", "friend"))
    hidden = post(server, "friend", "à l'inconnu", "", "", foreign["uri"])
    to_me = post(server, "friend", "à toi", "", "", own["uri"])
    to_self = post(server, "friend", "à moi", "", "", root["uri"])
    assert ids(reader.get(HOME)) == [one["id"] for one in (to_self, to_me, root, own)]
    act(server, "follow", "reader", "stranger")
    again = post(server, "friend", "encore", "", "", foreign["uri"])
    assert again["id"] in ids(reader.get(HOME)) and hidden["id"] not in ids(reader.get(HOME))


def test_options_of_a_follow_hold_in_home(world):
    server, reader, _, _ = world
    foreign = post(server, "stranger", "à partager")
    relate(server, "update follows set shows_boosts = false, languages = array['fr'] where follower_id = %s", "reader")
    act(server, "boost", "friend", foreign["uri"])
    french = post(server, "friend", "en français", "", "", "", "", "", "fr")
    post(server, "friend", "in English", "", "", "", "", "", "en")
    assert ids(reader.get(HOME)) == [french["id"]]


def test_whoever_is_on_an_exclusive_list_is_there_and_not_in_home(world):
    server, reader, _, _ = world
    list_id = new_id()
    relate(server, f"insert into lists (id, actor_id, title, is_exclusive) values ({list_id}, %s, 'à part', true)", "reader")
    relate(server, f"insert into list_members (list_id, actor_id, id) values ({list_id}, %s, NEW)", "friend")
    made = post(server, "friend", "exclusif")
    assert ids(reader.get(HOME)) == []
    assert ids(reader.get(f"/api/v1/timelines/list/{list_id}")) == [made["id"]]
    Api(server, make_token(server.database, "stranger")).call("GET", f"/api/v1/timelines/list/{list_id}", 404)


@pytest.mark.parametrize("policy, seen", [("none", []), ("list", ["friend"]), ("followed", ["friend", "other"])])
def test_lists_show_answers_as_their_policy_says(world, policy, seen):
    server, reader, _, _ = world
    act(server, "follow", "reader", "other")
    list_id = new_id()
    relate(server, f"insert into lists (id, actor_id, title, replies_policy) values ({list_id}, %s, 'l', '{policy}')", "reader")
    relate(server, f"insert into list_members (list_id, actor_id, id) values ({list_id}, %s, NEW)", "friend")
    roots = {name: post(server, name, "racine") for name in ("friend", "other", "stranger")}
    made = {name: post(server, "friend", f"à {name}", "", "", root["uri"])["id"] for name, root in roots.items() if name != "friend"}
    friendly = post(server, "friend", "à moi", "", "", roots["friend"]["uri"])["id"]
    shown = ids(reader.get(f"/api/v1/timelines/list/{list_id}"))
    assert friendly in shown and roots["friend"]["id"] in shown
    assert (made["other"] in shown) is ("other" in seen) and made["stranger"] not in shown


def test_followed_tags_come_into_home(world):
    server, reader, _, _ = world
    relate(server, "insert into tag_follows (id, actor_id, name) values (NEW, %s, 'jardin')", "reader")
    made = post(server, "stranger", "mon #Jardin")
    post(server, "stranger", "mon #jardin à moi", "unlisted")
    assert ids(reader.get(HOME)) == [made["id"]]


def test_what_came_by_a_tag_alone_goes_with_it(world):
    server, reader, _, _ = world
    for tag in ("jardin", "fleurs"):
        reader.post(f"/api/v1/tags/{tag}/follow")
    post(server, "stranger", "mon #jardin")
    both, friendly = post(server, "stranger", "#jardin et #fleurs"), post(server, "friend", "son #jardin")
    assert len(reader.get(HOME)) == 3
    reader.post("/api/v1/tags/Jardin/unfollow")
    assert ids(reader.get(HOME)) == [friendly["id"], both["id"]]
    reader.post("/api/v1/tags/fleurs/unfollow")
    assert ids(reader.get(HOME)) == [friendly["id"]]


def test_what_is_muted_or_blocked_is_left_out_and_comes_back(world):
    server, reader, _, _ = world
    made = post(server, "friend", "dit")
    foreign = post(server, "stranger", "partagé")
    act(server, "boost", "friend", foreign["uri"])
    assert len(reader.get(HOME)) == 2
    relate(server, "insert into mutes (id, muter_id, muted_id) values (NEW, %s, %s)", "reader", "stranger")
    assert ids(reader.get(HOME)) == [made["id"]]
    relate(server, "update mutes set expires_at = now() - interval '1 minute' where muter_id = %s", "reader")
    assert len(reader.get(HOME)) == 2
    relate(server, "insert into mutes (id, muter_id, muted_id) values (NEW, %s, %s)", "reader", "friend")
    assert reader.get(HOME) == []


def test_pages_follow_the_rules_of_the_api(world):
    server, reader, _, _ = world
    made = [post(server, "friend", f"n° {n}")["id"] for n in range(6)]
    assert ids(reader.get(HOME, limit=2)) == [made[5], made[4]]
    assert ids(reader.get(HOME, limit=2, max_id=made[4])) == [made[3], made[2]]
    assert ids(reader.get(HOME, limit=2, since_id=made[1])) == [made[5], made[4]]
    assert ids(reader.get(HOME, limit=2, min_id=made[1])) == [made[3], made[2]]
    assert ids(reader.get(HOME, limit=9, min_id=made[1], max_id=made[4])) == [made[3], made[2]]
    assert ids(reader.get(HOME, limit=9, min_id=made[4], since_id=made[0])) == [made[5]]
    assert ids(reader.get(HOME, min_id=str(int(made[3]) + 1))) == [made[5], made[4]]
    assert len(reader.get(HOME, limit=4000)) == 6 and len(reader.get(HOME, limit=0)) == 1
    answer = reader.call("GET", HOME, params={"limit": 2, "max_id": made[4]})
    links = dict((rel, url) for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["Link"]))
    assert links["next"].startswith(server.url) and f"max_id={made[2]}" in links["next"] and "limit=2" in links["next"]
    assert f"min_id={made[3]}" in links["prev"]
    assert ids(reader.session.get(links["next"]).json()) == [made[1], made[0]]
    assert "Link" not in reader.call("GET", HOME, params={"max_id": "1"}).headers


def test_home_is_for_people_with_the_scope_only(world):
    server, _, _, _ = world
    Api(server).call("GET", HOME, 401)
    Api(server, make_token(server.database)).call("GET", HOME, 422)
    Api(server, make_token(server.database, "reader", "read:accounts")).call("GET", HOME, 403)
    Api(server, make_token(server.database, "reader", "read:statuses")).call("GET", HOME, 200)


def make_remote(server, text):
    uri, number = "https://far.example/users/lou", new_id()
    server.database.rows(
        "insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
        " values (%s, 'Person', 'lou', 'lou', 'far.example', %s, %s, %s, now(), now(), now()) on conflict do nothing returning 1",
        (number, uri, uri, uri + "/inbox"))
    server.database.rows(
        "insert into posts (id, actor_id, uri, url, visibility, html, created_at, conversation_id, fetched_at)"
        " select %s, id, uri || '/' || %s, url, 'public', %s, now(), %s, now() from actors where uri = %s returning 1",
        (number, number, text, number, uri))
    server.database.rows("insert into post_tags (post_id, name) values (%s, 'fleurs') returning 1", (number,))
    return str(number)


def test_the_public_timeline_is_of_public_posts_that_answer_nobody(world):
    server, reader, _, _ = world
    anyone = Api(server)
    one = post(server, "friend", "pour tous")
    for visibility in ("unlisted", "private", "direct"):
        post(server, "friend", visibility, visibility)
    post(server, "stranger", "réponse", "", "", one["uri"])
    own = post(server, "friend", "suite", "", "", one["uri"])
    remote = make_remote(server, "<p>de loin</p>")
    expected = sorted((one["id"], own["id"], remote), key=int, reverse=True)
    assert ids(anyone.get(PUBLIC)) == ids(reader.get(PUBLIC)) == expected
    assert remote not in ids(anyone.get(PUBLIC, local="true")) and ids(anyone.get(PUBLIC, remote="true")) == [remote]
    assert anyone.get(PUBLIC, only_media="true") == []
    server.database.rows("update actors set silenced_at = now() where handle in ('friend', 'lou') returning 1")
    assert ids(anyone.get(PUBLIC)) == [] and ids(reader.get(PUBLIC)) == [own["id"], one["id"]]


@pytest.mark.parametrize("domain", ["far.example", "example"])
def test_the_posts_of_a_silenced_server_are_for_followers(world, domain):
    server, reader, _, _ = world
    anyone = Api(server)
    remote = make_remote(server, "<p>de loin #loin</p>")
    assert ids(anyone.get(PUBLIC)) == ids(reader.get(PUBLIC)) == [remote]
    server.command("domain", "block", domain, "--severity", "silence", "--yes")
    try:
        assert ids(anyone.get(PUBLIC)) == ids(reader.get(PUBLIC)) == []
        relate(server, "insert into follows (id, follower_id, followed_id, uri, state)"
               " select NEW, %s, actor_id, 'https://far.example/f/1', 'accepted' from posts where id = " + remote, "reader")
        assert ids(reader.get(PUBLIC)) == [remote] and ids(anyone.get(PUBLIC)) == []
    finally:
        server.command("domain", "unblock", domain)
    assert ids(anyone.get(PUBLIC)) == [remote]


def test_the_public_timeline_leaves_out_what_the_reader_does_not_want(world):
    server, reader, _, _ = world
    remote, local = make_remote(server, "<p>de loin</p>"), post(server, "stranger", "d'ici")["id"]
    assert set(ids(reader.get(PUBLIC))) == {remote, local}
    relate(server, "insert into actor_domain_blocks (id, actor_id, domain) values (NEW, %s, 'far.example')", "reader")
    assert ids(reader.get(PUBLIC)) == [local]
    act(server, "block", "reader", "stranger")
    assert ids(reader.get(PUBLIC)) == []
    act(server, "unblock", "reader", "stranger")
    act(server, "block", "stranger", "reader")
    assert ids(reader.get(PUBLIC)) == []


def test_an_instance_may_keep_its_timelines_to_itself(server_factory):
    server = server_factory(settings={"instance.public_timelines": "false"})
    reader = person(server, "membre")
    for path in (PUBLIC, "/api/v1/timelines/tag/jardin"):
        assert Api(server).get(path, 401) == {"error": "This method requires an authenticated user"}
        assert reader.get(path) == []
    access = Api(server).get("/api/v2/instance")["configuration"]["timelines_access"]
    assert access["live_feeds"] == {"local": "authenticated", "remote": "authenticated"}


def test_tags_are_searched_by_any_all_and_none(world):
    server, _, _, _ = world
    anyone = Api(server)
    remote = make_remote(server, "<p>#fleurs</p>")
    one, two, three = (post(server, "friend", text)["id"] for text in ("#Fleurs", "#fleurs #jardin", "#jardin #pluie"))
    post(server, "friend", "#fleurs", "unlisted")
    tag = "/api/v1/timelines/tag/fleurs"
    assert set(ids(anyone.get(tag))) == {remote, one, two}
    assert ids(anyone.get(tag, local="1")) == [two, one]
    assert ids(anyone.get("/api/v1/timelines/tag/FLEURS", **{"local": "1", "any[]": "pluie"})) == [three, two, one]
    assert ids(anyone.get(tag, **{"all[]": "jardin"})) == [two]
    assert ids(anyone.get(tag, **{"local": "1", "none[]": "jardin"})) == [one]
    assert ids(anyone.get(tag, local="1", min_id=one)) == [two]
    assert anyone.get("/api/v1/timelines/tag/caf%C3%A9") == []


def test_the_pictures_of_a_profile_are_its_own(world):
    server, reader, friend, stranger = world
    def with_picture(author):
        identity = new_id()
        name = ("z" * 22 + str(identity))[-22:]
        server.database.rows("insert into media (id, name, actor_id, kind, state, mime_type, size_bytes, file_name, width, height)"
                             " values (%s, %s, %s, 'image', 'ready', 'image/png', 100, %s, 10, 10) returning id",
                             (identity, name, author.id, name + ".png"))
        return author.post("/api/v1/statuses", data={"status": "look", "media_ids[]": [identity]})["id"]
    foreign, own = with_picture(stranger), with_picture(friend)
    friend.post(f"/api/v1/statuses/{foreign}/reblog")
    path = f"/api/v1/accounts/{friend.id}/statuses"
    assert len(reader.get(path)) == 2 and ids(reader.get(path, only_media="true")) == [own]


def test_a_profile_lists_what_its_visitor_may_see(world):
    server, reader, friend, stranger = world
    path = f"/api/v1/accounts/{friend.id}/statuses"
    open_one, private = post(server, "friend", "ouvert #un"), post(server, "friend", "pour abonnés", "private")
    foreign = post(server, "stranger", "autre")
    answer = post(server, "friend", "réponse", "", "", foreign["uri"])
    act(server, "boost", "friend", foreign["uri"])
    assert [one["reblog"] is not None for one in reader.get(path)] == [True, False, False, False]
    assert ids(reader.get(path))[1:] == [answer["id"], private["id"], open_one["id"]]
    assert ids(Api(server).get(path))[1:] == [answer["id"], open_one["id"]]
    assert ids(reader.get(path, exclude_replies="true", exclude_reblogs="1")) == [private["id"], open_one["id"]]
    assert ids(reader.get(path, tagged="UN")) == [open_one["id"]]
    assert reader.get(path, only_media="true") == []
    assert ids(reader.get(path, limit=1, min_id=open_one["id"])) == [private["id"]]
    act(server, "pin", "friend", open_one["uri"])
    assert ids(Api(server).get(path, pinned="true")) == [open_one["id"]]
    assert friend.get(path, pinned="true")[0]["pinned"] is True
    act(server, "block", "friend", "stranger")
    assert stranger.get(path) == []
    Api(server).call("GET", f"/api/v1/accounts/{new_id()}/statuses", 404)


def test_direct_posts_are_listed_for_both_sides(world):
    server, reader, friend, stranger = world
    made = post(server, "friend", "@reader entre nous", "direct")
    for api in (reader, friend):
        assert ids(api.get("/api/v1/timelines/direct")) == [made["id"]]
    assert stranger.get("/api/v1/timelines/direct") == []
    assert made["id"] in ids(reader.get(HOME))


@pytest.mark.parametrize("table, path", [("bookmarks", "/api/v1/bookmarks"), ("favourites", "/api/v1/favourites")])
def test_what_one_keeps_is_listed_in_the_order_of_keeping(world, table, path):
    server, reader, _, stranger = world
    made = [post(server, "friend", f"n° {n}") for n in range(3)]
    for one in (made[2], made[0], made[1]):
        if table == "favourites":
            act(server, "favourite", "reader", one["uri"])
        else:
            relate(server, f"insert into bookmarks (id, actor_id, post_id) values (NEW, %s, {one['id']})", "reader")
    assert ids(reader.get(path)) == [made[1]["id"], made[0]["id"], made[2]["id"]]
    answer = reader.call("GET", path, params={"limit": 1})
    following = re.search(r'<([^>]+)>; rel="next"', answer.headers["Link"]).group(1)
    assert made[1]["id"] not in following and ids(reader.session.get(following).json()) == [made[0]["id"]]
    assert stranger.get(path) == []
    act(server, "block", "friend", "reader")
    assert reader.get(path) == []


def test_home_is_cut_to_its_length(world):
    server, reader, friend, _ = world
    server.database.rows("insert into home_items (owner_id, item_id, actor_id) select %s, n, %s from generate_series(1, 900) n"
                         " returning 1", (int(reader.id), int(friend.id)))
    server.database.rows("update home_timelines set read_on = current_date - 1 returning 1")
    reader.get(HOME)
    assert server.database.value("select count(*) from home_items where owner_id = %s", (int(reader.id),)) == 800
