# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages that are kept in memory (home and local timelines, notifications, single posts): whatever people do, each process
answers at once what one that keeps nothing answers. test_home_pages.py says it of home timelines case by case."""
import random
import re

import pytest

from support.api import Api, person
from support.metrics import read_metrics
from support.server import Server
from support.waiting import wait_until

pytestmark = pytest.mark.limit(240)

LOCAL = "/api/v1/timelines/public?local=true"
LISTS = ("/api/v1/timelines/home", LOCAL, "/api/v1/notifications", "/api/v2/notifications", "/api/v1/notifications?limit=3",
         "/api/v2/notifications?expand_accounts=partial_avatars", "/api/v1/notifications?exclude_types[]=favourite")
CHANGES = 150
SEEDS = (1, 2)


def hits(server):
    return read_metrics(server.metrics_port).get(("comptoir_timeline_cache_hits_total", ()), 0)


def start(server, **settings):
    program = Server(server.database, {"instance.base_url": server.url, "data.directory": server.settings["data.directory"],
                                       **settings})
    program.start()
    return program


@pytest.fixture(scope="module")
def programs(server):
    """Three processes of one instance, the last of which keeps nothing."""
    others = []
    try:
        others.append(start(server))
        others.append(start(server, **{"http.timeline_cache": "0"}))
        yield server, *others
    finally:
        for program in others:
            program.remove()


@pytest.fixture(scope="module")
def people(server):
    crowd = [person(server, f"keeper{number}") for number in range(4)]
    for one in crowd[1:]:
        one.post(f"/api/v1/accounts/{crowd[0].id}/follow")
    crowd[0].post(f"/api/v1/accounts/{crowd[1].id}/follow")
    return crowd


@pytest.fixture
def pair(server):
    """Two who have nothing against each other."""
    name = random.randrange(10**9)
    return person(server, f"reader{name}"), person(server, f"author{name}")


def answers(program, person_, path):
    answer = Api(program, person_.token if person_ else None).call("GET", path, None)
    assert answer.status_code in (200, 404), (path, answer.text)
    return answer.json() if answer.status_code == 200 else 404, re.sub(r"//[^/]*/", "//host/", answer.headers.get("Link", ""))


def one_of_all(choose, people):
    lists = [answers_of for one in people for answers_of in one.get(f"/api/v1/accounts/{one.id}/statuses")]
    return choose.choice([status for status in lists if not status["reblog"]])


def say(choose, people):
    one, other = choose.sample(people, 2)
    visibility = choose.choice(["public", "public", "unlisted", "private", "direct"])
    data = {"status": choose.choice(["words", "marmalade", f"@{other.name} words"]), "visibility": visibility}
    if choose.random() < 0.3:
        data["in_reply_to_id"] = one_of_all(choose, [one, other])["id"]
    if choose.random() < 0.2:
        data |= {"poll[options][]": ["one", "two"], "poll[expires_in]": 3600}
    one.call("POST", "/api/v1/statuses", None, data=data)


def do_to_post(choose, people):
    one = choose.choice(people)
    verb = choose.choice(["favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "mute", "unmute", "pin", "unpin"])
    one.call("POST", f"/api/v1/statuses/{one_of_all(choose, people)['id']}/{verb}", None)


def vote(choose, people):
    status = one_of_all(choose, people)
    if status["poll"]:
        choose.choice(people).call("POST", f"/api/v1/polls/{status['poll']['id']}/votes", None, data={"choices[]": [choose.randrange(2)]})


def change_post(choose, people):
    one = choose.choice(people)
    status = one_of_all(choose, [one])
    if choose.random() < 0.7:
        one.call("PUT", f"/api/v1/statuses/{status['id']}", None, data={"status": choose.choice(["other words", "marmalade again"])})
    else:
        one.call("DELETE", f"/api/v1/statuses/{status['id']}", None)


def relate(choose, people):
    one, other = choose.sample(people, 2)
    verb = choose.choice(["follow", "unfollow", "block", "unblock", "mute", "unmute", "unblock", "unmute", "follow"])
    one.call("POST", f"/api/v1/accounts/{other.id}/{verb}", None)


def filter_words(choose, people):
    one = choose.choice(people)
    for kept in one.get("/api/v2/filters"):
        one.call("DELETE", f"/api/v2/filters/{kept['id']}", None)
    if choose.random() < 0.6:
        one.call("POST", "/api/v2/filters", None, json={
            "title": "sweet", "context": choose.sample(["home", "notifications", "public", "thread"], 2),
            "filter_action": choose.choice(["warn", "hide"]), "keywords_attributes": [{"keyword": "marmalade"}]})


def rename(choose, people):
    choose.choice(people).call("PATCH", "/api/v1/accounts/update_credentials", None, data={"display_name": f"Name {choose.random()}"})


def hear_less(choose, people):
    one = choose.choice(people)
    told = one.get("/api/v1/notifications")
    if told and choose.random() < 0.8:
        one.call("POST", f"/api/v1/notifications/{choose.choice(told)['id']}/dismiss", None)
    elif choose.random() < 0.5:
        one.call("POST", "/api/v1/notifications/clear", None)
    else:
        one.call("PATCH", "/api/v2/notifications/policy", None, data={"for_not_following": choose.choice(["accept", "filter"])})


DEEDS = (say, say, say, do_to_post, do_to_post, do_to_post, do_to_post, vote, change_post, relate, relate, filter_words, rename, hear_less)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_people_do_is_answered_as_without_memory(programs, people, seed):
    choose = random.Random(seed)
    for one in people:
        one.post("/api/v1/statuses", data={"status": "to begin with"})
    before = [hits(program) for program in programs]
    for number in range(CHANGES):
        deed = choose.choice(DEEDS)
        deed(choose, people)
        reader = choose.choice([*people, *people, None])
        status = f"/api/v1/statuses/{one_of_all(choose, people)['id']}"
        paths = [LOCAL, status] if reader is None else [*choose.sample(LISTS, 3), status]
        for path in paths:
            expected = answers(programs[2], reader, path)
            for program in (*programs[:2], *programs[:2]):
                assert answers(program, reader, path) == expected, (seed, number, deed.__name__, path)
    assert [now > then for now, then in zip(map(hits, programs), before)] == [True, True, False]


def keep(program, one, path):
    def is_kept():
        before = hits(program)
        answers(program, one, path)
        return hits(program) > before
    wait_until(is_kept, 10, f"{path} to be kept")


@pytest.mark.parametrize("column", ["silenced_at", "suspended_at"])
def test_an_author_who_is_silenced_or_suspended_leaves_the_local_timeline_at_once(programs, people, column):
    server, author = programs[0], people[1]
    author.post("/api/v1/statuses", data={"status": "for all to read"})

    def is_listed():
        return author.id in [status["account"]["id"] for status in answers(server, None, LOCAL)[0]]

    for value in ("now()", "null"):
        keep(server, None, LOCAL)
        assert is_listed() == (value == "now()")
        server.database.rows(f"update actors set {column} = {value} where id = %s returning 1", (int(author.id),))
        assert is_listed() == (value == "null")


def test_visitors_share_a_page_and_people_do_not(programs, pair):
    server, (reader, author) = programs[0], pair
    author.post("/api/v1/statuses", data={"status": "seen by many"})
    keep(server, None, LOCAL)
    made = answers(server, None, LOCAL)[0][0]
    assert "favourited" not in made
    reader.post(f"/api/v1/statuses/{made['id']}/favourite")
    keep(server, reader, LOCAL)
    assert answers(server, reader, LOCAL)[0][0]["favourited"] and "favourited" not in answers(server, None, LOCAL)[0][0]
    assert answers(server, None, LOCAL)[0][0]["favourites_count"] == 1


def test_closed_timelines_stay_closed_to_visitors(server, people):
    people[0].post("/api/v1/statuses", data={"status": "for ourselves"})
    closed = start(server, **{"instance.public_timelines": "false"})
    try:
        keep(closed, people[0], LOCAL)
        for _ in range(3):
            assert Api(closed, None).call("GET", LOCAL, None).status_code == 401
    finally:
        closed.remove()


def test_a_private_post_is_kept_for_its_readers_only(programs, people, pair):
    server, (reader, author), stranger = programs[0], pair, people[0]
    made = author.post("/api/v1/statuses", data={"status": f"@{reader.name} between us", "visibility": "direct"})
    path = f"/api/v1/statuses/{made['id']}"
    for one in (author, reader):
        keep(server, one, path)
    assert answers(server, stranger, path)[0] == 404 and answers(server, None, path)[0] == 404
    author.post(f"/api/v1/accounts/{reader.id}/block")
    assert answers(server, reader, path)[0] == 404
    author.post(f"/api/v1/accounts/{reader.id}/unblock")
    assert answers(server, reader, path)[0] != 404
