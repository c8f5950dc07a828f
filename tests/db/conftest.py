# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures of the storage tests: databases that storage itself migrated, and a connection of the program."""
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import processes  # noqa: E402
from support.server import binary  # noqa: E402


class Shell:
    """comptoir-storage-shell: one connection of the program, one command a line."""

    def __init__(self, url, role="web", settings=()):
        self.process = subprocess.Popen(
            [binary("comptoir-storage-shell"), role, f"database.url={url}", *settings],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=processes.environment(), cwd="/", **processes.run_as())
        self.last_ms = None
        self.value = ""

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        assert line, "the shell ended: " + self.process.stderr.read()[-3000:]
        error, milliseconds, self.value = line.rstrip("\n").split("\t", 2)
        self.last_ms = int(milliseconds)
        return error

    def ask(self, line):
        """The name of the error, "none" for success; the value is in .value, the time in .last_ms."""
        self.send(line)
        return self.answer()

    def end(self):
        """Its log; fails when a sanitizer has something to say."""
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        log = self.process.stderr.read()
        assert not processes.sanitizer_report(log), log[-5000:]
        return log


@pytest.fixture
def shell():
    made = []

    def make(url, role="web", settings=()):
        made.append(Shell(url, role, settings))
        return made[-1]
    yield make
    for one in made:
        if one.process.stdin and not one.process.stdin.closed:
            one.end()


def migrate(database):
    tool = Shell(database.owner_url, "owner")
    error = tool.ask("migrate")
    log = tool.end()
    assert error == "none", log


@pytest.fixture
def empty_database(postgres):
    fresh = postgres.create_database()
    yield fresh
    fresh.drop()


@pytest.fixture(scope="module")
def migrated(postgres):
    fresh = postgres.create_database()
    migrate(fresh)
    yield fresh
    fresh.drop()
