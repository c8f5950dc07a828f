# SPDX-License-Identifier: AGPL-3.0-or-later
"""Filters: what a person does not want to read, in both versions of the API, and what they do to the posts it reads."""
import pytest

from support.api import Api, make_token, person
from support.world import publish

pytestmark = pytest.mark.limit(120)


@pytest.fixture(scope="module")
def author(server):
    return person(server, "author")


@pytest.fixture(scope="module")
def ida(server, author):
    return person(server, "ida")


@pytest.fixture
def clean(ida):
    """Ida, without filters."""
    for one in ida.get("/api/v2/filters"):
        ida.delete(f"/api/v2/filters/{one['id']}")
    return ida


def post(server, html, name="author", spoiler=""):
    return str(publish(server, name, html, spoiler=spoiler))


def make(api, *words, title="Spoilers", context=("home", "public", "thread", "account"), whole=True, **more):
    return api.post("/api/v2/filters", json={"title": title, "context": list(context), "keywords_attributes":
                    [{"keyword": word, "whole_word": whole} for word in words], **more})


def seen(api, id):
    """The filters that the public timeline tells of for a post: {title: (keywords, statuses)}."""
    for one in api.get("/api/v1/timelines/public", limit=40):
        if one["id"] == id:
            return {result["filter"]["title"]: (result["keyword_matches"], result["status_matches"]) for result in one["filtered"]}
    raise AssertionError(f"{id} is not in the timeline")


def test_a_filter_is_made_read_changed_and_removed(clean):
    made = make(clean, "Ending", "finale", expires_in=3600, filter_action="hide")
    assert made["title"] == "Spoilers" and made["filter_action"] == "hide" and made["statuses"] == []
    assert made["context"] == ["home", "public", "thread", "account"] and made["expires_at"].endswith("Z")
    assert [(one["keyword"], one["whole_word"]) for one in made["keywords"]] == [("Ending", True), ("finale", True)]
    assert clean.get("/api/v2/filters") == [made] and clean.get(f"/api/v2/filters/{made['id']}") == made
    first, second = made["keywords"]
    changed = clean.put(f"/api/v2/filters/{made['id']}", json={
        "title": "Series", "context": ["home"], "expires_in": None, "filter_action": "warn", "keywords_attributes": [
            {"id": first["id"], "_destroy": True}, {"id": second["id"], "keyword": "final", "whole_word": False},
            {"keyword": "last"}]})
    assert changed["title"] == "Series" and changed["context"] == ["home"] and changed["filter_action"] == "warn"
    assert [(one["keyword"], one["whole_word"]) for one in changed["keywords"]] == [("final", False), ("last", True)]
    assert changed["keywords"][0]["id"] == second["id"]
    assert clean.delete(f"/api/v2/filters/{made['id']}") == {}
    clean.get(f"/api/v2/filters/{made['id']}", status=404)
    assert clean.get("/api/v2/filters") == []


def test_changes_without_a_key_in_common_are_two(clean):
    made = make(clean, "apples")
    changed = clean.put(f"/api/v2/filters/{made['id']}", json={"keywords_attributes": [
        {"id": made["keywords"][0]["id"], "_destroy": True}, {"keyword": "pears"}]})
    assert [one["keyword"] for one in changed["keywords"]] == ["pears"]


def test_a_filter_may_come_as_a_form_and_lose_its_end(clean):
    made = clean.post("/api/v2/filters", data=[
        ("title", "Form"), ("context[]", "home"), ("context[]", "account"), ("expires_in", "600"),
        ("keywords_attributes[][keyword]", "one"), ("keywords_attributes[][whole_word]", "false"),
        ("keywords_attributes[][keyword]", "two")])
    assert made["context"] == ["home", "account"] and made["expires_at"]
    assert [(one["keyword"], one["whole_word"]) for one in made["keywords"]] == [("one", False), ("two", True)]
    assert clean.put(f"/api/v2/filters/{made['id']}", data={"expires_in": ""})["expires_at"] is None


@pytest.mark.parametrize("body", [
    {"context": ["home"]}, {"title": "  ", "context": ["home"]}, {"title": "x"}, {"title": "x", "context": ["everywhere"]},
    {"title": "x", "context": ["home"], "filter_action": "explode"}, {"title": "x" * 513, "context": ["home"]},
    {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": ""}]},
    {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "y" * 513}]}])
def test_what_is_no_filter_is_refused_as_a_whole(clean, body):
    assert "Validation failed" in clean.post("/api/v2/filters", status=422, json=body)["error"]
    assert clean.get("/api/v2/filters") == []


def test_keywords_are_kept_one_by_one(clean):
    made = make(clean, "alpha")
    path = f"/api/v2/filters/{made['id']}/keywords"
    beta = clean.post(path, json={"keyword": " beta ", "whole_word": False})
    assert beta["keyword"] == "beta" and beta["whole_word"] is False
    assert [one["keyword"] for one in clean.get(path)] == ["alpha", "beta"]
    one = f"/api/v2/filters/keywords/{beta['id']}"
    assert clean.get(one) == beta
    assert clean.patch(one, json={"keyword": "gamma", "whole_word": True}) == {"id": beta["id"], "keyword": "gamma",
                                                                            "whole_word": True}
    clean.put(one, status=422, json={"keyword": ""})
    assert clean.delete(one) == {}
    clean.get(one, status=404)
    clean.post(path, status=422, json={})


