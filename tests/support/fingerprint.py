# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is stored, in one word, so that a test can say that nothing of it changed."""
from support.waiting import wait_until

# The queues and what is noted of peers come and go with every request; what matters is what they lead to.
VOLATILE = {"activities_in", "changes", "deliveries", "delivery_workers", "delivery_sums", "fanouts", "fetches", "fetch_roots",
            "heartbeats", "jobs", "look_alike_waiting", "peers", "post_words_waiting"}


def fingerprint(server):
    """{table: hash of its rows}"""
    tables = [name for name, in server.rows("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")]
    row = "(to_jsonb(t) - 'fetched_at' - 'updated_at')::text"  # an actor may be read again at its own server
    return {table: server.one(f"select md5(string_agg({row}, '|' order by {row})) from {table} as t")
            for table in tables if table not in VOLATILE}


def settle(server, seconds=30):
    """Until all that was accepted is handled and all that was wished for is read, given up, or tried and put off."""
    def is_quiet():
        return not server.rows("select 1 from activities_in where state = 'waiting' and due_at < now() + interval '2 s'"
                               " union all select 1 from activities_in where state = 'parked' and not exists"
                               " (select from fetches where uri = parked_uri)"
                               " union all select 1 from fetches where attempts = 0 or leased_until is not null"
                               " union all select 1 from post_words_waiting")
    try:
        wait_until(is_quiet, seconds, "nothing to be under way")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{server.story()}") from None


class Unchanged:
    """with Unchanged(server): ...   and all tables are as they were, once everything settled."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        settle(self.server)
        self.before = fingerprint(self.server)
        self.last = self.server.one("select coalesce(max(id), 0) from activities_in")
        return self

    def __exit__(self, kind, _value, _trace):
        if kind:
            return
        settle(self.server)
        after = fingerprint(self.server)
        changed = {table for table in after if after[table] != self.before.get(table)}
        assert not changed, f"changed: {changed}\n{self.server.story()}"

    def handled(self):
        """How many activities were taken into the queue meanwhile."""
        return self.server.one("select count(*) from activities_in where id > %s", self.last)
