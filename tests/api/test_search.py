# SPDX-License-Identifier: AGPL-3.0-or-later
"""Search and hashtags: what is found by whom."""
import pytest

from support.api import Api, new_id, person
from support.world import publish, update_actor, wait_until_indexed

pytestmark = pytest.mark.limit(120)


@pytest.fixture(scope="module")
def ida(server):
    return person(server, "ida")


@pytest.fixture(scope="module")
def open_author(server):
    api = person(server, "openly")
    update_actor(server.database, "openly", is_indexable=True)
    return api


@pytest.fixture(scope="module")
def closed_author(server):
    return person(server, "closedly")


def post(server, name, html, tags=(), **more):
    number = publish(server, name, html, **more)
    for tag in tags:
        server.database.rows("insert into post_tags (post_id, name) values (%s, %s)", (number, tag))
    return str(number)


def found(api, q, **parameters):
    wait_until_indexed(api.server.database)
    return [one["id"] for one in api.get("/api/v2/search", q=q, type="statuses", **parameters)["statuses"]]


def test_an_answer_has_all_three_lists(server, ida):
    for q in ("nothing at all like it", "@nobody", "#nothing", "", "https://nowhere.invalid/x"):
        assert ida.get("/api/v2/search", q=q) == {"accounts": [], "statuses": [], "hashtags": []}


def test_accounts_are_found_by_the_beginning_of_their_name(server, ida, open_author):
    for q in ("open", "@open", "OPENLY"):
        assert [one["acct"] for one in ida.get("/api/v2/search", q=q)["accounts"]] == ["openly"]
    assert ida.get("/api/v2/search", q="open", type="hashtags")["accounts"] == []
    assert [one["acct"] for one in Api(server).get("/api/v2/search", q="openly")["accounts"]] == ["openly"]


def test_ones_own_posts_are_found_by_word_form_and_without_accents(server, ida):
    french = post(server, "ida", "<p>Les chevaux étaient <b>fatigués</b></p>", language="fr")
    english = post(server, "ida", "<p>The horses were running</p>", language="en", visibility="direct")
    assert found(ida, "fatigue") == [french] and found(ida, "etaient") == [french]
    assert found(ida, "run") == [english] and found(ida, "horse -running") == []
    assert found(ida, "horse from:me") == [english]
    assert found(ida, "horse language:fr") == [] and found(ida, "horse language:en") == [english]
    assert found(ida, "horse before:2001-01-01") == [] and found(ida, "horse after:2001-01-01") == [english]
    assert found(ida, "b") == []
    assert found(ida, "horse before:2001-01-01") == [] and found(ida, "horse -after:2001-01-01") == []


def test_posts_of_others_are_found_with_their_consent_or_where_one_took_part(server, ida, open_author, closed_author):
    consented = post(server, "openly", "<p>quokka one</p>")
    post(server, "openly", "<p>quokka hidden</p>", visibility="followers")
    closed = post(server, "closedly", "<p>quokka two</p>")
    mentioned = post(server, "closedly", "<p>quokka three</p>", visibility="direct")
    server.database.rows("insert into post_mentions (post_id, actor_id) values (%s, %s)", (mentioned, ida.id))
    assert found(ida, "quokka") == [mentioned, consented]
    server.database.rows("insert into bookmarks (id, actor_id, post_id) values (%s, %s, %s)", (new_id(), ida.id, closed))
    assert found(ida, "quokka") == [mentioned, closed, consented]
    assert found(ida, "quokka in:library") == [mentioned, closed]
    assert found(ida, "quokka", account_id=open_author.id) == [consented]
    assert found(ida, "quokka from:@openly") == [consented] and found(ida, "quokka from:nobody") == []
    assert found(ida, "quokka", limit=1, offset=1) == [closed]
    assert found(ida, "quokka has:media") == []
    assert found(Api(server), "quokka") == []