def test_words_are_found_in_any_case_and_only_whole(clean, server):
    make(clean, "Élan", "caf", "STRASSE", "c++", title="Words")
    for html, wanted in (("<p>un élan du nord</p>", ["Élan"]), ("<p>UN ÉLAN!</p>", ["Élan"]), ("<p>élancée</p>", None),
                         ("<p>cafe</p>", None), ("<p>caf\u00e9</p>", None), ("<p>(caf)</p>", ["caf"]),
                         ("<p>Stra\u00dfe</p>", ["STRASSE"]), ("<p>I write C++11</p>", ["c++"]),
                         ("<p>e\u0301lan, STRASSE</p>", ["Élan", "STRASSE"])):
        found = seen(clean, post(server, html))
        assert found == ({} if wanted is None else {"Words": (wanted, None)}), html


def test_parts_of_words_are_found_when_asked_for_and_all_at_once(clean, server):
    make(clean, "he", "she", "hers", "his", whole=False, title="Parts")
    assert seen(clean, post(server, "<p>ushers</p>")) == {"Parts": (["he", "she", "hers"], None)}
    assert seen(clean, post(server, "<p>ahishe</p>")) == {"Parts": (["he", "she", "his"], None)}
    assert seen(clean, post(server, "<p>nothing</p>")) == {}


def test_warnings_are_looked_at_and_markup_is_not(clean, server):
    make(clean, "dragons", "strong", "href", title="Where")
    assert seen(clean, post(server, "<p>calm</p>", spoiler="about Dragons")) == {"Where": (["dragons"], None)}
    assert seen(clean, post(server, '<p><strong>calm</strong> <a href="https://x.example/">y</a></p>')) == {}


def test_a_post_is_filtered_by_its_id(clean, server):
    number = post(server, "<p>that one</p>")
    made = make(clean, title="Posts")
    path = f"/api/v2/filters/{made['id']}/statuses"
    entry = clean.post(path, json={"status_id": number})
    assert entry["status_id"] == number and clean.get(path) == [entry]
    assert clean.get(f"/api/v2/filters/statuses/{entry['id']}") == entry
    clean.post(path, status=422, json={"status_id": number})
    assert seen(clean, number) == {"Posts": (None, [number])}
    assert clean.delete(f"/api/v2/filters/statuses/{entry['id']}") == entry
    assert seen(clean, number) == {}
    clean.get(f"/api/v2/filters/statuses/{entry['id']}", status=404)


def test_a_post_that_one_may_not_see_is_not_filtered(clean, server):
    made = make(clean, title="Posts")
    hidden = publish(server, "author", "<p>secret</p>", visibility="followers")
    clean.post(f"/api/v2/filters/{made['id']}/statuses", status=404, json={"status_id": str(hidden)})


def test_filters_count_in_their_contexts_only(clean, server, author):
    number = post(server, "<p>contextual</p>")
    make(clean, "contextual", context=["account"], title="Profile")
    assert seen(clean, number) == {}
    on_profile = [one for one in clean.get(f"/api/v1/accounts/{author.id}/statuses") if one["id"] == number][0]
    result = on_profile["filtered"][0]
    assert result["filter"]["title"] == "Profile" and result["filter"]["context"] == ["account"]
    assert set(result["filter"]) == {"id", "title", "context", "expires_at", "filter_action"}


def test_an_expired_filter_counts_no_more(clean, server):
    number = post(server, "<p>perishable</p>")
    made = make(clean, "perishable", expires_in=3600, title="Short")
    assert "Short" in seen(clean, number)
    server.database.rows("update filters set expires_at = now() - interval '1 second' where id = %s", (made["id"],))
    make(clean, "something else", title="Other")
    assert seen(clean, number) == {}
    assert len(clean.get("/api/v2/filters")) == 2


def test_changes_count_at_once(clean, server):
    number = post(server, "<p>immediately</p>")
    assert seen(clean, number) == {}
    made = make(clean, "immediately", title="Now")
    assert "Now" in seen(clean, number)
    clean.put(f"/api/v2/filters/{made['id']}", json={"title": "Renamed"})
    assert "Renamed" in seen(clean, number)
    clean.delete(f"/api/v2/filters/keywords/{made['keywords'][0]['id']}")
    assert seen(clean, number) == {}


def test_ones_own_posts_are_not_filtered_and_strangers_see_no_filters(clean, server):
    make(clean, "mine", title="Own")
    assert seen(clean, post(server, "<p>mine</p>", name="ida")) == {}
    number = post(server, "<p>mine too</p>")
    assert "Own" in seen(clean, number)
    anonymous = [one for one in Api(server).get("/api/v1/timelines/public") if one["id"] == number][0]
    assert "filtered" not in anonymous


