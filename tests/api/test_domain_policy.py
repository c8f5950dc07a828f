# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the operator decides about other servers, by the command line, and what is forgotten."""
import json

import pytest

OK, FAILED, USAGE, CONFIGURATION, DATABASE, NOT_FOUND, CONFLICT = range(7)


def rows(database, query, *values):
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def change(database, query, *values):
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute(query, values)


def blocked(server):
    return {entry["domain"]: entry for entry in json.loads(server.command("domain", "list", "--blocked", "--json").stdout)}


def test_a_domain_is_blocked_listed_changed_and_unblocked(server):
    server.command("domain", "block", "Spam.Example.", "--comment", "advertising", "--private-comment", "asked twice")
    entry = blocked(server)["spam.example"]
    assert (entry["severity"], entry["rejects_media"], entry["comment"], entry["private_comment"]) == (
        "suspend", False, "advertising", "asked twice")
    server.command("domain", "block", "spam.example", "--severity", "silence", "--reject-media", "--reject-reports")
    entry = blocked(server)["spam.example"]
    assert (entry["severity"], entry["rejects_media"], entry["rejects_reports"], entry["comment"]) == ("silence", True, True, "")
    assert "silence" in server.command("domain", "list", "--blocked").stdout
    server.command("domain", "unblock", "spam.example")
    assert "spam.example" not in blocked(server)
    assert server.command("domain", "unblock", "spam.example", check=False).returncode == NOT_FOUND


@pytest.mark.parametrize("arguments, text", [
    (["block", "no domain"], "is no domain name"),
    (["block", "x.example", "--severity", "harsh"], "--severity is noop, silence or suspend"),
    (["block", "x.example", "--comment", "x" * 2001], "at most 2,000 bytes"),
    (["allow", "..."], "is no domain name"),
    (["list", "--blocked", "--allowed"], "not both"),
])
def test_decisions_without_sense_are_refused(server, arguments, text):
    result = server.command("domain", *arguments, check=False)
    assert result.returncode in (FAILED, USAGE) and text in result.stderr


def test_a_whole_top_level_domain_is_asked_twice(server):
    unsure = server.command("domain", "block", "invalid", check=False)
    assert unsure.returncode == USAGE and "--yes" in unsure.stderr
    server.command("domain", "block", "invalid", "--yes")
    server.command("domain", "unblock", "invalid")


def test_a_server_without_a_name_is_blocked_by_its_address(server):
    server.command("domain", "block", "192.0.2.7")
    assert blocked(server)["192.0.2.7"]["severity"] == "suspend"
    assert server.command("domain", "block", "192.0.2.7:8443", check=False).returncode == USAGE
    server.command("domain", "unblock", "192.0.2.7")


def test_our_own_domain_cannot_be_blocked(server_factory, database):
    server = server_factory(settings={"instance.base_url": "https://social.shop.example", "instance.domain": "shop.example"})
    for name in ("shop.example", "social.shop.example"):
        result = server.command("domain", "block", name, check=False)
        assert result.returncode != OK and "is a domain of this server" in result.stderr
    assert rows(server.database, "select * from domain_blocks where domain like %s", "%shop.example") == []


def test_the_allow_list_is_kept(server):
    for _ in range(2):
        server.command("domain", "allow", "partner.example")
    assert json.loads(server.command("domain", "list", "--allowed", "--json").stdout) == ["partner.example"]
    server.command("domain", "disallow", "partner.example")
    assert server.command("domain", "disallow", "partner.example", check=False).returncode == NOT_FOUND


def test_suspending_a_domain_ends_the_follows_with_all_below_it_and_no_other(server, database):
    server.create_account("milliner")
    ((local_id,),) = rows(database, "select id from actors where username = 'milliner'")
    names = ["bad.example", "sub.bad.example", "notbad.example", "bad.example.org", "bad.example:8443"]
    with database.connect() as connection, connection.cursor() as cursor:
        for number, name in enumerate(names, 1):
            uri = f"https://{name}/users/x"
            cursor.execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at,"
                           " fetched_at) values (%s, 'Person', 'x', 'x', %s, %s, %s, %s, now(), now(), now())",
                           (number, name, uri, uri, uri + "/inbox"))
            cursor.execute("insert into follows (id, follower_id, followed_id, state, uri) values (%s, %s, %s, 'accepted', %s)",
                           (number, number, local_id, uri + "#follow"))
        cursor.execute("insert into actor_counts (actor_id, followers) values (%s, 5)", (local_id,))
    server.command("domain", "block", "bad.example")
    left = rows(database, "select a.domain from follows f join actors a on a.id = f.follower_id order by a.domain")
    assert [domain for (domain,) in left] == ["bad.example.org", "notbad.example"]
    assert rows(database, "select followers from actor_counts where actor_id = %s", local_id) == [(2,)]