def test_those_whom_one_blocks_are_not_found(server, open_author):
    other = person(server, "blocker")
    post(server, "openly", "<p>wombat</p>")
    assert len(found(other, "wombat")) == 1
    server.database.rows("insert into blocks (id, blocker_id, blocked_id, uri) values (%s, %s, %s, 'https://x.example/b')",
                         (new_id(), other.id, open_author.id))
    assert found(other, "wombat") == []


def test_an_address_of_ours_is_resolved(server, ida, open_author):
    number = post(server, "openly", "<p>resolve me</p>")
    uri = server.database.value("select uri from posts where id = %s", (number,))
    assert [one["id"] for one in ida.get("/api/v2/search", q=uri, resolve="true")["statuses"]] == [number]


def test_strangers_neither_resolve_nor_page(server):
    Api(server).get("/api/v2/search", status=401, q="https://x.example/", resolve="true")
    Api(server).get("/api/v2/search", status=401, q="x", offset=1)


def test_hashtags_are_found_by_their_beginning(server, ida):
    for tags in (["gardening"], ["gardens", "gardening"], ["garbage"]):
        post(server, "ida", "<p>t</p>", tags)
    answer = ida.get("/api/v2/search", q="#garden")
    assert [one["name"] for one in answer["hashtags"]] == ["gardening", "gardens"] and answer["accounts"] == []
    assert [one["name"] for one in ida.get("/api/v2/search", q="gard", type="hashtags", limit=1, offset=1)["hashtags"]] == [
        "gardens"]
    assert sum(int(one["uses"]) for one in answer["hashtags"][0]["history"]) == 2
    assert sum(int(one["accounts"]) for one in answer["hashtags"][0]["history"]) == 1


def test_hashtags_that_are_used_most_come_first_and_those_of_private_posts_never(server, ida):
    for tag, visibility in (("quince", "public"), ("quinoa", "public"), ("quinoa", "public"), ("quin", "public"),
                            ("quinsecret", "private"), ("quinsecret", "direct")):
        ida.post("/api/v1/statuses", data={"status": f"about #{tag}", "visibility": visibility})
    assert [one["name"] for one in ida.get("/api/v2/search", q="quin")["hashtags"]] == ["quin", "quinoa", "quince"]
    assert [one["name"] for one in ida.get("/api/v2/search", q="quinc", type="hashtags")["hashtags"]] == ["quince"]


def test_a_tag_is_shown_followed_and_featured(server, ida):
    tag = Api(server).get("/api/v1/tags/Brioche")
    assert tag["name"] == "brioche" and tag["url"].endswith("/tags/brioche") and len(tag["history"]) == 7
    assert "following" not in tag
    assert ida.post("/api/v1/tags/brioche/follow")["following"] is True
    assert ida.post("/api/v1/tags/BRIOCHE/follow")["following"] is True
    assert ida.post("/api/v1/tags/croissant/follow")["following"] is True
    assert [one["name"] for one in ida.get("/api/v1/followed_tags")] == ["croissant", "brioche"]
    first = ida.call("GET", "/api/v1/followed_tags?limit=1")
    assert [one["name"] for one in first.json()] == ["croissant"]
    assert [one["name"] for one in ida.session.get(first.links["next"]["url"]).json()] == ["brioche"]
    assert ida.post("/api/v1/tags/brioche/unfollow")["following"] is False
    assert [one["name"] for one in ida.get("/api/v1/followed_tags")] == ["croissant"]
    assert ida.post("/api/v1/tags/brioche/feature")["featuring"] is True
    assert ida.post("/api/v1/tags/brioche/unfeature")["featuring"] is False
    for bad in ("12", "a b", "%3Cb%3E"):
        ida.get(f"/api/v1/tags/{bad}", status=404)


