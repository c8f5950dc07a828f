# SPDX-License-Identifier: AGPL-3.0-or-later
"""GETs of ActivityPub documents: who signs, who has to, and who is sent away (CHECKLIST G8)."""
import json

import pytest

from support.inbox import make_server, server, web  # noqa: F401
from support.signer import Actor, get


@pytest.fixture(scope="module")
def closed_server(postgres, web):
    from conftest import clone
    database = clone(postgres)
    program = make_server(database, {"federation.authorized_fetch": True})
    try:
        program.start()
        program.command("account", "create", "brand", "--kind", "organization")
        program.command("domain", "block", "suspended.test", "--severity", "suspend")
        program.stop()
        program.start()
        yield program
    finally:
        program.remove()
        database.drop()


def test_with_authorised_fetch_only_keys_are_shown_to_who_does_not_sign(closed_server, web):
    response = get(closed_server, "/users/brand")
    document = json.loads(response.body)
    assert response.status == 200 and "no-store" in response.header("Cache-Control")
    assert set(document) <= {"@context", "id", "type", "inbox", "preferredUsername", "publicKey", "assertionMethod"}
    assert document["publicKey"]["owner"] == document["id"] == closed_server.actor("brand")
    assert json.loads(get(closed_server, "/actor").body)["type"] == "Application"
    assert get(closed_server, "/.well-known/nodeinfo").status == 200
    assert get(closed_server, f"/.well-known/webfinger?resource=acct:brand@127.0.0.1:{closed_server.port}").status == 200


@pytest.mark.parametrize("path", ["/users/brand", "/@brand"])
def test_with_authorised_fetch_who_signs_sees_the_actor(closed_server, web, path):
    actor = Actor(web)
    for _ in range(2):
        response = get(closed_server, path, actor)
        assert response.status == 200 and "followers" in json.loads(response.body)
        assert "no-store" in response.header("Cache-Control") and "Signature" in response.header("Vary")
    assert get(closed_server, path, actor, signature=b"x" * 256).status == 401
    assert "followers" not in json.loads(get(closed_server, path).body)
    assert actor.fetches() == [actor.uri]


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_suspended_domain_reads_nothing(closed_server, server, web, is_closed):
    actor = Actor(web, host="reader.suspended.test")
    assert get(closed_server if is_closed else server, "/users/brand", actor).status == 403
    assert web.asked_for(host="reader.suspended.test") == []


def test_without_authorised_fetch_a_signature_of_a_get_costs_nothing(server, web):
    actor = Actor(web)
    assert get(server, "/users/brand", actor).status == 200
    assert get(server, "/users/brand", actor, signature=b"x" * 256).status == 200
    assert actor.fetches() == []