# Retention

def tidy(server, *settings):
    return json.loads(server.command("db", "tidy", "--json", *(part for text in settings for part in ("--set", text))).stdout)


def test_handled_activities_are_forgotten_and_waiting_ones_are_not(server, database):
    change(database, "insert into activities_in (id, uri, type, actor_uri, body, due_at, state, ended_at) select n, 'https://a.example/' || n,"
           " 'Like', 'https://a.example/u', '{}', now() + interval '1 day', case when n %% 2 = 0 then 'done' else 'waiting' end,"
           " case when n %% 2 = 0 then now() - interval '8 days' end from generate_series(1, 1300) as n")
    assert tidy(server)["activities"] >= 650
    assert rows(database, "select count(*), min(state) from activities_in where actor_uri = 'https://a.example/u'") == [(650, "waiting")]
    change(database, "delete from activities_in where actor_uri = 'https://a.example/u'")


def test_what_was_set_aside_goes_when_nobody_took_care_of_it(server, database):
    for name, days in (("old", 91), ("young", 89)):
        change(database, "insert into activities_in (id, uri, type, actor_uri, body, state) select"
               " (extract(epoch from now() - %s * interval '1 day') * 1000)::bigint << 16, 'https://b.example/' || %s, 'Like',"
               " 'https://b.example/u', '{}', 'set_aside'", days, name)
    tidy(server, "retention.activities=0s")
    left = "select uri from activities_in where actor_uri = 'https://b.example/u' order by uri"
    assert rows(database, left) == [("https://b.example/old",), ("https://b.example/young",)]
    assert tidy(server)["activities"] == 1
    assert rows(database, left) == [("https://b.example/young",)]
    change(database, "delete from activities_in where actor_uri = 'https://b.example/u'")


def test_hosts_that_nobody_knows_any_more_are_forgotten(server, database):
    server.create_account("porter")
    porter = rows(database, "select id from actors where username = 'porter'")[0][0]
    old = "now() - interval '91 days'"
    change(database, f"insert into peers (name, created_at, last_heard_at, state, look_at) select name || '.gone.example', {old},"
           f" case when name = 'heard' then now() else {old} end, case when name = 'paused' then 'paused' else 'alive' end,"
           " case when name = 'looked' then now() + interval '1 hour' end"
           " from unnest(array['unknown', 'heard', 'paused', 'looked', 'waiting', 'actor']) as name")
    change(database, f"insert into peers (name, created_at) select 'n' || n || '.gone.example', {old} from generate_series(1, 1200) as n")
    change(database, "insert into peers (name) values ('young.gone.example')")
    change(database, "insert into activities_out (id, uri, type, actor_id, body, body_sha256) values (77, 'https://a.example/77', 'Create',"
           " %s, '{}', sha256('{}'))", porter)
    change(database, "insert into deliveries (activity_id, inbox_url, peer, due_at) values (77, 'https://waiting.gone.example/inbox',"
           " 'waiting.gone.example', 'infinity')")
    uri = "https://actor.gone.example/users/x"
    change(database, "insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
           " values (77, 'Person', 'x', 'x', 'other.example', %s, %s, %s, now(), now(), now())", uri, uri, uri + "/inbox")
    tidy(server)
    left = rows(database, "select split_part(name, '.', 1) from peers where name like '%%.gone.example' order by name")
    assert [name for (name,) in left] == ["actor", "heard", "looked", "paused", "waiting", "young"]
    change(database, "delete from deliveries where activity_id = 77")
    change(database, "delete from activities_out where id = 77")
    change(database, "delete from actors where id = 77")
    change(database, "delete from peers where name like '%%.gone.example'")


