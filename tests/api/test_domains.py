# SPDX-License-Identifier: AGPL-3.0-or-later
"""Domains that an organisation says are its own: what they have to show, who is told, and when it ends."""
import shutil
import socket
import ssl
import struct
import threading

import pytest

from support import processes
from support.api import person
from support.brand import problem
from support.federated import FederatedServer
from support.peers import Authority, Peer, answer
from support.server import binary
from support.waiting import wait_until

SCOPES = "read write brand:read brand:admin"
BASE = "/api/brand/v1/orgs"


class NameServer:
    """TXT records over UDP: texts by name, or a function of the query that answers byte for byte."""

    def __init__(self):
        self.records, self.asked = {}, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            end, labels = 12, []
            while query[end]:
                labels.append(query[end + 1:end + 1 + query[end]].decode())
                end += 1 + query[end]
            name = ".".join(labels)
            self.asked.append(name)
            texts = self.records.get(name)
            if callable(texts):
                self.socket.sendto(texts(query, query[12:end + 5]), peer)
                continue
            answers = b""
            for text in texts or []:
                parts = b"".join(bytes([len(text[i:i + 200])]) + text[i:i + 200].encode() for i in range(0, len(text), 200))
                answers += b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(parts)) + parts
            flags = 0x8180 if texts is not None else 0x8183
            self.socket.sendto(query[:2] + struct.pack(">HHHHH", flags, 1, len(texts or []), 0, 0) + query[12:end + 5] + answers, peer)

    def close(self):
        self.socket.close()


class World:
    def __init__(self, database, directory):
        self.names, self.count = NameServer(), 0
        self.authority = Authority(directory)
        self.pages = {}
        self.address = "127.83.7.1"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.authority.files("*.shop.test", *(f"www.d{n}.shop.test" for n in range(1, 40))))
        self.web = Peer(self.reply, context=context, address=self.address, port=443)
        self.server = FederatedServer(database, {
            "federation.ca_file": self.authority.pem_path, "dns.server": f"127.0.0.1:{self.names.port}"},
            env={"LD_PRELOAD": binary("libcomptoir_getaddrinfo_shim.so"), "GETADDRINFO_MAP": f"*.shop.test={self.address}"})
        self.server.start()
        self.database = self.server.database
        for name in ("marie", "luc", "otto"):
            setattr(self, name, person(self.server, name, scopes=SCOPES))
        self.server.command("org", "create", "fleurs", "--founder", "marie", "--account", "fleurs")
        self.server.command("org", "create", "autre", "--founder", "otto", "--account", "autre")
        self.server.command("member", "add", "fleurs", "luc")
        self.brand = self.database.value("select id from actors where handle = 'fleurs'")

    def reply(self, request, _sock):
        host = request.header("Host")
        page = self.pages.get((host, request.target))
        if page is None:
            return answer(404, b"no")
        if isinstance(page, bytes) and page.startswith(b"HTTP/"):
            return page
        kind = "text/html" if request.target == "/" else "text/plain"
        return answer(200, page.encode(), [("Content-Type", kind)])

    def domain(self):
        self.count += 1
        return f"d{self.count}.shop.test"

    def add(self, domain, api=None, org="fleurs"):
        return (api or self.marie).post(f"{BASE}/{org}/domains", 201, json={"domain": domain})

    def show(self, made, org="fleurs", api=None):
        return (api or self.marie).get(f"{BASE}/{org}/domains/{made['id']}")

    def check(self, made, org="fleurs", api=None):
        """One more look, whose end is awaited."""
        before = self.first(made, org, api)["checked_at"]
        (api or self.marie).post(f"{BASE}/{org}/domains/{made['id']}/verify", 202)
        wait_until(lambda: self.show(made, org, api)["checked_at"] != before, 30, "a check")
        return self.show(made, org, api)

    def first(self, made, org="fleurs", api=None):
        wait_until(lambda: self.show(made, org, api)["checked_at"], 30, "the first check")
        return self.show(made, org, api)

    def actions(self):
        return [one["action"] for one in self.marie.get("/api/brand/v1/audit", org="fleurs") if one["action"].startswith("domain.")]

    def remove(self):
        self.server.remove()
        self.web.close()
        self.names.close()


@pytest.fixture(scope="module")
def world(database):
    directory = processes.make_directory("comptoir-ca-")
    made = World(database, directory)
    try:
        yield made
    finally:
        made.remove()
        shutil.rmtree(directory, ignore_errors=True)


