# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose key it is that signed, and what is fetched to find that out (CHECKLIST B5 to B7, B12)."""
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support import signer
from support.inbox import all_rows, is_stored, known, server, web  # noqa: F401
from support.peers import Peer, answer
from support.signer import Actor, post, rfc9421


def test_an_unknown_actor_costs_one_fetch_of_its_key(server, web):
    actor = Actor(web)
    document = actor.create()
    assert post(server, actor, document).status == 202
    assert is_stored(server, document)
    assert actor.fetches() == [actor.uri]
    assert server.one("select count(*) from actors where uri = %s", actor.uri) == 1
    assert post(server, actor, actor.create()).status == 202
    assert actor.fetches() == [actor.uri]
    signed = [request for _, url, request in web.requests if url == actor.uri][0]
    assert f'keyId="{server.url}/actor#main-key"' in signed.header("Signature")


@pytest.mark.parametrize("case", ["ed25519 first", "key document", "stub actor", "key with a query"])
def test_forms_of_keys(server, web, case):
    actor = Actor(web, is_published=False)
    options = {}
    if case == "ed25519 first":
        actor.publish(publicKey=None)
        options = {"scheme": rfc9421, "is_ed25519": True}
    elif case == "key document":
        actor.key_id = f"{actor.uri}/main-key"
        actor.publish()
        web.put(actor.key_id, {"id": actor.key_id, "type": "Key", "owner": actor.uri, "publicKeyPem": signer.pem_of(actor.rsa)})
    elif case == "stub actor":  # GoToSocial: the actor with its key and nothing else
        actor.key_id = f"{actor.uri}/main-key"
        actor.publish()
        web.put(actor.key_id, {name: value for name, value in actor.document().items()
                               if name in ("@context", "id", "type", "preferredUsername", "publicKey")})
    else:
        actor.key_id = f"{actor.uri}?id=main-key"
        actor.publish()
        web.put(actor.key_id, actor.document())
    document = actor.create()
    assert post(server, actor, document, **options).status == 202
    assert is_stored(server, document)


def other_host(actor):
    return actor.base.replace(".peer.test", ".evil.test")


def ec_pem():
    return ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


WRONG_DOCUMENTS = {
    "another owner": lambda actor: actor.document(
        publicKey={**actor.document()["publicKey"], "owner": f"{actor.base}/users/other"}),
    "key not listed": lambda actor: actor.document(publicKey={**actor.document()["publicKey"], "id": f"{actor.uri}#other"}),
    "no key": lambda actor: actor.document(publicKey=None),
    "another id": lambda actor: actor.document(id=f"{other_host(actor)}/users/{actor.name}"),
    "no id": lambda actor: actor.document(id=None),
    "id in a list": lambda actor: actor.document(id=[actor.uri]),
    "no actor": lambda actor: actor.document(type="Note"),
    "weak key": lambda actor: actor.document(publicKey={**actor.document()["publicKey"], "publicKeyPem": signer.pem_of(actor.rsa)}),
    "private key": lambda actor: actor.document(
        publicKey={**actor.document()["publicKey"], "publicKeyPem": private_pem(actor.rsa)}),
    "elliptic key": lambda actor: actor.document(publicKey={**actor.document()["publicKey"], "publicKeyPem": ec_pem()}),
    "garbage key": lambda actor: actor.document(publicKey={**actor.document()["publicKey"], "publicKeyPem": "garbage"}),
    "long key": lambda actor: actor.document(publicKey={**actor.document()["publicKey"], "publicKeyPem": "x" * 900000}),
    "html": lambda actor: lambda request: answer(200, json.dumps(actor.document()).encode(), [("Content-Type", "text/html")]),
    "plain json": lambda actor: lambda request: answer(200, json.dumps(actor.document()).encode(),
                                                       [("Content-Type", "application/json")]),
    "no json": lambda actor: lambda request: answer(200, b"{", [("Content-Type", signer.ACTIVITY_TYPE)]),
    "too large": lambda actor: lambda request: answer(200, b" " * 3000000, [("Content-Type", signer.ACTIVITY_TYPE)]),
    "gone": lambda actor: lambda request: answer(410, b"{}", [("Content-Type", signer.ACTIVITY_TYPE)]),
    "duplicate keys in it": lambda actor: lambda request: answer(
        200, json.dumps(actor.document()).encode()[:-1] + b',"id":"x"}', [("Content-Type", signer.ACTIVITY_TYPE)]),
}


@pytest.mark.parametrize("case", WRONG_DOCUMENTS)
def test_documents_that_prove_no_key(server, web, case):
    actor = Actor(web, is_published=False, rsa_key=signer.new_rsa(1024) if case == "weak key" else None)
    web.put(actor.uri, WRONG_DOCUMENTS[case](actor))
    document = actor.create()
    asked = len(web.asked_for(host=actor.host))
    for _ in range(3):
        response = post(server, actor, document)
        assert response.status == 401, response
    assert not is_stored(server, document)
    assert server.one("select count(*) from actors where uri = %s", actor.uri) == 0
    assert 1 <= len(web.asked_for(host=actor.host)) - asked <= 2, "asked again within five minutes"


