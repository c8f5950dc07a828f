# SPDX-License-Identifier: AGPL-3.0-or-later
"""Remote actors who are known here with their key, and read our documents with signatures; no server stands behind them."""
from support import fleet, world

KEY = fleet.new_key()
ACTIVITY = "application/activity+json"


def plant(database, name, host):
    """The id of a remote actor NAME at https://HOST that signs with KEY."""
    number = world.new_id()
    uri = f"https://{host}/users/{name}"
    database.rows(
        "insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, created_at, updated_at,"
        " fetched_at) values (%s, 'Person', %s, %s, %s, %s, %s, %s, %s, now(), now(), now())",
        (number, name, name, host, uri, uri, uri + "/inbox", f"https://{host}/inbox"))
    database.rows("insert into actor_keys (uri, actor_id, kind, public_pem) values (%s, %s, 'rsa', %s)",
                  (uri + "#main-key", number, fleet.public_pem(KEY)))
    return number


def follow(database, follower_id, followed_id, state="accepted"):
    number = world.new_id()
    database.rows("insert into follows (id, follower_id, followed_id, state, uri) values (%s, %s, %s, %s, %s)",
                  (number, follower_id, followed_id, state, f"https://follows.example/{number}"))
    if state == "accepted":
        for actor, column in ((follower_id, "following"), (followed_id, "followers")):
            database.rows(f"insert into actor_counts as c (actor_id, {column}) values (%s, 1) on conflict (actor_id)"
                          f" do update set {column} = c.{column} + 1", (actor,))
    return number


def get(server, path, signer=None, accept=ACTIVITY, key=KEY, **keywords):
    """signer: (name, host) of a planted actor, or None."""
    headers = {"Accept": accept}
    if signer:
        headers.update(fleet.sign(key, f"https://{signer[1]}/users/{signer[0]}#main-key", "GET", server.url + path))
    return server.get(path, headers=headers, **keywords)