def test_what_a_filter_hides_makes_no_notification(clean, server, author):
    number = post(server, "<p>@ida about hidden things</p>")
    server.database.rows("insert into post_mentions (post_id, actor_id) values (%s, %s)", (number, clean.id))
    server.database.rows("insert into notifications (id, actor_id, kind, from_actor_id, post_id) values (%s, %s, 'mention', %s, %s)",
                         (int(number) >> 10, clean.id, author.id, number))

    def told():
        return [one["status"]["id"] for one in clean.get("/api/v1/notifications") if one.get("status")]
    make(clean, "hidden", context=["notifications"], filter_action="warn")
    assert told() == [number]
    make(clean, "things", context=["notifications"], filter_action="hide")
    assert told() == []


def test_filters_of_others_are_not_there(clean, server):
    made = make(clean, "private")
    other = person(server, "nosy")
    keyword = made["keywords"][0]["id"]
    for method, path in (("GET", f"/api/v2/filters/{made['id']}"), ("PUT", f"/api/v2/filters/{made['id']}"),
                         ("DELETE", f"/api/v2/filters/{made['id']}"), ("GET", f"/api/v2/filters/{made['id']}/keywords"),
                         ("POST", f"/api/v2/filters/{made['id']}/keywords"), ("GET", f"/api/v2/filters/keywords/{keyword}"),
                         ("PUT", f"/api/v2/filters/keywords/{keyword}"), ("DELETE", f"/api/v2/filters/keywords/{keyword}"),
                         ("GET", f"/api/v2/filters/{made['id']}/statuses"), ("POST", f"/api/v2/filters/{made['id']}/statuses"),
                         ("GET", f"/api/v1/filters/{keyword}"), ("PUT", f"/api/v1/filters/{keyword}"),
                         ("DELETE", f"/api/v1/filters/{keyword}")):
        other.call(method, path, 404, data={"keyword": "x", "title": "x", "context[]": "home"} if method != "GET" else None)
    mine = make(other, "mine")
    other.put(f"/api/v2/filters/{mine['id']}", status=404, json={"keywords_attributes": [{"id": keyword, "_destroy": True}]})
    assert clean.get(f"/api/v2/filters/{made['id']}") == made


def test_there_are_limits(clean, server):
    server.database.rows("insert into filters (id, actor_id, title, contexts) select n, %s, 'x', array['home'] from"
                         " generate_series(1, 199) as n", (clean.id,))
    last = make(clean, "the last")
    assert "maximum" in clean.post("/api/v2/filters", status=422, json={"title": "x", "context": ["home"]})["error"]
    server.database.rows("insert into filter_keywords (id, filter_id, keyword) select n, n, repeat('k', 500) from"
                         " generate_series(1, 39) as n")
    path = f"/api/v2/filters/{last['id']}/keywords"
    clean.post(path, json={"keyword": "m" * 400})
    assert "maximum" in clean.post(path, status=422, json={"keyword": "m" * 400})["error"]
    server.database.rows("delete from filters where actor_id = %s", (clean.id,))


def test_version_1_shows_each_keyword_as_a_filter(clean, server):
    made = clean.post("/api/v1/filters", json={"phrase": "old app", "context": ["home", "public"], "irreversible": True,
                                               "whole_word": False, "expires_in": 600})
    assert set(made) == {"id", "phrase", "context", "expires_at", "irreversible", "whole_word"}
    assert made["phrase"] == "old app" and made["irreversible"] is True and made["whole_word"] is False
    assert clean.get("/api/v1/filters") == [made] and clean.get(f"/api/v1/filters/{made['id']}") == made
    new = clean.get("/api/v2/filters")[0]
    assert new["title"] == "old app" and new["filter_action"] == "hide" and new["keywords"][0]["id"] == made["id"]
    assert "old app" in seen(clean, post(server, "<p>my old apps</p>"))
    changed = clean.put(f"/api/v1/filters/{made['id']}", json={"phrase": "newer", "context": ["account"], "irreversible": False})
    assert changed["phrase"] == "newer" and changed["context"] == ["account"] and changed["irreversible"] is False
    clean.post(f"/api/v2/filters/{new['id']}/keywords", json={"keyword": "second"})
    clean.put(f"/api/v1/filters/{made['id']}", status=422, json={"phrase": "newer", "context": ["home"]})
    assert clean.put(f"/api/v1/filters/{made['id']}", json={"phrase": "newest", "context": ["account"]})["phrase"] == "newest"
    for one in clean.get("/api/v1/filters"):
        assert clean.delete(f"/api/v1/filters/{one['id']}") == {}
    assert clean.get("/api/v2/filters") == []
    clean.post("/api/v1/filters", status=422, json={"phrase": "no context"})


def test_filters_need_their_scopes(server, ida):
    reader = Api(server, make_token(server.database, "ida", "read:filters"))
    reader.get("/api/v2/filters")
    reader.post("/api/v2/filters", status=403, json={"title": "x", "context": ["home"]})
    Api(server, make_token(server.database, "ida", "read:statuses")).get("/api/v2/filters", status=403)
    Api(server).get("/api/v2/filters", status=401)
