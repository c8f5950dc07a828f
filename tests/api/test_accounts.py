# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an operator does to accounts by the command line, and what other servers would hear of it."""
import json

import pytest

OK, FAILED, USAGE, CONFIGURATION, DATABASE, NOT_FOUND, CONFLICT = range(7)
ACTIVITY = {"Accept": "application/activity+json"}


def make_remote(server, name, followed=None, aliases=()):
    """An actor of another server, as if it had been read; it follows a local one."""
    uri = f"https://far.example/users/{name}"
    server.database.rows(f"""
        insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, also_known_as, created_at, updated_at, fetched_at)
        select coalesce(max(id), 0) + 1, 'Person', '{name}', '{name}', 'far.example', '{uri}', '{uri}', '{uri}/inbox',
               array[{", ".join("'" + alias + "'" for alias in aliases)}]::text[], now(), now(), now() from actors""", user="superuser")
    if followed:
        server.database.rows(f"""
            with pair as (select f.id as follower_id, t.id as followed_id from actors f, actors t
                          where f.uri = '{uri}' and t.handle = lower('{followed}') and t.domain_id is not null),
                 one as (insert into follows (id, follower_id, followed_id, state, uri)
                         select follower_id, follower_id, followed_id, 'accepted', '{uri}#follow' from pair)
            insert into actor_counts (actor_id, followers, following)
            select followed_id, 1, 0 from pair union all select follower_id, 0, 1 from pair
            on conflict (actor_id) do update set followers = actor_counts.followers + excluded.followers""", user="superuser")
    return uri


def sent(server, name):
    return [row[0] for row in server.database.rows(f"""
        select a.type from activities_out a join actors s on s.id = a.actor_id
        where s.handle = lower('{name}') and s.domain_id is not null order by a.id""")]


def shown(server, name):
    return json.loads(server.command("account", "show", name, "--json").stdout)


def test_new_keys_are_published_and_sent(server):
    server.create_account("roller")
    make_remote(server, "rollers-fan", "roller")
    before = server.get("/users/roller", headers=ACTIVITY).json()["publicKey"]
    done = json.loads(server.command("account", "rotate-keys", "roller", "--json").stdout)
    assert done["done"] == "has new keys" and done["account"].startswith("@roller@")
    row = server.database.rows(f"select public_pem from actor_keys where uri = '{before['id']}'")
    assert row[0][0] != before["publicKeyPem"]
    assert sent(server, "roller") == ["Update"]
    assert server.command("account", "rotate-keys", "nobody-here", check=False).returncode == NOT_FOUND


def test_an_account_is_suspended_and_comes_back(server):
    server.create_account("noisy")
    assert "suspended" in server.command("account", "suspend", "noisy").stdout
    assert shown(server, "noisy")["is_suspended"]
    assert server.get("/users/noisy", headers=ACTIVITY).json().get('suspended') is True
    server.command("account", "unsuspend", "noisy")
    assert not shown(server, "noisy")["is_suspended"]


def test_an_account_of_another_server_is_silenced_and_suspended(server):
    server.create_account("quiet")
    uri = make_remote(server, "loud", "quiet")

    def state():
        return server.database.rows(f"select silenced_at is not null, suspended_at is not null from actors where uri = '{uri}'")[0]
    server.command("account", "silence", "loud@far.example")
    assert state() == (True, False)
    server.command("account", "unsilence", uri)
    assert state() == (False, False)
    server.command("account", "suspend", "@loud@far.example")
    assert state() == (False, True)
    assert sent(server, "quiet") == ["Reject"], "it would still be sent what it follows"
    server.command("account", "unsuspend", "loud@far.example")
    assert state() == (False, False)
    assert server.command("account", "suspend", "who@far.example", check=False).returncode == NOT_FOUND


def test_an_account_is_deleted_only_when_that_is_meant(server):
    server.create_account("leaver")
    make_remote(server, "leavers-fan", "leaver")
    refused = server.command("account", "delete", "leaver", check=False)
    assert refused.returncode == USAGE and "--yes" in refused.stderr and not shown(server, "leaver")["is_deleted"]
    server.command("account", "delete", "leaver", "--yes")
    gone = shown(server, "leaver")
    assert gone["is_deleted"] and gone["user"] is None and gone["followers"] == 0
    assert sent(server, "leaver") == ["Delete"]
    assert server.get("/users/leaver", headers=ACTIVITY).status_code == 410
    assert server.command("account", "delete", "leaver", "--yes", check=False).returncode == NOT_FOUND
    again = server.command("account", "create", "leaver", "--email", "again@example.test", check=False)
    assert again.returncode == CONFLICT


def test_the_actor_of_the_instance_stays(server):
    name = server.database.rows("select username from actors where kind = 'Application' and domain_id is not null")[0][0]
    for arguments in (["suspend", name], ["delete", name, "--yes"]):
        refused = server.command("account", *arguments, check=False)
        assert refused.returncode == CONFLICT and "instance itself" in refused.stderr


def test_aliases_are_added_listed_published_and_removed(server):
    server.create_account("mover")
    aliases = ["https://old.example/users/mover", "https://older.example/users/mover"]
    for alias in aliases + aliases[:1]:
        server.command("account", "add-alias", "mover", alias)
    assert json.loads(server.command("account", "list-aliases", "mover", "--json").stdout) == aliases
    assert server.command("account", "list-aliases", "mover").stdout.split() == aliases
    assert server.get("/users/mover", headers=ACTIVITY).json()["alsoKnownAs"] == aliases
    server.command("account", "remove-alias", "mover", aliases[0])
    assert json.loads(server.command("account", "list-aliases", "mover", "--json").stdout) == aliases[1:]
    assert server.command("account", "remove-alias", "mover", aliases[0], check=False).returncode == NOT_FOUND
    assert server.command("account", "add-alias", "mover", "javascript://x", check=False).returncode == USAGE


def test_an_account_moves_to_one_here_that_expects_it(server):
    for name in ("from", "to", "reader"):
        server.create_account(name)
    unsure = server.command("account", "move", "from", "--to", "to", check=False)
    assert unsure.returncode == USAGE and "--yes" in unsure.stderr
    refused = server.command("account", "move", "from", "--to", "to", "--yes", check=False)
    assert refused.returncode == USAGE and "aliases" in refused.stderr
    origin = shown(server, "from")["uri"]
    server.command("account", "add-alias", "to", origin)
    make_remote(server, "froms-fan", "from")
    server.command("account", "move", "from", "--to", "to", "--yes")
    assert sent(server, "from") == ["Update", "Move"]
    moved = server.database.rows("select m.handle from actors a join actors m on m.id = a.moved_to_id where a.handle = 'from'")
    assert moved == [("to",)]
    server.command("account", "add-alias", "reader", origin)
    again = server.command("account", "move", "from", "--to", "reader", "--yes", check=False)
    assert again.returncode == FAILED and "30 days" in again.stderr
    assert server.command("account", "move", "from", check=False).returncode == USAGE


@pytest.mark.parametrize("verb", ["suspend", "unsuspend", "silence", "unsilence", "delete", "rotate-keys", "move",
                                  "add-alias", "remove-alias", "list-aliases"])
def test_each_deed_explains_itself(server, verb):
    text = server.command("account", verb, "--help").stdout
    assert f"comptoir account {verb}" in text and "Example" in text