def test_old_receipts_become_sums_per_host_and_month(server, database):
    server.create_account("clerk")
    change(database, "insert into activities_out (id, uri, type, actor_id, body, body_sha256, created_at)"
           " select n, 'https://x.example/' || n, 'Create', a.id, '{\"a\": 1}', sha256('x'), now() - interval '100 days'"
           " from actors a, generate_series(1, 3) n where a.username = 'clerk'")
    change(database, "insert into deliveries (activity_id, inbox_url, peer, state, ended_at)"
           " select n, 'https://p.example/' || m, 'p.example', case when m = 1 then 'refused' else 'accepted' end,"
           " now() - interval '95 days' from generate_series(1, 2) n, generate_series(1, 400) m")
    change(database, "insert into deliveries (activity_id, inbox_url, peer) values (3, 'https://p.example/1', 'p.example')")
    assert tidy(server)["deliveries"] == 800
    assert rows(database, "select peer, state, sum(deliveries)::int from delivery_sums group by 1, 2 order by 2") == [
        ("p.example", "accepted", 798), ("p.example", "refused", 2)]
    assert rows(database, "select id, body = '{}' from activities_out where uri like 'https://x.example/%%'") == [(3, False)]
    change(database, "update deliveries set state = 'accepted', ended_at = now() where activity_id = 3")
    tidy(server)
    assert rows(database, "select body = '{}' from activities_out where id = 3") == [(True,)]


REMOTE_POST = ("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at, fetched_at)"
               " values (%s, %s, %s, %s, %s, 'public', '', now() - interval '200 days', now() - interval '200 days')")


def test_old_remote_posts_go_unless_somebody_here_touched_them(server, database):
    server.create_account("keeper")
    ((local_id,),) = rows(database, "select id from actors where username = 'keeper'")
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
                       " values (900, 'Person', 'r', 'r', 'r.example', 'https://r.example/u', 'https://r.example/u',"
                       " 'https://r.example/u/inbox', now(), now(), now())")
        names = ["untouched", "favourited", "boosted", "answered", "mentions", "voted", "parent", "child_of_local", "read_lately"]
        for number, name in enumerate(names, 1):
            uri = f"https://r.example/{name}"
            cursor.execute(REMOTE_POST, (number, 900, uri, uri, number))
        cursor.execute("insert into actor_counts (actor_id, posts) values (900, 9)")
        cursor.execute("insert into favourites (id, actor_id, post_id, uri) values (1, %s, 2, 'https://s.example/f')", (local_id,))
        cursor.execute("insert into boosts (id, actor_id, post_id, uri) values (1, %s, 3, 'https://s.example/b')", (local_id,))
        cursor.execute("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at, in_reply_to_id)"
                       " values (1000, %s, 'https://s.example/p', 'https://s.example/p', 4, 'public', '', now(), 4)", (local_id,))
        cursor.execute("insert into post_mentions (post_id, actor_id) values (5, %s)", (local_id,))
        cursor.execute("insert into polls (post_id, is_multiple) values (6, false)")
        cursor.execute("insert into poll_options (post_id, position, title) values (6, 0, 'a')")
        cursor.execute("insert into poll_votes (post_id, position, actor_id, uri) values (6, 0, %s, 'https://s.example/v')", (local_id,))
        # Answered by a remote post that is young.
        cursor.execute("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at, fetched_at,"
                       " in_reply_to_id) values ((extract(epoch from now()) * 1000)::bigint << 16, 900, 'https://r.example/young',"
                       " 'https://r.example/young', 7, 'public', '', now(), now(), 7)")
        cursor.execute("update posts set in_reply_to_id = 1000 where id = 8")
        cursor.execute("update posts set fetched_at = now() where id = 9")
        cursor.execute("insert into media (id, name, actor_id, kind, mime_type, size_bytes, remote_url) values"
                       " (1, 'AAAAAAAAAAAAAAAAAAAAAA', 900, 'image', 'image/png', 0, 'https://r.example/1.png')")
        cursor.execute("insert into post_media (post_id, position, media_id) values (1, 0, 1)")
    assert tidy(server)["remote_posts"] == 1
    left = {uri.rsplit("/", 1)[1] for (uri,) in rows(database, "select uri from posts where actor_id = 900")}
    assert left == {"favourited", "boosted", "answered", "mentions", "voted", "parent", "child_of_local", "read_lately", "young"}
    assert rows(database, "select count(*) from media where id = 1") == [(0,)]
    assert rows(database, "select posts from actor_counts where actor_id = 900") == [(8,)]
    assert rows(database, "select count(*) from tombstones where uri = 'https://r.example/untouched'") == [(0,)]
    assert tidy(server, "retention.remote_posts=0s")["remote_posts"] == 0
