# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mentions of a brand account while the server dies again and again: each becomes one conversation, and none two."""
import pytest

from support.api import person
from support.waiting import wait_until

pytestmark = pytest.mark.limit(180)


def test_every_mention_is_one_conversation_however_often_the_server_is_killed(server_factory):
    server = server_factory()
    customers = [person(server, f"customer{number}") for number in range(3)]
    server.command("org", "create", "fleurs", "--account", "fleurs")
    posts = []
    for turn in range(4):
        for customer in customers * 4:
            posts.append(customer.post("/api/v1/statuses", data={"status": f"@fleurs question {len(posts)}"})["id"])
        server.kill()
        server.start()
    wait_until(lambda: not server.database.value("select count(*) from ticket_arrivals"), 60, "all to be threaded")
    assert server.database.value("select count(*) from tickets") == len(posts)
    assert server.database.value("select count(*) from ticket_posts") == len(posts)
    numbers = [number for number, in server.database.rows("select number from tickets order by number")]
    assert numbers == list(range(1, len(posts) + 1))
