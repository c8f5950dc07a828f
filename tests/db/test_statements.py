# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every statement of the program: listed, prepared, read in the right order, and planned on large tables."""
import glob
import os
import re

import pytest

from conftest_statements import statements, large  # noqa: F401
from support.server import REPOSITORY

# Tables whose whole reading is cheap however large the instance, or whose reader says that it is dear.
MAY_BE_READ_WHOLE = {
    "domain_allows": "short: read whole once a minute",
    "domains": "a handful of rows",
    "fanouts": "one row a large audience whose deliveries are not all made",
    "heartbeats": "a handful of rows",
    "instance_counters": "48 rows",
    "relays": "a handful of rows",
    "schema_migrations": "one row a migration",
    "settings": "some dozens of rows",
    "delivery_workers": "one row a process",
    "post_words_progress": "one row",
    "directory_entries": "20,000 rows at most",
    "trending_links": "100 rows at most",
    "trending_posts": "400 rows at most",
    "trending_tags": "100 rows at most",
    "pg_authid": "the catalogue, below pg_stat_activity",
    "pg_class": "the catalogue",
    "pg_database": "the catalogue, below pg_stat_activity",
}
SUMMED = "a job sums up what is recent, or who is listed, every quarter of an hour"
BATCH = "a batch of what is old, once an hour; a plan for any values does not know how small it is"
STATEMENTS_THAT_MAY = {
    ("change_list", "changes"): "when all of its few rows are new",
    ("change_prune", "changes"): "when all of its few rows are old",
    ("delivery_content_expand_fanout", "domain_blocks"): "once for a batch of thousands of inboxes",
    ("instance_list_peers", "peers"): "it lists them: as many rows as servers known, tens of thousands at most",
    ("instance_list_peers", "domain_blocks"): "short beside the peers that are listed",
    ("peer_count_states", "peers"): "as many rows as servers known; once a minute",
    ("delivery_mend_times", "peers"): "as many rows as servers known; every ten minutes",
    ("peer_mend", "peers"): "as many rows as servers known; every ten minutes",
    ("trend_count_tags", "actors"): SUMMED,
    ("trend_count_tags", "posts"): SUMMED,
    ("trend_count_tags", "post_tags"): SUMMED,
    ("trend_count_posts", "actors"): SUMMED,
    ("trend_count_posts", "posts"): SUMMED,
    ("trend_count_posts", "favourites"): SUMMED,
    ("trend_count_posts", "boosts"): SUMMED,
    ("preview_list_count_trends", "actors"): SUMMED,
    ("preview_list_count_trends", "posts"): SUMMED,
    ("preview_list_count_trends", "previews"): SUMMED,
    ("preview_list_count_trends", "post_previews"): SUMMED,
    ("directory_count_entries", "actors"): SUMMED,
    ("directory_count_entries", "actor_counts"): SUMMED,
    ("instance_count", "peers"): "as many rows as servers known, tens of thousands at most; the answer is cached",
    ("instance_count", "users"): "when most users were active; the answer is cached",
    ("retention_activities_in", "activities_in"): BATCH,
    ("retention_set_aside", "activities_in"): BATCH,
    ("retention_bodies_out", "activities_out"): BATCH,
    ("retention_deliveries", "deliveries"): BATCH,
    ("retention_activities_out", "activities_out"): BATCH,
    ("retention_activities_out", "deliveries"): BATCH,
    ("retention_remote_posts", "posts"): BATCH,
    ("retention_tombstones", "tombstones"): BATCH,
    ("retention_fetch_roots", "fetch_roots"): BATCH,
}


def sources():
    return sorted(glob.glob(os.path.join(REPOSITORY, "storage", "*.c")))


def sources_and_headers():
    return sources() + sorted(glob.glob(os.path.join(REPOSITORY, "storage", "*.h")))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_every_statement_of_the_sources_is_in_the_registry(statements):  # noqa: F811
    written = set()
    for path in sources():
        written.update(re.findall(r'= STATEMENT\("(\w+)"', read(path)))
    assert len(written) >= 25
    assert written == set(statements)


def test_statement_names_begin_with_their_file(statements):  # noqa: F811
    for path in sources():
        module = os.path.basename(path)[:-2]
        for name in re.findall(r'= STATEMENT\("(\w+)"', read(path)):
            assert name.startswith(module + "_") and len(name) <= 63, name