def test_a_record_of_the_name_server_shows_it(world):
    domain = world.domain()
    made = world.add(domain)
    assert made["state"] == "waiting" and made["dns_txt"]["name"] == f"_comptoir.{domain}"
    found = world.first(made)
    assert found["state"] == "missing" and found["last_error"] == (
        "dns_txt: there is no such record; well_known: there is no such page; rel_me: there is no such page")
    world.names.records[made["dns_txt"]["name"]] = ["v=spf1 -all", made["dns_txt"]["value"]]
    found = world.check(made)
    assert (found["state"], found["method"], found["failures"], found["last_error"]) == ("verified", "dns_txt", 0, None)
    assert world.actions()[:2] == ["domain.verified", "domain.add"]


def test_another_token_shows_nothing(world):
    one = world.domain()
    made, theirs = world.add(one), world.add(one, world.otto, "autre")
    world.names.records[made["dns_txt"]["name"]] = [theirs["dns_txt"]["value"] + "x", made["dns_txt"]["value"][:-1], ""]
    world.pages[one, "/.well-known/comptoir-verification"] = theirs["well_known"]["value"]
    found = world.check(made)
    assert found["state"] == "missing" and "the record says something else" in found["last_error"]
    assert "the file says something else" in found["last_error"]


def test_a_file_of_the_web_server_shows_it(world):
    domain = world.domain()
    made = world.add(domain)
    world.pages[domain, "/.well-known/comptoir-verification"] = f"# ours\r\n{made['well_known']['value']}\r\n"
    assert made["well_known"]["url"] == f"https://{domain}/.well-known/comptoir-verification"
    assert world.check(made)["method"] == "well_known"


def test_a_link_of_the_home_page_shows_it(world):
    domain = world.domain()
    made = world.add(domain)
    world.pages[domain, "/"] = f'<p>see <a rel="me" href="{world.server.url}/@otto">him</a>'
    assert "rel_me: the page links to no account of the organisation" in world.check(made)["last_error"]
    world.pages[domain, "/"] = f'<p>see <a rel="me" href="{world.server.url}/@fleurs">us</a>'
    assert world.check(made)["method"] == "rel_me"


def test_a_page_of_somebody_else_shows_nothing(world):
    domain, other = world.domain(), world.domain()
    made = world.add(domain)
    world.pages[other, "/.well-known/comptoir-verification"] = made["well_known"]["value"]
    world.pages[domain, "/.well-known/comptoir-verification"] = answer(302, b"", [("Location", f"https://{other}/.well-known/comptoir-verification")])
    found = world.check(made)
    assert found["state"] == "missing" and "well_known: the page is somewhere else" in found["last_error"]
    world.pages["www." + domain, "/x"] = made["well_known"]["value"]
    world.pages[domain, "/.well-known/comptoir-verification"] = answer(302, b"", [("Location", f"https://www.{domain}/x")])
    assert world.check(made)["method"] == "well_known", "the www of a domain is its own"


def test_a_name_server_that_lies_or_babbles_does_no_harm(world):
    domain = world.domain()
    made = world.add(domain)
    name = made["dns_txt"]["name"]
    for reply in (lambda query, question: query[:2] + b"\x81\x80" + b"\xff" * 40,
                  lambda query, question: query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + question + b"\xc0\x0c\0\x10\0\1\0\0\0\1\xff\xff" + b"x" * 30,
                  lambda query, question: query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + question + b"\xc0\x0c\0\x10\0\1\0\0\0\1\0\3\xffab"):
        world.names.records[name] = reply
        assert world.check(made)["state"] == "missing"
    assert world.server.is_running()


def test_after_three_failures_in_a_row_it_is_verified_no_longer(world):
    domain = world.domain()
    made = world.add(domain)
    name = made["dns_txt"]["name"]
    world.names.records[name] = [made["dns_txt"]["value"]]
    since = world.check(made)["verified_at"]
    del world.names.records[name]
    assert [(found["state"], found["failures"]) for found in (world.check(made), world.check(made))] == [("verified", 1), ("verified", 2)]
    world.names.records[name] = [made["dns_txt"]["value"]]
    found = world.check(made)
    assert (found["verified_at"], found["failures"]) == (since, 0)
    del world.names.records[name]
    assert [world.check(made)["state"] for _ in range(3)] == ["verified", "verified", "missing"]
    assert world.actions()[0] == "domain.lost"


