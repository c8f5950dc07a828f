# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server dies when a status is written and its author has not heard of it."""
import threading

import pytest
import requests

from support.api import Api, person
from support.waiting import wait_until


@pytest.mark.limit(90)
def test_a_status_whose_answer_was_lost_is_not_made_again(server_factory):
    server = server_factory()
    anna = person(server, "anna")
    keys = {"Idempotency-Key": "lost"}
    connection = server.database.connect("superuser")
    connection.cursor().execute("lock table bookmarks in access exclusive mode")  # the answer looks at it, the deed does not

    def send():
        try:
            Api(server, anna.token).post("/api/v1/statuses", None, {"status": "said once"}, headers=keys)
        except requests.RequestException:
            pass
    thread = threading.Thread(target=send)
    thread.start()
    made = "select count(*) from posts where text_source = 'said once'"
    wait_until(lambda: server.database.value(made) == 1, 20, "the status")
    server.kill()
    thread.join()
    connection.close()
    server.start()
    again = anna.post("/api/v1/statuses", data={"status": "said once"}, headers=keys)
    assert "said once" in again["content"] and server.database.value(made) == 1
