# SPDX-License-Identifier: AGPL-3.0-or-later
"""People of other servers, put straight into the database: nobody answers at their inboxes."""
from support.api import new_id


def far_actor(database, name, domain="far.example", **columns):
    """The id of a new remote actor, as text."""
    base = f"https://{domain}/users/{name}"
    row = {"id": new_id(), "kind": "Person", "username": name, "handle": name.lower(), "domain": domain, "uri": base,
           "url": f"https://{domain}/@{name}", "inbox_url": base + "/inbox", "display_name": name.title(), **columns}
    names = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    database.rows(f"insert into actors ({names}, created_at, updated_at, fetched_at)"
                  f" values ({places}, now(), now(), now()) returning id", tuple(row.values()))
    return str(row["id"])


def follow(database, follower, followed, state="accepted"):
    """A follow that is there already, with its counters."""
    number = new_id()
    database.rows("insert into follows (id, follower_id, followed_id, state, uri) values (%s, %s, %s, %s, %s) returning id",
                  (number, follower, followed, state, f"https://far.example/follows/{number}"))
    if state == "accepted":
        for column, actor in (("following", follower), ("followers", followed)):
            database.rows(f"insert into actor_counts as c (actor_id, {column}) values (%s, 1) on conflict (actor_id) do update"
                          f" set {column} = c.{column} + 1 returning actor_id", (actor,))
    return str(number)
