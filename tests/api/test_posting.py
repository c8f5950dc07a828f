# SPDX-License-Identifier: AGPL-3.0-or-later
"""Statuses as apps write them: what may be said, edited and taken back, and what is said when it may not."""
import json
import threading

import pytest

from support.api import Api, make_token, new_id, person
from support.waiting import wait_until


@pytest.fixture(scope="module")
def anna(server):
    return person(server, "anna")


@pytest.fixture(scope="module")
def ben(server):
    return person(server, "ben")


def upload(api, state="ready", kind="image"):
    """The row of a file, as if it had been uploaded and made ready."""
    identity = new_id()
    name = ("x" * 22 + str(identity))[-22:]
    api.server.database.rows(
        "insert into media (id, name, actor_id, kind, state, mime_type, size_bytes, file_name, width, height)"
        " values (%s, %s, %s, %s, %s, 'image/png', 100, %s, 10, 10) returning id",
        (identity, name, api.id, kind, state, name + ".png" if state == "ready" else None))
    return str(identity)


def refusal(api, data, status=422, **keywords):
    return api.post("/api/v1/statuses", status, data, **keywords)["error"]


# what a status is made of

def test_a_status_is_what_was_asked_for(anna, ben):
    status = anna.post("/api/v1/statuses", data={
        "status": "Hello @ben, see https://example.com/a #Flowers", "spoiler_text": "hello", "visibility": "unlisted",
        "language": "fr", "quote_approval_policy": "followers"})
    assert status["spoiler_text"] == "hello" and status["sensitive"] is True
    assert status["visibility"] == "unlisted" and status["language"] == "fr"
    assert [mention["acct"] for mention in status["mentions"]] == ["ben"]
    assert [tag["name"] for tag in status["tags"]] == ["flowers"]
    assert status["application"]["name"] == "Tests"
    assert status["account"]["id"] == anna.id
    assert anna.server.database.value("select quote_policy from posts where id = %s", (status["id"],)) == "followers"


def test_a_status_may_come_as_json_or_multipart(anna):
    status = anna.post("/api/v1/statuses", json={"status": "as JSON", "sensitive": True, "in_reply_to_id": None})
    assert status["sensitive"] is True and "as JSON" in status["content"]
    status = anna.post("/api/v1/statuses", files={"status": (None, "as multipart"), "sensitive": (None, "false")})
    assert status["sensitive"] is False and "as multipart" in status["content"]


def test_what_was_not_said_is_as_the_author_prefers(server):
    carla = person(server, "carla")
    server.database.rows("insert into actor_preferences (actor_id, visibility, is_sensitive, language, quote_policy)"
                         " values (%s, 'unlisted', true, 'de', 'nobody') returning 1", (carla.id,))
    status = carla.post("/api/v1/statuses", data={"status": "as ever", "language": "no language!"})
    assert (status["visibility"], status["sensitive"], status["language"]) == ("unlisted", True, "de")
    status = carla.post("/api/v1/statuses", data={"status": "not as ever", "visibility": "direct", "sensitive": "0",
                                                  "language": "en"})
    assert (status["visibility"], status["sensitive"], status["language"]) == ("direct", False, "en")


def test_an_answer_belongs_to_its_thread(anna, ben):
    first = anna.post("/api/v1/statuses", data={"status": "a question"})
    answer = ben.post("/api/v1/statuses", data={"status": "an answer", "in_reply_to_id": first["id"]})
    assert (answer["in_reply_to_id"], answer["in_reply_to_account_id"]) == (first["id"], anna.id)
    missing = refusal(ben, {"status": "to whom?", "in_reply_to_id": "1"}, 404)
    assert missing == "The post you are trying to reply to does not appear to exist."
    secret = anna.post("/api/v1/statuses", data={"status": "secret", "visibility": "direct"})
    assert refusal(ben, {"status": "what?", "in_reply_to_id": secret["id"]}, 404) == missing


def test_a_content_warning_without_text_is_the_text(anna):
    status = anna.post("/api/v1/statuses", data={"status": " ", "spoiler_text": "only this"})
    assert status["spoiler_text"] == "" and "only this" in status["content"]