def test_as_many_tags_are_followed_as_there_may_be(server):
    many = person(server, "many")
    server.database.rows("insert into tag_follows (id, actor_id, name) select n, %s, 't' || n from generate_series(1, 1000) n",
                         (many.id,))
    many.post("/api/v1/tags/onemore/follow", status=422)
    assert many.post("/api/v1/tags/t7/follow")["following"] is True


def test_featured_tags_tell_how_they_were_used_and_are_told_to_others(server):
    baker = person(server, "baker")
    post(server, "baker", "<p>x</p>", ["bread"])
    post(server, "baker", "<p>y</p>", ["bread", "salt"])
    assert [one["name"] for one in baker.get("/api/v1/featured_tags/suggestions")] == ["bread", "salt"]
    tag = baker.post("/api/v1/featured_tags", data={"name": "#Bread"})
    assert tag["name"] == "bread" and tag["statuses_count"] == "2" and len(tag["last_status_at"]) == 10
    assert baker.get("/api/v1/featured_tags") == [tag]
    assert Api(server).get(f"/api/v1/accounts/{baker.id}/featured_tags") == [tag]
    assert [one["name"] for one in baker.get("/api/v1/featured_tags/suggestions")] == ["salt"]
    assert server.database.rows("select type from activities_out where actor_id = %s", (baker.id,)) == [("Add",)]
    baker.post("/api/v1/featured_tags", status=422, data={"name": "not a tag"})
    assert baker.delete(f"/api/v1/featured_tags/{tag['id']}") == {}
    assert baker.get("/api/v1/featured_tags") == []
    baker.delete(f"/api/v1/featured_tags/{tag['id']}", status=404)


VISIBILITIES = ("public", "unlisted", "followers", "direct")


@pytest.mark.parametrize("consents", (True, False))
def test_who_finds_what(server, consents):
    """4 visibilities, with and without consent, for the author, one mentioned, a follower, one who marked it, a stranger."""
    word = "axolotl" if consents else "platypus"
    names = {who: f"{who}{int(consents)}" for who in ("author", "named", "follower", "marker", "stranger")}
    people = {who: person(server, name) for who, name in names.items()}
    database = server.database
    update_actor(database, names["author"], is_indexable=consents)
    database.rows("insert into follows (id, follower_id, followed_id, state, uri) values (%s, %s, %s, 'accepted', %s)",
                  (new_id(), people["follower"].id, people["author"].id, f"https://x.example/follow/{new_id()}"))
    posts = {visibility: post(server, names["author"], f"<p>an {word}</p>", visibility=visibility, language="en")
             for visibility in VISIBILITIES}
    for number in posts.values():
        database.rows("insert into post_mentions (post_id, actor_id) values (%s, %s)", (number, people["named"].id))
        for who in ("marker", "follower"):
            database.rows("insert into bookmarks (id, actor_id, post_id) values (%s, %s, %s)", (new_id(), people[who].id, number))
    database.rows("insert into post_words_waiting (post_id) select id from posts where id = any (%s::bigint[])",
                  (list(posts.values()),))
    open_to_all = {"public"} if consents else set()
    expected = {"author": set(VISIBILITIES), "named": set(VISIBILITIES), "follower": {"public", "unlisted", "followers"},
                "marker": {"public", "unlisted"}, "stranger": open_to_all}
    for who, wanted in expected.items():
        seen = set(found(people[who], word))
        assert seen == {posts[visibility] for visibility in wanted}, who
        assert set(found(people[who], f"{word} in:public")) == {posts[visibility] for visibility in open_to_all}, who
    assert found(people["stranger"], f"{word} in:library") == []


def test_an_edited_or_deleted_post_is_not_found_by_its_old_words(server):
    writer = person(server, "rewriter")
    number = writer.post("/api/v1/statuses", data={"status": "numbat"})["id"]
    assert found(writer, "numbat") == [number]
    writer.put(f"/api/v1/statuses/{number}", data={"status": "bandicoot"})
    assert found(writer, "numbat") == [] and found(writer, "bandicoot") == [number]
    writer.delete(f"/api/v1/statuses/{number}")
    assert found(writer, "bandicoot") == []
    assert server.database.value("select count(*) from post_words where post_id = %s", (number,)) == 0