def test_every_statement_prepares_with_the_parameters_it_names(migrated, statements):  # noqa: F811
    connection = migrated.connect("comptoir_web")
    cursor = connection.cursor()
    for name, (count, sql) in statements.items():
        cursor.execute(f"prepare {name} as {sql}")
        cursor.execute("select cardinality(parameter_types) from pg_prepared_statements where name = %s", (name,))
        assert cursor.fetchone()[0] == count, name
    connection.close()


def columns_and_readers():
    """(file, columns of the macro X_COLUMNS, constants of the enum that follows it)."""
    for path in sources_and_headers():
        text = read(path)
        for match in re.finditer(r"#define (\w+)_COLUMNS\s*\\\n((?:.*\\\n)*.*\n)\s*enum \{([^}]*)\}", text):
            columns = [re.sub(r"^\W+", "", part) for part in re.findall(r'"([^"]*)"', match.group(2))]
            constants = re.findall(r"\w+", match.group(3))
            yield pytest.param(match.group(1), columns, constants, id=os.path.basename(path))


@pytest.mark.parametrize("entity, columns, constants", columns_and_readers())
def test_columns_are_read_in_the_order_in_which_they_are_selected(entity, columns, constants):
    names = [column.split(" as ")[-1].split(".")[-1].upper() for column in columns]
    assert [f"{entity}_{name}" for name in names] == constants


def test_every_entity_with_a_column_list_is_checked():
    lists = sum(len(re.findall(r"#define \w+_COLUMNS", read(path))) for path in sources_and_headers())
    assert lists == len(list(columns_and_readers())) >= 4


def sequential_scans(plan):
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for child in plan.get("Plans", []):
        yield from sequential_scans(child)


def test_no_statement_reads_a_large_table_whole(large, statements):  # noqa: F811
    connection = large.connect("superuser")
    cursor = connection.cursor()
    samples = {"bigint": str(7 << 16), "integer": "50", "smallint": "3", "boolean": "true", "text": "'name500'",
               "bytea": r"'\x00'", "timestamp with time zone": "now()", "bigint[]": "array[1, 2]::bigint[]",
               "text[]": "array['name500', 'name501']", "boolean[]": "array[true, false]", "bytea[]": r"array['\x00']::bytea[]",
               "timestamp with time zone[]": "array[now()]", "date": "current_date", "double precision": "0.5", "jsonb": "'[]'"}
    found = []
    for name, (_, sql) in statements.items():
        cursor.execute(f"prepare {name} as {sql}")
        cursor.execute("select parameter_types::text[] from pg_prepared_statements where name = %s", (name,))
        types = cursor.fetchone()[0]
        limits = {int(number) for number in re.findall(r"limit \$(\d+)", sql)}
        cast = {int(number): {"jsonb": "'[]'", "bigint[]": "'{1,2}'", "pg_snapshot": "'5:9:'", "xid8": "'5'"}[kind]
                for number, kind in re.findall(r"\$(\d+)::text::(jsonb|bigint\[\]|pg_snapshot|xid8)", sql)}
        arguments = ", ".join("50" if number in limits else cast.get(number, samples[one])
                              for number, one in enumerate(types, 1))
        # The plan that suits these values best, where a seq scan shows that no index is worth it, and the program's own:
        # for any values, where it shows that there is none (db_conninfo.c).
        for mode, may_scan in (("force_custom_plan", "on"), ("force_generic_plan", "off")):
            cursor.execute(f"set plan_cache_mode = {mode}")
            cursor.execute(f"set enable_seqscan = {may_scan}")
            cursor.execute(f"explain (format json) execute {name}" + (f" ({arguments})" if arguments else ""))
            for table in sequential_scans(cursor.fetchone()[0][0]["Plan"]):
                if table not in MAY_BE_READ_WHOLE and (name, table) not in STATEMENTS_THAT_MAY:
                    found.append(f"{name} reads all of {table} ({mode})")
    connection.close()
    assert not found, "\n".join(found)


def test_a_sequential_scan_would_be_seen(large):  # noqa: F811
    plan = large.value("explain (format json) select id from posts where html = 'x'")[0]["Plan"]
    assert list(sequential_scans(plan)) == ["posts"]