@pytest.mark.parametrize("data, sentence", [
    ({}, "Validation failed: Text can't be blank"),
    ({"status": "  \n "}, "Validation failed: Text can't be blank"),
    ({"status": "a" * 5001}, "Validation failed: Text character limit of 5000 exceeded"),
    ({"status": "a" * 4999, "spoiler_text": "bb"}, "Validation failed: Text character limit of 5000 exceeded"),
    ({"status": "a" * 40000}, "Validation failed: Text character limit of 5000 exceeded"),
    ({"status": "a", "visibility": "everybody"}, "Validation failed: Visibility is not included in the list"),
    ({"status": "a", "quote_approval_policy": "me"}, "Validation failed: Quote approval policy is not included in the list"),
    ({"status": "a", "scheduled_at": "soon"}, "Validation failed: Scheduled at is invalid"),
    ({"status": "a", "poll[options][]": ["one"], "poll[expires_in]": 600},
     "Validation failed: Poll options must have more than one item"),
    ({"status": "a", "poll[options][]": [str(n) for n in range(9)], "poll[expires_in]": 600},
     "Validation failed: Poll options can't contain more than 8 items"),
    ({"status": "a", "poll[options][]": ["one", "one"], "poll[expires_in]": 600},
     "Validation failed: Poll options contain duplicate items"),
    ({"status": "a", "poll[options][]": ["one", "b" * 101], "poll[expires_in]": 600},
     "Validation failed: Poll options cannot be longer than 100 characters each"),
    ({"status": "a", "poll[options][]": ["one", "two"]}, "Validation failed: Expires at is too soon"),
    ({"status": "a", "poll[options][]": ["one", "two"], "poll[expires_in]": 2629747},
     "Validation failed: Expires at is too far into the future"),
    ({"status": "", "poll[options][]": ["one", "two"], "poll[expires_in]": 600}, "Validation failed: Text can't be blank"),
])
def test_what_cannot_be_said_is_told_in_a_sentence(anna, data, sentence):
    before = anna.server.database.value("select count(*) from posts")
    assert refusal(anna, data) == sentence
    assert anna.server.database.value("select count(*) from posts") == before


def test_a_link_counts_23_characters(anna):
    link = "https://example.com/" + "x" * 500
    anna.post("/api/v1/statuses", data={"status": "a" * 4976 + " " + link})
    refusal(anna, {"status": "a" * 4977 + " " + link})


def test_markup_is_shown_and_not_obeyed(anna):
    status = anna.post("/api/v1/statuses", data={"status": "<script>alert(1)</script> **bold**"})
    assert "<script>" not in status["content"] and "&lt;script&gt;" in status["content"]
    assert "**bold**" in status["content"]


def test_markdown_where_it_is_wanted(server_factory, database_factory):
    server = server_factory({"posts.markdown": "true"}, database=database_factory())
    mia = person(server, "mia")
    text = ("# Title\n\nSome **bold** and `code @mia` <b onclick='x()'>raw</b>\n\n<script>alert(1)</script>\n\n"
            "- one #Tag_a\n- @mia [bad](javascript:alert(1)) ![x](https://example.com/x.png) https://example.com/a_b_c")
    status = mia.post("/api/v1/statuses", data={"status": text})
    content = status["content"]
    assert "<strong>bold</strong>" in content and "<code>code @mia</code>" in content and "<li>" in content
    assert "<script" not in content and "onclick=" not in content.replace("onclick=&#39;", "").replace("onclick='", "")
    assert "<b " not in content and "javascript:" not in content and "<img" not in content
    assert 'href="https://example.com/a_b_c"' in content
    assert [mention["acct"] for mention in status["mentions"]] == ["mia"]
    assert [tag["name"] for tag in status["tags"]] == ["tag_a"]
    assert mia.get(f"/api/v1/statuses/{status['id']}/source")["text"] == text


def test_a_token_without_the_scope_writes_nothing(server, anna):
    reader = Api(server, make_token(server.database, "anna", "read"), "anna")
    assert refusal(reader, {"status": "may I?"}, 403) == "This action is outside the authorized scopes"
    nobody = Api(server)
    assert refusal(nobody, {"status": "may I?"}, 401) == "The access token is invalid"
    app = Api(server, make_token(server.database, None))
    assert refusal(app, {"status": "may I?"}) == "This method requires an authenticated user"


