# SPDX-License-Identifier: AGPL-3.0-or-later
"""Steady requests from a few threads on keep-alive connections, every answer noted."""
import http.client
import threading
import time


class Answer:
    """started and ended are monotonic seconds; status is None when there was no answer, and error says why."""

    def __init__(self, started, ended, status, retry_after, error, is_reused):
        self.started = started
        self.ended = ended
        self.status = status
        self.retry_after = retry_after
        self.error = error
        self.is_reused = is_reused

    def __repr__(self):
        return f"<{self.status} {self.error or ''} {self.ended - self.started:.3f}s reused={self.is_reused}>"


class Load:
    """paths are asked in turn; {n} in one becomes a number of its own each time. A connection is opened again after an error; `pause` keeps the load modest."""

    def __init__(self, port, paths, threads=4, pause=0.005, seconds=20):
        self.port = port
        self.paths = paths
        self.pause = pause
        self.seconds = seconds
        self.answers = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(self.seconds + 10)

    def run(self, number):
        connection, requests = None, 0
        while not self.stopping.is_set():
            if connection is None:
                connection, requests = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds), 0
            path = self.paths[(number + requests) % len(self.paths)].replace("{n}", f"{number}x{len(self.answers)}")
            answer, keep = self.ask(connection, path, requests > 0)
            with self.lock:
                self.answers.append(answer)
            requests += 1
            if not keep:
                connection.close()
                connection = None
            self.stopping.wait(self.pause)
        if connection:
            connection.close()

    @staticmethod
    def ask(connection, path, is_reused):
        started = time.monotonic()
        try:
            if connection.sock is None:
                connection.connect()
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            keep = response.getheader("Connection", "").lower() != "close"
            return Answer(started, time.monotonic(), response.status, response.getheader("Retry-After"), None, is_reused), keep
        except (OSError, http.client.HTTPException) as error:
            return Answer(started, time.monotonic(), None, None, type(error).__name__, is_reused), False

    def count(self):
        with self.lock:
            return len(self.answers)

    def since(self, moment):
        with self.lock:
            return [answer for answer in self.answers if answer.started >= moment]

    def all(self):
        return self.since(0)
