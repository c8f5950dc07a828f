# SPDX-License-Identifier: AGPL-3.0-or-later
"""storage/schema.sql: what all migrations together make, as pg_dump tells it."""
import os
import re

from support import processes
from support.postgres import binaries
from support.server import REPOSITORY

MIGRATIONS = os.path.join(REPOSITORY, "storage", "migrations")
PATH = os.path.join(REPOSITORY, "storage", "schema.sql")
HEAD = "-- Made by storage/update_schema from storage/migrations; not to be edited.\n\n"


def migration_names():
    return sorted(name for name in os.listdir(MIGRATIONS) if name.endswith(".sql"))


def migration_count():
    return len(migration_names())


def dump(database):
    """Without what differs between versions of PostgreSQL and names of owners."""
    result = processes.run([f"{binaries()}/pg_dump", "--schema-only", "--no-owner", "-d", database.postgres.url(
        database.name, "superuser")])
    assert result.returncode == 0, result.stderr
    kept = []
    for line in result.stdout.replace(database.owner_url.rsplit("user=", 1)[1], "OWNER").splitlines():
        if line.strip() and not re.match(r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict ", line):
            kept.append(line)
    return HEAD + "\n".join(kept) + "\n"


def written():
    with open(PATH, encoding="utf-8") as file:
        return file.read()