# polls

def test_a_poll_is_asked_and_its_numbers_may_be_hidden(anna, ben):
    status = anna.post("/api/v1/statuses", data={
        "status": "Tea?", "poll[options][]": ["yes", "no"], "poll[expires_in]": 600, "poll[multiple]": "true",
        "poll[hide_totals]": "true"})
    poll = status["poll"]
    assert [option["title"] for option in poll["options"]] == ["yes", "no"] and poll["multiple"] is True
    voted = ben.post(f"/api/v1/polls/{poll['id']}/votes", json={"choices": [0, 1]})
    assert voted["own_votes"] == [0, 1] and voted["voted"] is True
    assert [option["votes_count"] for option in voted["options"]] == [None, None]
    anna.server.database.rows("update polls set ends_at = now() - interval '1 second' where post_id = %s returning 1",
                              (status["id"],))
    over = ben.get(f"/api/v1/polls/{poll['id']}")
    assert [option["votes_count"] for option in over["options"]] == [1, 1] and over["expired"] is True


@pytest.mark.parametrize("choices, sentence", [
    ([0, 1], "Validation failed: The chosen vote option does not exist"),
    ([2], "Validation failed: The chosen vote option does not exist"),
    (["x"], "Validation failed: The chosen vote option does not exist"),
    ([], "Validation failed: The chosen vote option does not exist"),
])
def test_a_vote_for_what_is_not_there_is_refused(anna, ben, choices, sentence):
    poll = anna.post("/api/v1/statuses", data={"status": "?", "poll[options][]": ["a", "b"], "poll[expires_in]": 600})["poll"]
    assert ben.post(f"/api/v1/polls/{poll['id']}/votes", 422, json={"choices": choices})["error"] == sentence


def test_one_votes_once_in_time_and_not_for_oneself(anna, ben):
    status = anna.post("/api/v1/statuses", data={"status": "?", "poll[options][]": ["a", "b"], "poll[expires_in]": 600})
    votes = f"/api/v1/polls/{status['poll']['id']}/votes"
    assert anna.post(votes, 422, {"choices[]": 0})["error"] == "Validation failed: You cannot vote in your own polls"
    assert ben.post(votes, data={"choices[]": "0"})["own_votes"] == [0]
    assert ben.post(votes, 422, {"choices[]": "1"})["error"] == "Validation failed: You have already voted on this poll"
    carl = person(anna.server, "carl")
    anna.server.database.rows("update polls set ends_at = now() - interval '1 second' where post_id = %s returning 1",
                              (status["id"],))
    assert carl.post(votes, 422, {"choices[]": "1"})["error"] == "Validation failed: The poll has already ended"
    secret = anna.post("/api/v1/statuses", data={"status": "?", "poll[options][]": ["a", "b"], "poll[expires_in]": 600,
                                                 "visibility": "direct"})
    carl.post(f"/api/v1/polls/{secret['id']}/votes", 404, {"choices[]": "0"})


# media

def test_media_come_in_the_order_of_the_author_and_need_no_text(anna):
    one, two = upload(anna), upload(anna)
    status = anna.post("/api/v1/statuses", data={"media_ids[]": [two, one]})
    assert [medium["id"] for medium in status["media_attachments"]] == [two, one]
    assert refusal(anna, {"status": "again", "media_ids[]": [one]}) == \
        f"Media {one} not found or already attached to another post"


def test_media_that_cannot_be_attached_are_refused(anna, ben):
    other = upload(ben)
    assert refusal(anna, {"status": "stolen", "media_ids[]": [other]}) == \
        f"Media {other} not found or already attached to another post"
    assert "not found" in refusal(anna, {"status": "a", "media_ids[]": ["12345", "x"]})
    pending = upload(anna, "pending")
    assert refusal(anna, {"status": "a", "media_ids[]": [pending]}).startswith("Cannot attach files that have not finished")
    assert refusal(anna, {"status": "a", "media_ids[]": [upload(anna) for _ in range(5)]}) == "Cannot attach more than 4 files"
    assert refusal(anna, {"status": "a", "media_ids[]": [upload(anna)], "poll[options][]": ["a", "b"],
                          "poll[expires_in]": 600}) == "Cannot attach more than 4 files"
    assert refusal(anna, {"status": "a", "media_ids[]": [upload(anna), upload(anna, kind="video")]}) == \
        "Cannot attach a video to a post that already contains images"