def test_consent_that_is_withdrawn_and_suspension_take_effect_at_once(server, ida):
    person(server, "wavering")
    update_actor(server.database, "wavering", is_indexable=True)
    number = post(server, "wavering", "<p>tamandua</p>")
    assert found(ida, "tamandua") == [number]
    update_actor(server.database, "wavering", is_indexable=False)
    assert [one["id"] for one in ida.get("/api/v2/search", q="tamandua", type="statuses")["statuses"]] == []
    update_actor(server.database, "wavering", is_indexable=True)
    assert found(ida, "tamandua") == [number]
    server.database.rows("update actors set suspended_at = now() where handle = 'wavering'")
    assert [one["id"] for one in ida.get("/api/v2/search", q="tamandua", type="statuses")["statuses"]] == []
    wait_until_indexed(server.database)
    assert server.database.value("select count(*) from post_words where post_id = %s", (number,)) == 0


def test_operators_narrow_what_is_found(server):
    api = person(server, "operator")
    plain = post(server, "operator", "<p>to be or not to be, okapi</p>", language="en")
    linked = post(server, "operator", '<p>okapi <a href="https://x.example/">x</a></p>', language="en", spoiler="cw")
    answer = post(server, "operator", "<p>okapi 東京都庁</p>", tags=["okapis"], language="ja", reply_to=plain)
    today = server.database.value("select (now() at time zone 'utc')::date::text")
    for q, wanted in (("okapi", [answer, linked, plain]), ('"to be or not"', [plain]), ('"be to okapi"', []),
                      ("okapi has:link", [linked]), ("okapi -has:link", [answer, plain]), ("okapi is:reply", [answer]),
                      ("okapi is:sensitive", [linked]), ("okapi -is:reply language:en", [linked, plain]),
                      ("okapi #okapis", [answer]), ("#okapis okapi", [answer]), ("東京", [answer]), ("京都", [answer]),
                      ("okapi has:poll", []), (f"okapi during:{today}", [answer, linked, plain]),
                      (f"okapi after:{today}", []), (f"okapi before:{today}", []), ("okapi -from:me", []),
                      ("cw OR 東京", [answer, linked]), ("okapi -cw", [answer, plain]), ("!!!", []), ("OR", []),
                      ("okapi @nobody", []), ("okapi from:@nobody", []), ("okapi -from:@nobody", [answer, linked, plain])):
        assert found(api, q) == wanted, q


def test_strange_queries_are_answered(server, ida):
    for q in ("' o'", "a' | ' v1", "\\", "'; drop table posts; --", "((((", "a & b | !c <-> d:*", '"' * 50, "-" * 50, "%_%", "\u0000",
              "from:", "from:me", "-from:me", "has:", "language:x'y", "word " * 190, "\u0301" * 300, "a:b:c:d", "OR OR -OR", "#'", "@'"):
        answer = ida.call("GET", "/api/v2/search", status=None, params={"q": q, "type": "statuses"})
        assert answer.status_code in (200, 400), (q, answer.text)
    assert ida.call("GET", "/api/v2/search", params={"q": "word " * 190, "type": "statuses"}).status_code == 200


def test_words_beyond_the_limit_are_not_looked_for(server, ida):
    number = post(server, "ida", "<p>quagga</p>", language="en")
    assert found(ida, "quagga " * 47 + "absent") == []
    assert found(ida, "quagga " * 48 + "absent") == [number]


def test_the_index_is_rebuilt_by_command(server, ida):
    number = post(server, "ida", "<p>echidna</p>", language="en")
    assert found(ida, "echidna") == [number]
    server.database.rows("delete from post_words")
    assert found(ida, "echidna") == []
    server.command("search", "rebuild")
    assert found(ida, "echidna") == [number]
