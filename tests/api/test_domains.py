# SPDX-License-Identifier: AGPL-3.0-or-later
"""Domains of organisations, proven in three ways, and names that look like those of a brand."""
import json

import pytest
import requests

from support.api import new_id
from support.brand import World, problem
from support.far import far_actor
from support.name_server import SERVFAIL, NameServer, txt
from support.peers import Peer, answer
from support.server import Server, binary
from support.waiting import wait_until

PROOF = "/.well-known/comptoir-verification"


@pytest.fixture(scope="module")
def names():
    server = NameServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def server(database, names):
    program = Server(database, {"dns.server": names.address, "federation.allow_addresses": "127.0.0.0/8"}, env={
        "LD_PRELOAD": binary("libcomptoir_getaddrinfo_shim.so"), "GETADDRINFO_MAP": "*.peer.test=127.0.0.1"})
    try:
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture
def world(server):
    return World(server)


class Pages:
    """A web site whose pages are changed by the test: {path: (content type, text)}, or a place to be redirected to."""

    def __init__(self):
        self.pages = {}
        self.peer = Peer(self.reply)
        self.port = self.peer.port

    def reply(self, request, _sock):
        found = self.pages.get(request.target if hasattr(request, "target") else request.path)
        if found is None:
            return answer(404, b"no")
        if isinstance(found, str):
            return answer(302, b"", [("Location", found)])
        return answer(200, found[1].encode(), [("Content-Type", found[0])])


@pytest.fixture
def site():
    pages = Pages()
    yield pages
    pages.peer.close()


def run_jobs(world, kind):
    world.database.rows("update jobs set due_at = now() where kind = %s returning 1", (kind,))
    world.database.rows("select pg_notify('comptoir_wake', '8')")


def domain_of(world, name, api=None, slug=None):
    return next(one for one in (api or world.marie).get(f"/orgs/{slug or world.slug}/domains")["domains"] if one["domain"] == name)


def claim(world, name, status=201, api=None, slug=None, **more):
    return (api or world.marie).post(f"/orgs/{slug or world.slug}/domains", status, json={"domain": name, **more})


def check(world, name, api=None, slug=None):
    """Asks for a check, and gives the domain as it is after it."""
    asked = (api or world.marie).post(f"/orgs/{slug or world.slug}/domains/{name}/verify", 202, json={})
    assert asked["checking"]
    return wait_until(lambda: (lambda found: found if not found["checking"] else None)(domain_of(world, name, api, slug)), 30,
                      "the domain to be checked")


def entry(world, action):
    return next((one for one in world.marie.get("/audit", org=world.slug) if one["action"] == action), None)


def test_a_record_of_the_dns_proves_a_domain(world, names):
    name = f"{world.slug}.peer.test"
    found = claim(world, f" {name.upper()}. ")
    assert (found["domain"], found["method"], found["verified"]) == (name, "dns_txt", False)
    assert found["place"] == f"_comptoir.{name}" and found["proof"] == "comptoir-verification=" + found["token"]
    missing = check(world, name)
    assert (missing["problem"], missing["failed_checks"], missing["verified"]) == ("missing", 1, False)
    names.records[found["place"]] = SERVFAIL
    assert check(world, name)["problem"] == "unavailable"
    names.records[found["place"]] = [txt("v=spf1 -all"), txt(found["proof"] + "x"), txt(found["proof"][:-1]), b"\xffx"]
    assert check(world, name)["problem"] == "missing"
    names.records[found["place"]] = [txt("v=spf1 -all"), txt(found["proof"][:9], found["proof"][9:])]
    proven = check(world, name)
    assert proven["verified"] and proven["verified_at"] and proven["problem"] is None and proven["failed_checks"] == 0
    written = entry(world, "domain.verify")
    assert written["door"] == "worker" and written["target"] == "domain:" + found["id"]
    assert written["data"] == {"domain": name, "method": "dns_txt"}


def test_a_file_proves_a_domain_and_wherever_it_leads_to_does_not(world, site):
    name, other = f"{world.slug}.peer.test:{site.port}", f"other.peer.test:{site.port}"
    found = claim(world, name, method="well_known")
    assert found["place"] == f"http://{name}{PROOF}" and found["proof"] == found["token"]
    assert check(world, name)["problem"] == "missing"
    site.pages[PROOF] = f"http://{other}/elsewhere"
    site.pages["/elsewhere"] = ("text/plain", found["token"])
    assert check(world, name)["problem"] == "missing"
    site.pages[PROOF] = ("application/octet-stream", "something else")
    assert check(world, name)["problem"] == "missing"
    site.pages[PROOF] = ("application/octet-stream", f"comptoir: {found['token']}\n")
    assert check(world, name)["verified"]