# edits

def test_an_edit_replaces_text_media_and_descriptions(anna):
    one, two = upload(anna), upload(anna)
    status = anna.post("/api/v1/statuses", data={"status": "before", "media_ids[]": [one], "language": "en"})
    edited = anna.put(f"/api/v1/statuses/{status['id']}", json={
        "status": "after", "media_ids": [two, one], "media_attributes": [{"id": one, "description": "a cat", "focus": "0.5,-1"}]})
    assert "after" in edited["content"] and edited["edited_at"] and edited["created_at"] == status["created_at"]
    assert [medium["id"] for medium in edited["media_attachments"]] == [two, one]
    assert edited["media_attachments"][1]["description"] == "a cat"
    assert edited["language"] == "en"
    again = anna.put(f"/api/v1/statuses/{status['id']}", json={
        "status": "after", "media_ids": [two, one], "media_attributes": [{"id": two, "description": "a dog"}]})
    assert [medium["description"] for medium in again["media_attachments"]] == ["a dog", "a cat"]
    bare = anna.patch(f"/api/v1/statuses/{status['id']}", data={"status": "bare"})
    assert bare["media_attachments"] == []
    assert anna.post("/api/v1/statuses", data={"media_ids[]": [one]})["media_attachments"][0]["id"] == one


def test_an_edit_may_not_describe_what_is_not_there(anna, ben):
    mine, other = upload(anna), upload(ben)
    status = anna.post("/api/v1/statuses", data={"status": "mine"})
    anna.put(f"/api/v1/statuses/{status['id']}", json={
        "status": "mine", "media_attributes": [{"id": other, "description": "mine now"}, {"id": mine, "description": "no"}]})
    assert anna.server.database.rows("select alt from media where id in (%s, %s)", (mine, other)) == [("",), ("",)]
    for bad in ({"id": "x"}, {"id": mine, "focus": "2,0"}, {"id": mine, "focus": "nan,0"}, {"id": mine, "description": "a" * 1501}):
        anna.put(f"/api/v1/statuses/{status['id']}", 422, json={"status": "mine", "media_attributes": [bad]})


def test_an_edit_with_other_options_begins_the_poll_anew(anna, ben):
    status = anna.post("/api/v1/statuses", data={"status": "?", "poll[options][]": ["a", "b"], "poll[expires_in]": 600})
    ben.post(f"/api/v1/polls/{status['id']}/votes", data={"choices[]": "0"})
    same = anna.put(f"/api/v1/statuses/{status['id']}", data={"status": "??", "poll[options][]": ["a", "b"],
                                                              "poll[expires_in]": 600})
    assert same["poll"]["votes_count"] == 1
    other = anna.put(f"/api/v1/statuses/{status['id']}", data={"status": "??", "poll[options][]": ["a", "c"],
                                                               "poll[expires_in]": 600})
    assert other["poll"]["votes_count"] == 0 and other["poll"]["options"][1]["title"] == "c"


def test_an_edit_makes_a_question_of_a_note_and_a_note_of_a_question(anna, ben):
    status = anna.post("/api/v1/statuses", data={"status": "?"})
    asked = anna.put(f"/api/v1/statuses/{status['id']}", data={"status": "?", "poll[options][]": ["a", "b"], "poll[expires_in]": 600})
    assert [one["title"] for one in asked["poll"]["options"]] == ["a", "b"]
    ben.post(f"/api/v1/polls/{asked['poll']['id']}/votes", data={"choices[]": "0"})
    path = f"/users/{anna.name}/statuses/{status['id']}"

    def document():
        return anna.server.get(path, headers={"Accept": "application/activity+json"}).json()

    wait_until(lambda: document()["type"] == "Question", 20, "a question")
    plain = anna.put(f"/api/v1/statuses/{status['id']}", data={"status": "!"})
    assert plain["poll"] is None
    wait_until(lambda: document()["type"] == "Note", 20, "a note")
    assert "oneOf" not in document()
    history = anna.get(f"/api/v1/statuses/{status['id']}/history")
    assert [one.get("poll") and [option["title"] for option in one["poll"]["options"]] for one in history] == [None, ["a", "b"], None]
    media = upload(anna)
    assert anna.put(f"/api/v1/statuses/{status['id']}", 422, json={
        "status": "!", "media_ids": [media], "poll": {"options": ["a", "b"], "expires_in": 600}})["error"] == "Cannot attach more than 4 files"