def test_it_is_looked_at_each_day(world):
    made = world.add(world.domain())
    world.names.records[made["dns_txt"]["name"]] = [made["dns_txt"]["value"]]
    world.check(made)
    hours = "select round(extract(epoch from due_at - now()) / 3600) from jobs where kind = 'verify_domain' and key = %s"
    assert wait_until(lambda: world.database.value(hours, (made["id"],)), 20, "the next look") == 24


def test_one_organisation_at_a_time_holds_a_domain(world):
    domain = world.domain()
    made, theirs = world.add(domain), world.add(domain, world.otto, "autre")
    world.names.records[f"_comptoir.{domain}"] = [made["dns_txt"]["value"]]
    assert world.check(made)["state"] == "verified"
    world.names.records[f"_comptoir.{domain}"].append(theirs["dns_txt"]["value"])
    found = world.check(theirs, "autre", world.otto)
    assert found["state"] == "missing" and found["last_error"] == "another organisation has verified it"
    world.marie.call("DELETE", f"{BASE}/fleurs/domains/{made['id']}", 204)
    found = world.check(theirs, "autre", world.otto)
    assert found["state"] == "verified", found["last_error"]


def fields(world):
    account = world.marie.get(f"/api/v1/accounts/{world.brand}")
    return {field["name"]: field["verified_at"] for field in account["fields"]}


def test_links_of_profiles_to_a_verified_domain_are_verified_as_long_as_it_is(world):
    domain = world.domain()
    values = [(f"https://{domain}/shop", "Shop"), (f"https://blog.{domain}/", "Blog"), (f"https://not{domain}/", "Other")]
    stored = ",".join('{"name":"%s","value":"<a href=\\"%s\\" rel=\\"nofollow noopener noreferrer me\\" translate=\\"no\\">x</a>"}' % (name, url)
                      for url, name in values)
    world.database.rows("update actors set fields = %s::jsonb where id = %s returning 1", (f"[{stored}]", world.brand))
    made = world.add(domain)
    world.names.records[made["dns_txt"]["name"]] = [made["dns_txt"]["value"]]
    world.check(made)
    wait_until(lambda: fields(world)["Shop"] and fields(world)["Blog"], 30, "verified links")
    assert fields(world)["Other"] is None
    world.marie.call("DELETE", f"{BASE}/fleurs/domains/{made['id']}", 204)
    wait_until(lambda: not fields(world)["Shop"] and not fields(world)["Blog"], 30, "links that are not")


@pytest.mark.parametrize("wrong", ["", "localhost", "192.0.2.1", "https://a.example", "a.example/x", "a.example:8443", "a b.example", "x" * 300 + ".example"])
def test_what_is_no_domain_is_refused(world, wrong):
    problem(world.marie.call("POST", f"{BASE}/fleurs/domains", None, json={"domain": wrong}), "bad-value", 422)


def test_domains_are_named_by_who_may_and_are_nobody_elses(world):
    domain = world.domain()
    made = world.add("MÜLLER-" + domain)
    assert made["domain"].startswith("xn--mller-")
    problem(world.marie.call("POST", f"{BASE}/fleurs/domains", None, json={"domain": made["domain"]}), "conflict", 409)
    problem(world.luc.call("POST", f"{BASE}/fleurs/domains", None, json={"domain": domain}), "permission-missing", 403)
    path = f"{BASE}/autre/domains/{made['id']}"
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/verify")):
        problem(world.otto.call(method, path + rest, None), "not-found", 404)
    assert made["id"] in [one["id"] for one in world.luc.get(f"{BASE}/fleurs/domains")["domains"]]


def test_the_operator_names_and_removes_domains(world):
    domain = world.domain()
    printed = world.server.command("org", "add-domain", "fleurs", domain).stdout
    assert f"_comptoir.{domain}" in printed and "comptoir-verification=" in printed
    made = next(one for one in world.marie.get(f"{BASE}/fleurs/domains")["domains"] if one["domain"] == domain)
    world.names.records[made["dns_txt"]["name"]] = [made["dns_txt"]["value"]]
    world.first(made)
    world.server.command("org", "verify-domain", "fleurs", domain)
    wait_until(lambda: world.show(made)["state"] == "verified", 30, "a verified domain")
    assert f"{domain}" in world.server.command("org", "domains", "fleurs").stdout
    world.server.command("org", "remove-domain", "fleurs", domain)
    assert world.server.command("org", "remove-domain", "fleurs", domain, check=False).returncode != 0
    assert domain not in world.server.command("org", "domains", "fleurs", "--json").stdout