def test_a_page_that_links_back_proves_a_domain(world, site):
    name = f"{world.slug}.peer.test:{site.port}"
    page = f"http://{name}/about"
    problem(world.marie.call("POST", f"/orgs/{world.slug}/domains", 422, json={
        "domain": name, "method": "rel_me", "page": f"http://other.peer.test:{site.port}/about"}), "bad-value", 422)
    found = claim(world, name, method="rel_me", page=page)
    assert found["place"] == page and "rel=\"me\"" in found["proof"]
    site.pages["/about"] = ("text/html", found["proof"].replace(world.suffix, "somebody"))
    assert check(world, name)["problem"] == "missing"
    site.pages["/about"] = ("text/html", f"<html>{found['proof']}</html>")
    assert check(world, name)["verified"]


def test_what_is_no_domain_or_there_already_is_refused(world):
    for wrong in ("", "fleurs", "192.0.2.1", "fleurs.example/path", "http://x@y", "fleurs example", "a" * 250 + ".example"):
        problem(world.marie.call("POST", f"/orgs/{world.slug}/domains", 422, json={"domain": wrong}), "bad-value", 422)
    problem(world.marie.call("POST", f"/orgs/{world.slug}/domains", 422, json={"domain": "x.example", "method": "trust"}), "bad-value", 422)
    problem(world.marie.call("POST", f"/orgs/{world.slug}/domains", 422, json={"domain": "x.example", "page": "https://x.example/"}),
            "bad-value", 422)
    claim(world, "x.example")
    problem(world.marie.call("POST", f"/orgs/{world.slug}/domains", 409, json={"domain": "X.example"}), "conflict", 409)
    problem(world.paul.call("POST", f"/orgs/{world.slug}/domains", 404, json={"domain": "y.example"}), "not-found", 404)
    world.paul.call("DELETE", f"/orgs/{world.other_slug}/domains/x.example", 404)
    world.marie.call("DELETE", f"/orgs/{world.slug}/domains/x.example", 204)
    world.marie.call("DELETE", f"/orgs/{world.slug}/domains/x.example", 404)
    assert [one["action"] for one in world.marie.get("/audit", org=world.slug)[:2]] == ["domain.release", "domain.claim"]


def test_one_organisation_at_a_time_has_a_domain(world, names):
    name = f"{world.slug}-one.peer.test"
    ours, theirs = claim(world, name), claim(world, name, api=world.paul, slug=world.other_slug)
    assert ours["token"] != theirs["token"]
    names.records["_comptoir." + name] = [txt(ours["proof"]), txt(theirs["proof"])]
    assert check(world, name)["verified"]
    refused = check(world, name, world.paul, world.other_slug)
    assert not refused["verified"] and refused["problem"] == "taken"
    world.marie.call("DELETE", f"/orgs/{world.slug}/domains/{name}", 204)
    assert check(world, name, world.paul, world.other_slug)["verified"]


def fields(world, actor_id):
    return {one["name"]: one["verified_at"] for one in
            requests.get(f"{world.server.url}/api/v1/accounts/{actor_id}", timeout=10).json()["fields"]}


def test_links_to_a_verified_domain_are_verified_until_it_falls(world, names):
    name, actor_id = f"{world.slug}-links.peer.test", world.account()
    speaker = world.bound("marie", actor_id)
    speaker.patch("/api/v1/accounts/update_credentials", json={"fields_attributes": [
        {"name": "shop", "value": f"https://www.{name}/shop"}, {"name": "other", "value": f"https://not{name}/"}]})
    found = claim(world, name)
    assert fields(world, actor_id) == {"shop": None, "other": None}
    names.records[found["place"]] = [txt(found["proof"])]
    assert check(world, name)["verified"]
    verified = wait_until(lambda: fields(world, actor_id)["shop"], 30, "the link to be verified")
    assert fields(world, actor_id) == {"shop": verified, "other": None}
    speaker.patch("/api/v1/accounts/update_credentials", json={"fields_attributes": [
        {"name": "new", "value": "x"}, {"name": "shop", "value": f"https://www.{name}/shop"}]})
    assert fields(world, actor_id) == {"new": None, "shop": verified}
    names.records[found["place"]] = []
    for failures in (1, 2):
        run_jobs(world, "verify_domain")
        again = wait_until(lambda: (lambda one: one if one["failed_checks"] == failures else None)(domain_of(world, name)), 30,
                           "the domain to be checked again")
        assert again["verified"] and again["problem"] == "missing"
    assert entry(world, "domain.drop") is None
    run_jobs(world, "verify_domain")
    wait_until(lambda: not domain_of(world, name)["verified"], 30, "the domain to fall")
    assert entry(world, "domain.drop")["door"] == "worker"
    wait_until(lambda: not fields(world, actor_id)["shop"], 30, "the link to be verified no more")
    world.server.command("audit", "verify", world.slug)