def test_only_the_author_edits_and_deletes(anna, ben):
    status = anna.post("/api/v1/statuses", data={"status": "mine"})
    assert ben.put(f"/api/v1/statuses/{status['id']}", 404, {"status": "yours"})["error"] == "Record not found"
    assert ben.delete(f"/api/v1/statuses/{status['id']}", 404)["error"] == "Record not found"
    assert "mine" in anna.get(f"/api/v1/statuses/{status['id']}")["content"]
    assert anna.put(f"/api/v1/statuses/{status['id']}", 422, {"status": ""})["error"] == "Validation failed: Text can't be blank"


# languages

@pytest.mark.parametrize("given, kept", [("FR", "fr"), ("pt_br", "pt-BR"), ("ZH-HANT", "zh-Hant"), ("no language", "en"), (None, "en")])
def test_a_language_is_kept_in_its_usual_letters_and_is_else_the_authors(anna, given, kept):
    assert anna.post("/api/v1/statuses", data={"status": "words"} | ({"language": given} if given else {}))["language"] == kept


def test_a_follower_who_chose_languages_sees_them_however_they_are_written(anna, ben):
    ben.post(f"/api/v1/accounts/{anna.id}/follow", data={"languages[]": "FR"})
    french = anna.post("/api/v1/statuses", data={"status": "bonjour", "language": "Fr"})
    english = anna.post("/api/v1/statuses", data={"status": "hello", "language": "en"})
    seen = [status["id"] for status in ben.get("/api/v1/timelines/home")]
    assert french["id"] in seen and english["id"] not in seen
    ben.post(f"/api/v1/accounts/{anna.id}/unfollow")


def test_who_is_no_longer_named_reads_on_and_is_not_answered(anna, ben, server):
    cara = person(server, "cara")
    for visibility in ("public", "direct"):
        made = anna.post("/api/v1/statuses", data={"status": f"@{ben.name} @{cara.name} both", "visibility": visibility})
        assert {one["acct"] for one in made["mentions"]} == {ben.name, cara.name}
        edited = anna.put(f"/api/v1/statuses/{made['id']}", data={"status": f"@{cara.name} you"})
        assert [one["acct"] for one in edited["mentions"]] == [cara.name]
        assert "you" in ben.get(f"/api/v1/statuses/{made['id']}")["content"]
        again = anna.put(f"/api/v1/statuses/{made['id']}", data={"status": f"@{ben.name} and you again"})
        assert [one["acct"] for one in again["mentions"]] == [ben.name]


# deletions

def test_a_deleted_status_comes_back_as_it_was_typed(anna):
    medium = upload(anna)
    status = anna.post("/api/v1/statuses", data={"status": "to be #redrafted", "spoiler_text": "cw", "media_ids[]": [medium]})
    deleted = anna.delete(f"/api/v1/statuses/{status['id']}")
    assert deleted["text"] == "to be #redrafted" and deleted["spoiler_text"] == "cw"
    assert deleted["media_attachments"][0]["id"] == medium
    anna.get(f"/api/v1/statuses/{status['id']}", 404)
    again = anna.post("/api/v1/statuses", data={"status": deleted["text"], "media_ids[]": [medium]})
    assert again["media_attachments"][0]["id"] == medium
    anna.delete(f"/api/v1/statuses/{again['id']}?delete_media=true")
    assert anna.server.database.rows("select 1 from media where id = %s", (medium,)) == []


# repeated requests

