# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long somebody waits for an answer of full-text search among a million public posts (--long; fewer without it), by how
common the words are. No budget is named for it: the figure is printed, and what is found is held against the texts."""
import os
import random
import statistics
import time

import pytest

from support.api import person
from support.world import wait_until_indexed

VOCABULARY = 30000
PATH = "/api/v2/search"
QUIET = {"log.level": "warning", "limits.exempt_addresses": "127.0.0.1"}

pytestmark = pytest.mark.limit(1800)


@pytest.fixture
def sizes(request):
    posts, authors = (2000, 50) if request.config.getoption("--smoke") else (100000, 2000)
    if request.config.getoption("--long"):
        posts, authors = 1000000, 5000
    return {"POSTS": posts, "AUTHORS": authors, "VOCABULARY": VOCABULARY}


def word(rank):
    return str(rank).translate(str.maketrans("0123456789", "bcdfghklmr"))


def ranks(first, last):
    return lambda: word(random.randint(first, last))


KINDS = {
    "a common word": ranks(1, 20),
    "a usual word": ranks(200, 1000),
    "a rare word": ranks(10000, VOCABULARY - 1),
    "two usual words": lambda: f"{ranks(100, 300)()} {ranks(100, 300)()}",
    "a common and a rare word": lambda: f"{ranks(1, 20)()} {ranks(10000, VOCABULARY - 1)()}",
    "a phrase": lambda: f'"{ranks(1, 50)()} {ranks(1, 50)()}"',
    "an author's word": lambda: f"from:@author{random.randint(1, 40)}@h{{host}}.example {ranks(1, 20)()}",
    "a word that nobody wrote": lambda: "aeiou" + ranks(1, 20)(),
}


def fill(server, sizes):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "search_world.sql"), encoding="utf-8") as file:
        sql = file.read().replace("%", "%%")
    for name, number in sizes.items():
        sql = sql.replace(name, str(number))
    begun = time.monotonic()
    server.database.rows(sql)
    server.database.rows("vacuum analyze")
    print(f"\n{sizes['POSTS']} posts stored and indexed in {time.monotonic() - begun:.0f} s", flush=True)


def check_index(database):
    """The server writes the same words into its index as the world has."""
    def read():
        return dict(database.rows("select post_id, words::text from post_words order by post_id limit 20"))
    before = read()
    database.rows("update posts set revision = revision + 1 where id in (select post_id from post_words order by post_id limit 20)")
    wait_until_indexed(database)
    assert read() == before
    assert database.value("select count(*) from post_words as w join posts as p on p.id = w.post_id where w.revision <> p.revision") == 0


def check_truth(server, reader, wanted):
    """The newest posts that have the word, whatever found them."""
    found = [int(one["id"]) for one in reader.get(PATH, q=wanted, type="statuses", limit=20)["statuses"]]
    there = server.database.rows("select id from posts where html ~ ('\\m' || %s || '\\M') order by id desc limit 20", (wanted,))
    assert found == [row[0] for row in there], wanted
    return len(found)


def asked(reader, make):
    text = make()
    if "{host}" in text:
        number = int(text.split("@")[1].removeprefix("author"))
        text = text.format(host=number % 500)
    begun = time.monotonic()
    answer = reader.get(PATH, q=text, type="statuses", limit=20)
    return (time.monotonic() - begun) * 1000, len(answer["statuses"])


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def test_search_among_many_posts_is_quick_and_true(server_factory, request, sizes):
    smoke = request.config.getoption("--smoke")
    random.seed(7)
    server = server_factory(settings=QUIET)
    fill(server, sizes)
    check_index(server.database)
    reader = person(server, "reader")
    assert check_truth(server, reader, word(1)) == 20
    assert check_truth(server, reader, word(VOCABULARY // 3)) + check_truth(server, reader, word(VOCABULARY // 2)) > 0 or smoke
    everything = []
    for kind, make in KINDS.items():
        times, found = zip(*(asked(reader, make) for _ in range(5 if smoke else 60)))
        everything += times
        assert any(found) or smoke or kind == "a word that nobody wrote", f"{kind}: nothing was found"
        print(f"{kind}: p50 {statistics.median(times):.1f} ms, p95 {percentile(times, 0.95):.1f} ms, {statistics.mean(found):.1f} found")
    print(f"FIGURE search among {sizes['POSTS']} posts, p95 of one reader: {percentile(everything, 0.95):.1f} ms (no budget)", flush=True)