def test_a_key_on_another_host_than_its_actor(server, web):
    victim, thief = Actor(web), Actor(web, host=f"h{time.monotonic_ns()}.evil.test")
    web.put(thief.uri, victim.document(publicKey={"id": thief.key_id, "owner": victim.uri, "publicKeyPem": signer.pem_of(thief.rsa)}))
    document = victim.create()
    assert post(server, victim, document, key=thief.rsa, key_id=thief.key_id).status == 401
    assert not is_stored(server, document)
    # And a key document of the thief's that names the victim as its owner.
    web.put(f"{thief.base}/k", {"id": f"{thief.base}/k", "owner": victim.uri, "publicKeyPem": signer.pem_of(thief.rsa)})
    assert post(server, victim, victim.create(), key=thief.rsa, key_id=f"{thief.base}/k").status == 401
    assert victim.fetches() == []


CANARY_IDS = ["http://user@127.0.0.1:{port}/a#main-key", "file:///etc/passwd", "http://127.0.0.2:{port}/a#main-key",
              "http://[::1]:{port}/a", "http://10.0.0.1:{port}/a", "http://0x7f000002:{port}/a", "http://2130706434:{port}/a",
              "gopher://127.0.0.1:{port}/a", "acct:a@peer.test", "", "http://", "//peer.test/a", "javascript:x"]


@pytest.mark.parametrize("key_id", CANARY_IDS)
def test_key_ids_that_lead_nowhere_are_not_followed(server, known, key_id):
    canary = Peer(lambda request, sock: answer(200, b"{}"), address="127.0.0.2")
    try:
        document = known.create()
        response = post(server, known, document, key_id=key_id.format(port=canary.port))
        assert response.status in (401, 503) and not is_stored(server, document)
        assert canary.connections == 0
    finally:
        canary.close()


def test_our_own_keys_sign_nothing_from_outside(server, known):
    before = all_rows(server)
    for key_id in (f"{server.url}/users/brand#main-key", f"{server.url}/actor#main-key", f"{server.url}/users/nobody#main-key"):
        assert post(server, known, known.create(), key_id=key_id).status == 401
    forged = {**known.create(), "actor": server.actor("brand"), "id": f"{server.actor('brand')}/statuses/1/activity"}
    assert post(server, known, forged).status == 403
    assert all_rows(server) == before


def test_a_new_key_is_fetched_once_and_the_old_one_is_gone(server, web):
    actor = Actor(web)
    document = actor.create()
    assert post(server, actor, document).status == 202
    # An actor of a day ago would be fetched again by whoever works on the first activity.
    server.wait_for_row("select id from activities_in where uri = %s and state = 'done'", document["id"])
    old = actor.rsa
    server.rows("update actors set fetched_at = now() - interval '1 day' where uri = %s", actor.uri)
    actor.rsa = signer.new_rsa()
    actor.publish()
    # Learned from the first fetch less than five minutes ago: not asked again, and not believed.
    assert post(server, actor, actor.create()).status == 401
    assert len(actor.fetches()) == 1
    server.stop()
    server.start()
    document = actor.create()
    assert post(server, actor, document).status == 202
    assert is_stored(server, document) and len(actor.fetches()) == 2
    for _ in range(3):
        assert post(server, actor, actor.create(), key=old).status == 401
    assert len(actor.fetches()) == 2
    stored = server.one("select public_pem from actor_keys where uri = %s", actor.key_id)
    assert stored.strip() == signer.pem_of(actor.rsa).strip()


def test_a_key_in_a_pushed_update_is_not_believed(server, web):
    actor = Actor(web)
    assert post(server, actor, actor.create()).status == 202
    other = signer.new_rsa()
    pushed = actor.document(publicKey={"id": actor.key_id, "owner": actor.uri, "publicKeyPem": signer.pem_of(other)})
    assert post(server, actor, actor.activity("Update", pushed)).status == 202
    assert post(server, actor, actor.create(), key=other).status == 401
    assert post(server, actor, actor.create()).status == 202


def test_a_forged_request_costs_its_victim_one_fetch(server, web, known):
    victim = Actor(web)
    thief = signer.new_rsa()
    before = all_rows(server)
    for _ in range(20):
        assert post(server, victim, victim.create(), key=thief).status == 401
    assert len(web.asked_for(host=victim.host)) == 1
    assert all_rows(server) == before and server.one("select count(*) from actors where uri = %s", victim.uri) == 0
    document = victim.create()
    assert post(server, victim, document).status == 202 and is_stored(server, document)


def test_a_host_that_is_only_named_is_asked_twice(server, web):
    actors = [Actor(web, host="named.evil.test", is_published=False) for _ in range(30)]
    statuses = {post(server, actor, actor.create()).status for actor in actors}
    assert statuses == {401, 503}
    assert len(web.asked_for(host="named.evil.test")) == 2


def test_a_key_that_cannot_be_had_now_is_asked_for_later(server, web):
    actor = Actor(web, is_published=False)
    web.put(actor.uri, lambda request: answer(500, b""))
    response = post(server, actor, actor.create())
    assert response.status == 503 and 1 <= int(response.header("Retry-After")) <= 86400
    actor.publish()
    assert post(server, actor, actor.create()).status == 503
    assert len(actor.fetches()) == 1
    nowhere = Actor(web, is_published=False)
    nowhere.uri = nowhere.uri.replace(str(web.port), "1")
    nowhere.key_id = f"{nowhere.uri}#main-key"
    assert post(server, nowhere, nowhere.create()).status == 503
