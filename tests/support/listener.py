# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody of a team who hears its stream."""
import json
import threading


class Listener:
    """Events of the stream, in a thread of its own."""

    def __init__(self, api):
        self.answer = api.session.get(api.server.url + "/api/brand/v1/stream", stream=True, timeout=60)
        assert self.answer.status_code == 200, self.answer.text
        self.events, self.has_ended = [], False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        name = None
        try:
            for line in self.answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line[6:])))
        except OSError:
            pass
        self.has_ended = True

    def close(self):
        self.answer.close()