def test_a_verified_domain_is_looked_at_again_in_a_day(world, names):
    found = claim(world, f"{world.slug}-day.peer.test")
    names.records[found["place"]] = [txt(found["proof"])]
    assert check(world, found["domain"])["verified"]
    wait_until(lambda: world.database.value(
        "select due_at between now() + interval '23 hours' and now() + interval '25 hours' from jobs where kind = 'verify_domain'"
        " and key = %s", (found["id"],)), 30, "the next check to be planned")
    world.marie.call("DELETE", f"/orgs/{world.slug}/domains/{found['domain']}", 204)
    world.database.rows("update jobs set due_at = now() where kind = 'verify_domain' and key = %s returning 1", (found["id"],))
    run_jobs(world, "verify_domain")
    wait_until(lambda: not world.database.value("select count(*) from jobs where kind = 'verify_domain' and key = %s",
                                                (found["id"],)), 30, "the job to end")


def test_the_operator_does_the_same(world, names):
    command, name = world.server.command, f"{world.slug}-cli.peer.test"
    added = json.loads(command("org", "add-domain", world.slug, name, "--json").stdout)
    assert added["state"] == "unchecked" and added["place"] == "_comptoir." + name
    names.records[added["place"]] = [txt(added["proof"])]
    command("org", "verify-domain", world.slug, name)
    wait_until(lambda: json.loads(command("org", "domains", world.slug, "--json").stdout)[0]["state"] == "verified", 30,
               "the domain to be verified")
    assert "verified" in command("org", "domains", world.slug).stdout
    assert entry(world, "domain.claim")["door"] == "command"
    assert command("org", "add-domain", world.slug, name, check=False).returncode == 6
    assert command("org", "add-domain", world.slug, "nothing", check=False).returncode == 2
    command("org", "remove-domain", world.slug, name)
    assert command("org", "remove-domain", world.slug, name, check=False).returncode == 5


# ---- look-alikes ----

def look_alike(world, username, **columns):
    actor_id = far_actor(world.database, username, domain="evil.example", **columns)
    run_jobs(world, "look_alikes")
    return wait_until(lambda: next((one for one in world.marie.get("/look_alikes", org=world.slug) if one["actor_id"] == actor_id), None),
                      30, "the name to be found")


def test_a_name_that_looks_like_a_brand_is_told_and_dismissed(world):
    name = "fleurs" + world.suffix
    found = look_alike(world, name.replace("e", "3"), display_name="x")
    assert (found["account_id"], found["matched"], found["distance"], found["state"]) == (world.account(), "username", 0, "open")
    assert found["acct"].endswith("@evil.example") and not found["local"]
    assert name.replace("e", "3") in world.server.command("org", "look-alikes", world.slug).stdout
    assert world.paul.get("/look_alikes", org=world.other_slug) == []
    problem(world.paul.call("POST", f"/look_alikes/{found['id']}/dismiss", 404, params={"org": world.other_slug}, json={}), "not-found", 404)
    world.member("luc", "reader")
    assert [one["id"] for one in world.luc.get("/look_alikes", org=world.slug)] == [found["id"]]
    problem(world.luc.call("POST", f"/look_alikes/{found['id']}/dismiss", 403, params={"org": world.slug}, json={}),
            "permission-missing", 403)
    dismissed = world.marie.post(f"/look_alikes/{found['id']}/dismiss?org={world.slug}", json={})
    assert dismissed["state"] == "dismissed" and dismissed["decided_at"]
    assert world.marie.get("/look_alikes", org=world.slug) == []
    assert [one["id"] for one in world.marie.get("/look_alikes", org=world.slug, state="dismissed")] == [found["id"]]
    problem(world.marie.call("POST", f"/look_alikes/{found['id']}/report", 409, params={"org": world.slug}, json={}), "wrong-state", 409)
    assert entry(world, "look_alike.dismiss")["target"] == "look_alike:" + found["id"]


def test_a_name_that_looks_like_a_brand_is_reported_to_the_moderators(world):
    found = look_alike(world, f"n{new_id()}", display_name=f"Flеurs{world.suffix}")  # with a Cyrillic letter
    assert found["matched"] == "display_name"
    reported = world.marie.post(f"/look_alikes/{found['id']}/report?org={world.slug}",
                                json={"comment": "This is not us.", "category": "spam"})
    assert reported["state"] == "reported"
    report = json.loads(world.server.command("report", "show", reported["report_id"], "--json").stdout)
    assert "This is not us." in json.dumps(report)
    assert world.database.value("select reporter_id::text from reports where id = %s", (reported["report_id"],)) == world.account()
    written = entry(world, "look_alike.report")
    assert written["data"] == {"actor_id": found["actor_id"]}
    assert "not us" not in json.dumps(written)
