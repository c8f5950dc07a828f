# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names that look like those of a brand: told to it, let be, or reported to the moderators."""
import json

import pytest

from support.api import new_id
from support.brand import World, problem
from support.far import far_actor
from support.waiting import wait_until


@pytest.fixture
def world(server):
    return World(server)


def run_job(world):
    world.database.rows("update jobs set due_at = now() where kind = 'look_alikes' returning 1")
    world.database.rows("select pg_notify('comptoir_wake', '8')")


def found_of(world, actor_id):
    run_job(world)
    return wait_until(lambda: next((one for one in world.marie.get("/look_alikes", org=world.slug) if one["actor_id"] == actor_id), None),
                      30, "the name to be found")


def entry(world, action):
    return next((one for one in world.marie.get("/audit", org=world.slug) if one["action"] == action), None)


def deed(world, api, found, verb, status=200, slug=None, **body):
    return api.call("POST", f"/look_alikes/{found['id']}/{verb}", status, params={"org": slug or world.slug}, json=body)


def test_a_name_that_looks_like_a_brand_is_told_and_dismissed(world):
    name = ("fleurs" + world.suffix).replace("e", "3")
    found = found_of(world, far_actor(world.database, name, domain="evil.example", display_name="x"))
    assert (found["account_id"], found["matched"], found["distance"], found["state"]) == (world.account(), "username", 0, "open")
    assert found["acct"] == name + "@evil.example" and not found["local"]
    assert name in world.server.command("org", "look-alikes", world.slug).stdout
    assert world.paul.get("/look_alikes", org=world.other_slug) == []
    problem(deed(world, world.paul, found, "dismiss", 404, world.other_slug), "not-found", 404)
    world.member("luc", "reader")
    assert [one["id"] for one in world.luc.get("/look_alikes", org=world.slug)] == [found["id"]]
    problem(deed(world, world.luc, found, "dismiss", 403), "permission-missing", 403)
    assert world.marie.get("/look_alikes", org=world.slug)[0]["state"] == "open"
    dismissed = deed(world, world.marie, found, "dismiss").json()
    assert dismissed["state"] == "dismissed" and dismissed["decided_at"] and dismissed["report_id"] is None
    assert world.marie.get("/look_alikes", org=world.slug) == []
    assert [one["id"] for one in world.marie.get("/look_alikes", org=world.slug, state="dismissed")] == [found["id"]]
    for verb in ("dismiss", "report"):
        problem(deed(world, world.marie, found, verb, 409), "wrong-state", 409)
    assert entry(world, "look_alike.dismiss")["target"] == "look_alike:" + found["id"]
    problem(world.marie.call("GET", "/look_alikes", 422, params={"org": world.slug, "state": "lost"}), "bad-value", 422)


def test_a_name_that_looks_like_a_brand_is_reported_to_the_moderators(world):
    found = found_of(world, far_actor(world.database, f"n{new_id()}", domain="evil.example",
                                      display_name=f"Fl\N{CYRILLIC SMALL LETTER IE}urs{world.suffix}"))
    assert found["matched"] == "display_name"
    problem(deed(world, world.marie, found, "report", 422, category="violation"), "bad-value", 422)
    problem(deed(world, world.marie, found, "report", 422, comment="x" * 4001), "bad-value", 422)
    reported = deed(world, world.marie, found, "report", comment="This is not us.", category="spam").json()
    assert reported["state"] == "reported"
    report = world.server.command("report", "show", reported["report_id"], "--json").stdout
    assert "This is not us." in report and "spam" in report
    assert world.database.value("select reporter_id::text from reports where id = %s", (reported["report_id"],)) == world.account()
    written = entry(world, "look_alike.report")
    assert written["data"] == {"actor_id": found["actor_id"]} and "not us" not in json.dumps(written)


def test_lists_are_paged(world):
    ids = {far_actor(world.database, f"fleurs{world.suffix}", domain=f"h{number}.evil.example", display_name="x") for number in range(3)}

    def read(**parameters):
        return world.marie.call("GET", "/look_alikes", params={"org": world.slug, **parameters})
    run_job(world)
    wait_until(lambda: ids <= {one["actor_id"] for one in read().json()}, 30, "all to be found")
    whole, pages = [one["id"] for one in read().json()], []
    page = read(limit=2)
    assert 'rel="next"' in page.headers["Link"]
    while page.json():
        assert len(page.json()) <= 2
        pages += [one["id"] for one in page.json()]
        page = read(limit=2, max_id=pages[-1])
    assert pages == whole