def test_a_repeated_request_with_its_key_is_one_status(anna):
    keys = {"Idempotency-Key": "first-key"}
    first = anna.post("/api/v1/statuses", data={"status": "once"}, headers=keys)
    assert anna.post("/api/v1/statuses", data={"status": "once"}, headers=keys)["id"] == first["id"]
    assert refusal(anna, {"status": "twice"}, headers=keys) == "Validation failed: Idempotency-Key was used for another request"
    assert anna.post("/api/v1/statuses", data={"status": "once"})["id"] != first["id"]
    anna.server.database.rows("update idempotency_keys set created_at = now() - interval '25 hours' where key = 'first-key'"
                              " returning 1")
    assert anna.post("/api/v1/statuses", data={"status": "once"}, headers=keys)["id"] != first["id"]


def test_keys_are_of_one_user(anna, ben):
    keys = {"Idempotency-Key": "k" * 400}
    first = anna.post("/api/v1/statuses", data={"status": "mine"}, headers=keys)
    second = ben.post("/api/v1/statuses", data={"status": "mine"}, headers=keys)
    assert first["id"] != second["id"] and second["account"]["id"] == ben.id


def test_equal_requests_at_once_are_one_status(server, anna):
    answers = []

    def send():
        api = Api(server, anna.token)
        answers.append(api.post("/api/v1/statuses", data={"status": "all at once"}, headers={"Idempotency-Key": "at-once"})["id"])
    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 and len(set(answers)) == 1


# quotes

def test_a_quote_needs_the_consent_that_the_policy_gives(anna, ben):
    open_post = anna.post("/api/v1/statuses", data={"status": "quote me"})
    quote = ben.post("/api/v1/statuses", data={"status": "look", "quoted_status_id": open_post["id"]})
    assert quote["quote"]["state"] == "accepted" and quote["quote"]["quoted_status"]["id"] == open_post["id"]
    closed = anna.put(f"/api/v1/statuses/{open_post['id']}/interaction_policy", data={"quote_approval_policy": "nobody"})
    assert closed["edited_at"] is None
    assert refusal(ben, {"status": "again", "quoted_status_id": open_post["id"]}).startswith("Validation failed")
    ben.put(f"/api/v1/statuses/{open_post['id']}/interaction_policy", 404, {"quote_approval_policy": "public"})
    anna.put(f"/api/v1/statuses/{open_post['id']}/interaction_policy", 422)
    ben.post(f"/api/v1/statuses/{open_post['id']}/quotes/{quote['id']}/revoke", 404)
    revoked = anna.post(f"/api/v1/statuses/{open_post['id']}/quotes/{quote['id']}/revoke")
    assert revoked["id"] == quote["id"] and revoked["quote"]["state"] == "revoked"
    assert refusal(ben, {"status": "gone", "quoted_status_id": "1"}, 404) == \
        "The post you are trying to quote does not appear to exist."


def test_a_quote_is_revoked_also_when_its_author_has_blocked_the_quoted_one(server, anna):
    dora = person(server, "dora")
    status = anna.post("/api/v1/statuses", data={"status": "quote me and run"})
    quote = dora.post("/api/v1/statuses", data={"status": "caught", "quoted_status_id": status["id"]})
    dora.post(f"/api/v1/accounts/{anna.id}/block")
    anna.get(f"/api/v1/statuses/{quote['id']}", 404)
    assert anna.post(f"/api/v1/statuses/{status['id']}/quotes/{quote['id']}/revoke") == {}
    assert dora.get(f"/api/v1/statuses/{quote['id']}")["quote"]["state"] == "revoked"


def test_what_is_not_for_all_is_quoted_by_nobody_else(anna):
    status = anna.post("/api/v1/statuses", data={"status": "for few", "visibility": "private", "quote_approval_policy": "public"})
    assert anna.server.database.value("select quote_policy from posts where id = %s", (status["id"],)) == "nobody"


def test_a_hostile_request_is_refused_in_json(anna):
    for body in (b"{", b"[]", b'{"status": 1e999}', json.dumps({"status": ["a"] * 2000}).encode(), b"\xff"):
        answer = anna.call("POST", "/api/v1/statuses", None, data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422) and answer.json()["error"]
    answer = anna.call("POST", "/api/v1/statuses", 413, data=b"x" * (257 * 1024),
                       headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.json()["error"]
