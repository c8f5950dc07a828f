# SPDX-License-Identifier: AGPL-3.0-or-later
"""What apps and other servers ask for in turn: 40 % home timelines, 15 % notifications, 10 % each of the local timeline, a
post and an actor's document, 5 % each of verify_credentials, WebFinger and the instance; while readers post, favourite and
block. With --smoke the world is small and no time is judged; the million posts are for --long. Load goes to 127.0.0.1
only."""
import os
import random
import statistics
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from support.timeline_world import HOME, MILLION, figure, measure, settings_of, timeline_world, wrk

VERIFY = "/api/v1/accounts/verify_credentials"
ACTIVITY = "application/activity+json"
REQUESTS = 4000
MIX_RATE = 10000
VERIFY_US = 45

pytestmark = pytest.mark.limit(1800)


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


@pytest.fixture
def world(request, smoke):
    posts = MILLION if request.config.getoption("--long") else MILLION // 10
    with timeline_world(settings_of(smoke, posts)) as world:
        yield world


def tell_each_other(readers, count):
    """Each reader has posted and is told of count others who liked it."""
    def post(reader):
        return reader.post("/api/v1/statuses", data={"status": "A few words of mine about flowers", "visibility": "public"})["id"]

    def like(number):
        for step in range(1, count + 1):
            readers[number].post(f"/api/v1/statuses/{own[(number + step) % len(readers)]}/favourite")
    with ThreadPoolExecutor(4) as pool:
        own = list(pool.map(post, readers))
        list(pool.map(like, range(len(readers))))


def mix(server, readers):
    """Eight kinds of (share in percent, path of a reader, whether by token, what is accepted)."""
    posts = [row[0] for row in server.database.rows("select id from posts where visibility = 'public' order by random() limit 500")]
    host = urlsplit(server.url).netloc
    return [
        (40, lambda reader: HOME, True, "-"),
        (15, lambda reader: "/api/v1/notifications", True, "-"),
        (10, lambda reader: "/api/v1/timelines/public?local=true", True, "-"),
        (10, lambda reader: f"/api/v1/statuses/{random.choice(posts)}", True, "-"),
        (10, lambda reader: urlsplit(reader.uri).path, False, ACTIVITY),
        (5, lambda reader: VERIFY, True, "-"),
        (5, lambda reader: f"/.well-known/webfinger?resource=acct:{reader.name}@{host}", False, "-"),
        (5, lambda reader: "/api/v2/instance", False, "-"),
    ]


def write_mix(path, kinds, readers):
    lines = []
    for share, path_of, by_token, accept in kinds:
        for _ in range(REQUESTS * share // 100):
            reader = random.choice(readers)
            lines.append(f"{path_of(reader)} {reader.token if by_token else '-'} {accept}\n")
    assert len(lines) == REQUESTS
    with open(path, "w", encoding="ascii") as file:
        file.writelines(lines)


def name_readers(server, readers):
    names = dict(server.database.rows("select 'token-' || handle, uri from actors where domain_id is not null and handle like %s",
                                      ("reader%",)))
    for reader in readers:
        reader.uri, reader.name = names[reader.token], reader.token.removeprefix("token-")


def each_us(report):
    return report["ours_us"] + report["theirs_us"]


def test_a_mix_of_requests_is_answered_at_rate(world, smoke):
    server, cluster, readers, token_path = world
    name_readers(server, readers)
    tell_each_other(readers, 5 if smoke else 20)
    assert len(readers[0].get("/api/v1/notifications")) == (5 if smoke else 20)
    kinds = mix(server, readers)
    path = os.path.join(cluster.directory, "mix")
    seconds = 1 if smoke else 8
    for kind in kinds:  # each alone, so that a refusal or a dear one is seen
        write_mix(path, [(100, *kind[1:])], readers)
        report = measure(server, cluster, readers, path, 1 if smoke else 2, False, script="mix.lua")
        print(f"\n{kind[1](readers[0])}: {report['rate']:.0f}/s, {report['ours_us']:.0f} us ours, {report['theirs_us']:.0f} us of"
              f" PostgreSQL, {report['bytes_each']} bytes", end="")
    write_mix(path, kinds, readers)
    wrk(server, path, 1, script="mix.lua")
    rounds = [measure(server, cluster, readers, path, seconds, True, script="mix.lua") for _ in range(1 if smoke else 3)]
    verify = [measure(server, cluster, readers, token_path, 1 if smoke else 3, False, path=VERIFY) for _ in range(1 if smoke else 3)]
    rate = statistics.median(one["rate"] for one in rounds)
    each = statistics.median(each_us(one) for one in rounds)
    verify_us = statistics.median(each_us(one) for one in verify)
    print(f"\n{[(round(one['rate']), round(one['ours_us']), round(one['theirs_us']), one['changes']) for one in rounds]}:"
          f" {each:.0f} us each with PostgreSQL, p99 {max(one['p99_us'] for one in rounds)} us")
    figure(smoke, "verify_credentials, CPU of all", f"{verify_us:.1f}", "us", str(VERIFY_US), verify_us <= VERIFY_US)
    figure(smoke, "client mix", round(rate), "1/s", str(MIX_RATE), rate >= MIX_RATE)
