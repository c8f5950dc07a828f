# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes between a peer's POST and our answer: who signed, and whose word is believed. Nothing but acceptance: what
an activity does is tested elsewhere, whose key it is in test_inbox_keys.py."""
import base64
import concurrent.futures
import json
import time

import pytest

from support import signer
from support.inbox import all_rows, is_stored, known, make_server, rows, server, web  # noqa: F401
from support.metrics import metric
from support.peers import answer
from support.signer import PUBLIC, Actor, cavage, digest_of, http_date, post, prove, rfc9421
from support.waiting import wait_until

LINKED = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
UNKNOWN_TYPES = "comptoir_inbox_unknown_types_total"


# What is accepted

CONTENT_TYPES = ["application/activity+json", LINKED, "application/ld+json", "Application/Activity+JSON; charset=utf-8"]


@pytest.mark.parametrize("path", ["/inbox", "/users/brand/inbox", "/users/BRAND/inbox", "/actor/inbox"])
def test_every_inbox_takes_what_is_signed(server, known, path):
    document = known.create()
    assert post(server, known, document, path).status == 202
    assert is_stored(server, document)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_both_names_of_the_type_are_taken(server, known, content_type):
    document = known.create()
    assert post(server, known, document, content_type=content_type).status == 202
    assert is_stored(server, document)


@pytest.mark.parametrize("content_type", ["application/json", "text/html", "text/plain", "", None, "application/x-www-form-urlencoded"])
def test_other_types_are_not(server, known, content_type):
    document = known.create()
    assert post(server, known, document, content_type=content_type).status == 415
    assert not is_stored(server, document)


def soon():
    return int(time.time())


GOOD = {
    "rsa-sha256": {},
    "hs2019": {"algorithm": "hs2019"},
    "no algorithm": {"algorithm": None},
    "any order": {"covered": ["digest", "date", "host", "(request-target)"]},
    "upper case names": {"covered": ["(request-target)", "Host", "Date", "Digest"]},
    "created": {"covered": ["(request-target)", "(created)", "host", "digest"], "created": soon, "algorithm": "hs2019", "date": None},
    "expires": {"covered": ["(request-target)", "(created)", "(expires)", "host", "digest"], "created": soon,
                "expires": lambda: soon() + 300, "algorithm": "hs2019"},
    "more headers": {"covered": ["(request-target)", "host", "date", "digest", "content-type"],
                     "more": [("Content-Type", "application/activity+json")], "content_type": None},
    "lower case digest": {"digest": lambda body: f"sha-256={digest_of(body)}"},
    "unpadded digest": {"digest": lambda body: "SHA-256=" + digest_of(body).rstrip("=")},
    "two digests": {"digest": lambda body: f"SHA-256={digest_of(body)},SHA-512={digest_of(body, 'sha512')}"},
    "half an hour old": {"date": lambda: http_date(-1800)},
    "half an hour ahead": {"date": lambda: http_date(1800)},
}


def filled(options, body):
    """Options that are functions are computed when the request is made."""
    made = {}
    for name, value in options.items():
        if callable(value) and name in ("digest", "content_digest"):
            value = value(body)
        elif callable(value) and name not in ("change", "scheme"):
            value = value()
        made[name] = value
    return made


@pytest.mark.parametrize("case", GOOD)
def test_signatures_by_the_draft(server, known, case):
    document = known.create()
    body = signer.encode(document)
    assert post(server, known, body, **filled(GOOD[case], body)).status == 202
    assert is_stored(server, document)


GOOD_9421 = {
    "rsa": {},
    "ed25519": {"is_ed25519": True},
    "alg": {"algorithm": "rsa-v1_5-sha256"},
    "alg ed25519": {"algorithm": "ed25519", "is_ed25519": True},
    "parts": {"covered": ["@method", "@authority", "@path", "@query", "content-digest"]},
    "nonce": {"parameters": ';nonce="abc";tag="x"'},
    "expires": {"expires": lambda: soon() + 300},
    "another label": {"label": "dict-label_1"},
}


@pytest.mark.parametrize("case", GOOD_9421)
def test_signatures_by_the_standard(server, known, case):
    document = known.create()
    body = signer.encode(document)
    assert post(server, known, body, scheme=rfc9421, **filled(GOOD_9421[case], body)).status == 202
    assert is_stored(server, document)


def test_several_labels_one_of_them_good(server, known):
    document = known.create()
    body = signer.encode(document)
    lines = rfc9421(known.rsa, known.key_id, f"{server.url}/inbox", body, label="good")
    changed = [(name, f'bad=("@method";req);keyid="x", {value}' if name == "Signature-Input" else
                f"bad=:AAAA:, {value}" if name == "Signature" else value) for name, value in lines]
    assert signer.send(server, "/inbox", body, changed).status == 202
    assert is_stored(server, document)


def test_the_same_again_is_accepted_and_stored_once(server, known):
    document = known.create()
    body = signer.encode(document)
    lines = cavage(known.rsa, known.key_id, f"{server.url}/inbox", body)
    for _ in range(2):
        assert signer.send(server, "/inbox", body, lines).status == 202
    assert rows(server, document) == 1


def test_another_body_under_the_same_id_changes_nothing(server, known):
    first, second = known.create(content="<p>first</p>"), known.create(content="<p>second</p>")
    second["id"] = first["id"]
    for document in (first, second):
        assert post(server, known, document).status == 202
    body = server.database.value("select body from activities_in where uri = %s", (first["id"],))
    assert json.loads(bytes(body)) == first


def test_types_that_mean_nothing_here_leave_no_row(server, known):
    before = metric(server.metrics(), UNKNOWN_TYPES)
    for kind in ("View", "Listen", "https://example.org/ns#Poke", "Dislike", "Join"):
        document = known.activity(kind, f"{known.uri}/statuses/1")
        assert post(server, known, document).status == 202
        assert not is_stored(server, document)
    assert metric(server.metrics(), UNKNOWN_TYPES) == before + 5


def test_where_the_row_says_it_came_to(server, known):
    personal, shared = known.create(), known.create()
    assert post(server, known, personal, "/users/brand/inbox").status == 202
    assert post(server, known, shared).status == 202
    brand = server.one("select id from actors where uri = %s", server.actor("brand"))
    assert server.one("select inbox_actor_id from activities_in where uri = %s", personal["id"]) == brand
    assert server.rows("select inbox_actor_id from activities_in where uri = %s", shared["id"]) == [(None,)]


# Which inbox

def test_inboxes_of_nobody_and_of_the_deleted(server, web, known):
    assert post(server, known, known.create(), "/users/nobody/inbox").status == 404
    server.command("account", "create", "gone", "--kind", "organization")
    server.rows("update actors set suspended_at = now(), deleted_at = now() where handle = 'gone' and domain_id is not null")
    assert post(server, known, known.create(), "/users/gone/inbox").status == 410
    assert post(server, known, known.create()).status == 202


def test_the_inbox_of_the_suspended_is_closed(server, known):
    server.command("account", "create", "paused", "--kind", "organization")
    assert post(server, known, known.create(), "/users/paused/inbox").status == 202
    server.rows("update actors set suspended_at = now() where handle = 'paused' and domain_id is not null")
    assert post(server, known, known.create(), "/users/paused/inbox").status == 403


def test_a_body_is_bounded(server, known):
    document = known.create()
    document["object"]["content"] = "x" * (1024 * 1024)
    assert post(server, known, document).status == 413
    body = signer.encode(known.create())
    lines = [line for line in cavage(known.rsa, known.key_id, f"{server.url}/inbox", body)]
    head = "POST /inbox HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines)
    exchange = server.exchange(head.encode() + b"Content-Type: application/activity+json\r\n\r\n", seconds=10)
    assert exchange.status == 411


# What is refused: CHECKLIST B

LATER = 3700
BAD = {
    "no request-target": {"covered": ["host", "date", "digest"]},
    "no host": {"covered": ["(request-target)", "date", "digest"]},
    "no date": {"covered": ["(request-target)", "host", "digest"]},
    "no digest": {"covered": ["(request-target)", "host", "date"]},
    "date unsigned and absent": {"covered": ["(request-target)", "host", "digest"], "date": None},
    "digest absent": {"covered": ["(request-target)", "host", "date"], "digest": None},
    "digest of something else": {"digest": lambda body: f"SHA-256={digest_of(body + b' ')}"},
    "digest of nothing": {"digest": lambda body: f"SHA-256={digest_of(b'')}"},
    "one of two digests wrong": {"digest": lambda body: [f"SHA-256={digest_of(body)}", f"SHA-256={digest_of(b'')}"]},
    "sha-512 only": {"digest": lambda body: f"SHA-512={digest_of(body, 'sha512')}"},
    "short digest": {"digest": lambda body: "SHA-256=" + base64.b64encode(b"x" * 31).decode()},
    "digest is no base64": {"digest": "SHA-256=!!"},
    "too old": {"date": lambda: http_date(-LATER)},
    "too new": {"date": lambda: http_date(LATER)},
    "asctime": {"date": "Sun Nov 22 15:00:00 2026"},
    "year 99999": {"date": "Sun, 22 Nov 99999 15:00:00 GMT"},
    "garbage date": {"date": "yesterday"},
    "created in the future": {"covered": ["(request-target)", "(created)", "host", "digest"], "algorithm": "hs2019",
                              "created": lambda: soon() + LATER, "date": None},
    "expired": {"covered": ["(request-target)", "(created)", "(expires)", "host", "digest"], "algorithm": "hs2019",
                "created": lambda: soon() - 60, "expires": lambda: soon() - 30},
    "created after expires": {"covered": ["(request-target)", "(created)", "(expires)", "host", "digest"],
                              "algorithm": "hs2019", "created": lambda: soon() + 60, "expires": lambda: soon() + 30},
    "another path": {"url": "http://127.0.0.1/other", "host": None},
    "another target": {"target": "/users/brand/inbox"},
    "query left out": {"target": "/inbox?x=1"},
    "algorithm none": {"algorithm": "none"},
    "hmac": {"algorithm": "hmac-sha256"},
    "algorithm of another kind": {"algorithm": "ed25519"},
    "signature of nothing": {"signature": b""},
    "signature cut": {"signature": b"x" * 255},
    "signature long": {"signature": b"x" * 2000},
    "headers empty": {"change": lambda text: text.replace('headers="(request-target) host date digest"', 'headers=""')},
    "headers glued": {"change": lambda text: text.replace("(request-target) host", "(request-target)host")},
    "header twice": {"covered": ["(request-target)", "host", "host", "date", "digest"]},
    "header absent": {"covered": ["(request-target)", "host", "date", "digest", "x-absent"]},
    "unquoted": {"change": lambda text: text.replace('"', "")},
    "parameter twice": {"change": lambda text: text + ',keyId="http://h.evil.test/a"'},
    "9 kB parameter": {"change": lambda text: text + ',x="' + "y" * 9000 + '"'},
    "no key id": {"change": lambda text: text.split(",", 1)[1]},
    "not ascii": {"change": lambda text: text.replace("date", "d\xe4te")},
}
BAD_9421 = {
    "no method": {"covered": ["@target-uri", "content-digest"]},
    "no target": {"covered": ["@method", "content-digest"]},
    "authority without path": {"covered": ["@method", "@authority", "content-digest"]},
    "no digest": {"covered": ["@method", "@target-uri"]},
    "digest absent": {"covered": ["@method", "@target-uri"], "content_digest": None},
    "digest of something else": {"content_digest": lambda body: f"sha-256=:{digest_of(b'')}:"},
    "sha-512 only": {"content_digest": lambda body: f"sha-512=:{digest_of(body, 'sha512')}:"},
    "no created": {"created": None},
    "too old": {"created": lambda: soon() - LATER},
    "too new": {"created": lambda: soon() + LATER},
    "expired": {"created": lambda: soon() - 60, "expires": lambda: soon() - 30},
    "another host's target": {"target_uri": "https://other.test/inbox"},
    "https for http": {"target_uri": "https://127.0.0.1/inbox"},
    "alg of another kind": {"algorithm": "ed25519"},
    "unknown alg": {"algorithm": "hmac-sha256"},
    "key and alg differ": {"algorithm": "rsa-v1_5-sha256", "is_ed25519": True},
}


@pytest.mark.parametrize("scheme,case", [(cavage, case) for case in BAD] + [(rfc9421, case) for case in BAD_9421])
def test_what_is_signed_badly_is_refused(server, known, scheme, case):
    document = known.create()
    body = signer.encode(document)
    options = filled((BAD if scheme is cavage else BAD_9421)[case], body)
    if options.get("host", "") is None:
        options["host"] = f"127.0.0.1:{server.port}"
    before = all_rows(server)
    response = post(server, known, body, scheme=scheme, **options)
    assert response.status == (400 if case == "not ascii" else 401), (case, response)
    if response.status == 400:
        return  # by the reader of requests
    assert response.header("Accept-Signature") == 'sig1=("@method" "@target-uri" "content-digest");created;keyid'
    assert "Bearer" not in response.header("WWW-Authenticate", "")
    assert all_rows(server) == before


def changed_lines(known, server, change):
    document = known.create()
    body = signer.encode(document)
    return document, body, change(cavage(known.rsa, known.key_id, f"{server.url}/inbox", body))


HEADER_CHANGES = {
    "unsigned": lambda lines: [line for line in lines if line[0] != "Signature"],
    "in Authorization": lambda lines: [("Authorization", f"Signature {value}") if name == "Signature" else (name, value)
                                       for name, value in lines],
    "two signatures": lambda lines: [*lines, lines[-1]],
    "empty signature": lambda lines: [*lines[:-1], ("Signature", "")],
    "date twice": lambda lines: [*lines, ("Date", http_date(1))],
    "garbage input prefers the standard": lambda lines: [*lines, ("Signature-Input", 'sig1=("@method");keyid="x"')],
}


@pytest.mark.parametrize("case", HEADER_CHANGES)
def test_headers_that_were_tampered_with(server, known, case):
    document, body, lines = changed_lines(known, server, HEADER_CHANGES[case])
    assert signer.send(server, "/inbox", body, lines).status == 401
    assert not is_stored(server, document)


@pytest.mark.parametrize("removed", ["Host", "Date", "Digest", "Signature", "Content-Type"])
def test_no_header_can_be_left_out(server, known, removed):
    """After snac2, which fell over the absent ones."""
    document, body, lines = changed_lines(known, server, lambda lines: [line for line in lines if line[0] != removed])
    response = signer.send(server, "/inbox", body, lines, None if removed == "Content-Type" else signer.ACTIVITY_TYPE)
    assert response.status == {"Host": 400, "Content-Type": 415}.get(removed, 401)
    assert not is_stored(server, document)


def test_the_body_is_what_was_signed(server, known):
    document, body, lines = changed_lines(known, server, lambda lines: lines)
    assert signer.send(server, "/inbox", body.replace(b"Create", b"Delete"), lines).status == 401
    assert signer.send(server, "/users/brand/inbox", body, lines).status == 401
    assert not is_stored(server, document)


def test_another_host_is_not_ours(server, known):
    body = signer.encode(known.create())
    lines = cavage(known.rsa, known.key_id, "http://other.test/inbox", body)
    assert signer.send(server, "/inbox", body, lines).status == 421


MALFORMED = {
    "no json": b"not json", "nothing": b"", "a list": b"[]", "a string": b'"x"', "cut": b'{"id":"http://a.peer.test/1"',
    "duplicate keys": b'{"id":"http://a.peer.test/1","id":"http://a.peer.test/2","type":"Create","actor":"http://a.peer.test/a"}',
    "no id": b'{"type":"Create","actor":"http://a.peer.test/a","object":"http://a.peer.test/1"}',
    "no actor": b'{"id":"http://a.peer.test/1","type":"Create","object":"http://a.peer.test/1"}',
    "two actors": b'{"id":"http://a.peer.test/1","type":"Create","actor":["http://a.peer.test/a","http://a.peer.test/b"]}',
    "id is a number": b'{"id":1,"type":"Create","actor":"http://a.peer.test/a"}',
    "id is a list": b'{"id":["http://a.peer.test/1"],"type":"Create","actor":"http://a.peer.test/a"}',
    "id with a user": b'{"id":"http://u@a.peer.test/1","type":"Create","actor":"http://a.peer.test/a"}',
    "id of another scheme": b'{"id":"file:///etc/passwd","type":"Create","actor":"http://a.peer.test/a"}',
    "two ids": b'{"id":"http://a.peer.test/1","@id":"http://a.peer.test/2","type":"Create","actor":"http://a.peer.test/a"}',
    "two types": b'{"id":"http://a.peer.test/1","@type":"Delete","type":"Create","actor":"http://a.peer.test/a"}',
    "graph": b'{"id":"http://a.peer.test/1","type":"Create","actor":"http://a.peer.test/a","@graph":[]}',
    "included": b'{"id":"http://a.peer.test/1","type":"Create","actor":"http://a.peer.test/a","object":{"@included":[]}}',
    "reverse": b'{"id":"http://a.peer.test/1","type":"Create","actor":"http://a.peer.test/a","object":[{"@reverse":{}}]}',
    "33 deep": b'{"id":"http://a.peer.test/1","type":"Create","actor":"http://a.peer.test/a","x":' + b"[" * 33 + b"]" * 33 + b"}",
    "a million brackets": b"[" * 1000000,
    "half a million values": b"[" + b"0," * 500000 + b"0]",
    "a long key": b'{"' + b"x" * 1000000 + b'":1}',
    "NUL": b'{"id":"http://a.peer.test/1","type":"Create\\u0000","actor":"http://a.peer.test/a"}',
    "a lone surrogate": b'{"id":"http://a.peer.test/1","type":"\\ud800","actor":"http://a.peer.test/a"}',
    "bad utf-8": b'{"id":"http://a.peer.test/1","type":"\xff","actor":"http://a.peer.test/a"}',
    "a number beyond": b'{"id":"http://a.peer.test/1","type":"Create","actor":"http://a.peer.test/a","x":1e999}',
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_cannot_be_read_is_malformed(server, known, case):
    before = all_rows(server)
    assert post(server, known, MALFORMED[case]).status == 400
    assert all_rows(server) == before


@pytest.mark.parametrize("value", [None, True, 7, 1.5, "x", [], {}, [["x"]], ["x", 1, None], {"en": "x"}, {"id": 1}])
@pytest.mark.parametrize("property_name", ["object", "to", "type", "published", "tag", "target", "signature", "proof", "@context"])
def test_no_property_of_any_shape_ends_badly(server, known, property_name, value):
    document = {**known.create(), property_name: value}
    assert post(server, known, document).status in (202, 400)


MANY = {
    "recipients": lambda actor: {**actor.create(), "to": [PUBLIC, *(f"{actor.base}/users/{n}" for n in range(10000))]},
    "tags": lambda actor: actor.create(tag=[{"type": "Hashtag", "name": f"#t{n}", "href": f"{actor.base}/t/{n}"}
                                            for n in range(1000)]),
    "mentions": lambda actor: actor.create(tag=[{"type": "Mention", "name": f"@{n}", "href": f"{actor.base}/users/{n}"}
                                                for n in range(1000)]),
    "attachments": lambda actor: actor.create(attachment=[{"type": "Image", "url": f"{actor.base}/{n}.png"} for n in range(100)]),
    "options": lambda actor: actor.create(type="Question", oneOf=[{"type": "Note", "name": str(n)} for n in range(10000)]),
    "objects": lambda actor: actor.activity("Flag", [f"{actor.base}/{n}" for n in range(10000)]),
}


@pytest.mark.parametrize("case", MANY)
def test_long_lists_are_cut_and_not_refused(server, known, case):
    document = MANY[case](known)
    assert post(server, known, document).status == 202
    assert is_stored(server, document)


def test_more_values_than_anyone_needs_are_refused(server, known):
    document = known.create(type="Question", oneOf=[{"type": "Note", "name": str(n)} for n in range(20000)])
    assert post(server, known, document).status == 400 and not is_stored(server, document)


def test_behind_a_proxy_our_public_address_is_what_is_signed(database_factory, web):
    program = make_server(database_factory(), {"instance.base_url": "https://shop.test"})
    try:
        program.start()
        actor = Actor(web)
        for url, status in (("https://shop.test/inbox", 202), ("http://shop.test/inbox", 401),
                            ("https://other.test/inbox", 421), (f"http://127.0.0.1:{program.port}/inbox", 401)):
            assert post(program, actor, actor.create(), scheme=rfc9421, url=url).status == status, (url, program.log_lines("request")[-1])
        assert post(program, actor, actor.create(), url="https://shop.test/inbox").status == 202
    finally:
        program.remove()


# Refused domains, and who may say what

def test_a_suspended_domain_is_refused_before_anything_is_fetched(server, web, known):
    before = all_rows(server)
    for host in ("a.suspended.test", "A.SUSPENDED.test"):
        actor = Actor(web, host=host)
        assert post(server, actor, actor.create()).status == 403
        assert post(server, known, actor.create()).status == 403
        assert post(server, known, known.create(), key_id=actor.key_id).status == 403
    assert web.asked_for(host="a.suspended.test") == []
    assert all_rows(server) == before


def test_an_activity_of_another_origin_is_refused(server, web, known):
    before = all_rows(server)
    document = known.create()
    for foreign in ("http://h.evil.test/1", known.base.replace(str(web.port), "1") + "/1", f"{server.url}/users/brand/statuses/1"):
        document["id"] = foreign
        assert post(server, known, document).status == 403
    assert all_rows(server) == before


def test_a_deletion_of_nobody_we_know_fetches_nothing(server, web):
    before = all_rows(server)
    for number in range(20):
        actor = Actor(web, is_published=False)
        for kind, thing in (("Delete", actor.uri), ("Update", {"id": actor.uri, "type": "Person"}), ("Delete", {"id": actor.uri})):
            document = actor.activity(kind, thing)
            assert post(server, actor, document).status == 202
        assert web.asked_for(host=actor.host) == []
    assert all_rows(server) == before


def test_a_deletion_of_who_is_known_counts_without_a_fetch(server, web):
    actor = Actor(web)
    assert post(server, actor, actor.create()).status == 202
    web.put(actor.uri, lambda request: answer(410, b"{}"))
    document = actor.activity("Delete", actor.uri)
    assert post(server, actor, document).status == 202
    assert is_stored(server, document)
    other = Actor(web)
    forged = {**other.activity("Delete", actor.uri), "actor": actor.uri, "id": f"{actor.uri}#delete-2"}
    assert post(server, other, forged).status == 202 and not is_stored(server, forged)


def test_a_forwarded_activity_counts_by_its_proof(server, web, known):
    author = Actor(web)
    document = prove(author.create(), author.ed25519, author.ed25519_id)
    assert post(server, known, document).status == 202
    assert server.rows("select verified_by, actor_uri from activities_in where uri = %s", document["id"]) == [("proof", author.uri)]
    assert author.fetches() == [author.uri]


def neighbour_of(author):
    """Another actor of the same host."""
    if not hasattr(author, "neighbour"):
        author.neighbour = Actor(author.web, host=author.host)
    return author.neighbour


NO_PROOFS = {
    "none": lambda author, thief: author.create(),
    "of another": lambda author, thief: prove(author.create(), thief.ed25519, thief.ed25519_id),
    "of a neighbour": lambda author, thief: prove(author.create(), neighbour_of(author).ed25519, neighbour_of(author).ed25519_id),
    "by another key": lambda author, thief: prove(author.create(), thief.ed25519, author.ed25519_id),
    "changed": lambda author, thief: {**prove(author.create(), author.ed25519, author.ed25519_id), "to": []},
    "cut": lambda author, thief: prove(author.create(), author.ed25519, author.ed25519_id, proofValue="z1"),
    "of another kind": lambda author, thief: prove(author.create(), author.ed25519, author.ed25519_id, cryptosuite="none"),
    "linked data": lambda author, thief: {**author.create(), "signature": {
        "type": "RsaSignature2017", "creator": author.key_id, "created": "2026-11-22T15:00:00Z", "signatureValue": "AAAA"}},
}


@pytest.mark.parametrize("case", NO_PROOFS)
def test_a_forwarded_activity_without_a_good_proof_is_asked_for_at_its_origin(server, web, known, case):
    author = Actor(web)
    document = NO_PROOFS[case](author, known)
    contexts = []
    web.put(f"{author.base}/context", lambda request: contexts.append(request))
    assert post(server, known, document).status == 202
    assert server.rows("select 1 from activities_in where uri = %s and verified_by <> 'fetch'", document["id"]) == []
    assert wait_until(lambda: server.rows("select kind from fetches where uri = %s", document["id"]) or
                      web.asked_for(document["id"]), 10, "the wish for its original")
    assert contexts == []


def test_no_context_is_ever_fetched(server, web):
    actor = Actor(web)
    document = {**actor.create(), "@context": [f"{actor.base}/context.jsonld", {"x": f"{actor.base}/x#"}]}
    assert post(server, actor, document).status == 202
    assert set(web.asked_for(host=actor.host)) <= {actor.uri, *(
        url for url in web.asked_for(host=actor.host) if "/.well-known/" in url)}


def test_signatures_of_a_get_without_its_query(server, known):
    """Misskey and Pleroma leave it out; a POST with one must have it signed."""
    body = signer.encode(known.create())
    lines = cavage(known.rsa, known.key_id, f"{server.url}/inbox", body)
    assert signer.send(server, "/inbox?x=1", body, lines).status == 401


# Many at once

@pytest.mark.concurrent
def test_many_requests_of_one_unknown_actor_cost_one_fetch(server, web):
    actor = Actor(web, is_published=False)

    def slowly(_request):
        wait_until(lambda: metric(server.metrics(), "comptoir_http_awaiting") >= 50, 20, "all of them to await it")
        return answer(200, json.dumps(actor.document()).encode(), [("Content-Type", signer.ACTIVITY_TYPE)])
    web.put(actor.uri, slowly)
    documents = [actor.create() for _ in range(50)]
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda document: post(server, actor, document).status, documents))
    assert statuses == [202] * 50
    assert all(is_stored(server, document) for document in documents)
    assert actor.fetches() == [actor.uri]


@pytest.mark.concurrent
def test_bad_signatures_beyond_the_limit_are_not_looked_at(server_factory, database_factory, web):
    program = make_server(database_factory(), {"limits.exempt_addresses": ""})
    try:
        program.start()
        actor = Actor(web)
        left = [post(program, actor, document).header("X-RateLimit-Remaining")
                for document in [actor.create() for _ in range(5)]]
        assert set(left) == {"5999"}, "what is signed well is not counted"
        body = signer.encode(actor.create())
        lines = cavage(actor.rsa, actor.key_id, f"{program.url}/inbox", body, signature=b"x" * 256)
        head = "POST /inbox HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines)
        one = head.encode() + f"Content-Type: {signer.ACTIVITY_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        statuses = []
        while 429 not in statuses and len(statuses) < 7000:
            statuses += [response.status for response in program.exchange(one * 200, seconds=20, responses=200).responses]
        assert 429 in statuses and set(statuses) == {401, 429}
        assert len(actor.fetches()) == 1
    finally:
        program.remove()
