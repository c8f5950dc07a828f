# SPDX-License-Identifier: AGPL-3.0-or-later
"""Remote actors of the tests' own: keys, documents, signatures of requests and of documents, and the web that their
documents lie on. Nothing of ours is used to sign, so that we are not our own judge."""
import base64
import copy
import email.utils
import hashlib
import itertools
import json
import threading
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from support import peers

ACTIVITY_TYPE = "application/activity+json"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
numbers = itertools.count(1)


def new_rsa(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem_of(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def multibase_of(key):
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return "z" + base58(b"\xed\x01" + raw)


def sign_bytes(key, data):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def http_date(offset_s=0):
    return email.utils.formatdate(time.time() + offset_s, usegmt=True)


def digest_of(body, algorithm="sha256"):
    return base64.b64encode(hashlib.new(algorithm, body).digest()).decode()


class Web:
    """One HTTP server for all remote hosts, told apart by their names; every request is remembered. Documents are values
    or functions of the request."""

    def __init__(self):
        self.documents = {}
        self.requests = []
        self.lock = threading.Lock()
        self.peer = peers.Peer(self.reply)
        self.port = self.peer.port

    def base(self, host):
        return f"http://{host}:{self.port}"

    def put(self, url, document):
        self.documents[self.name_of(url)] = document

    def name_of(self, url):
        parts = urlsplit(url)
        return parts.netloc.lower(), parts.path + (f"?{parts.query}" if parts.query else "")

    def reply(self, request, _sock):
        name = (request.header("Host") or "").lower(), request.target
        with self.lock:
            self.requests.append((request.method, f"http://{name[0]}{name[1]}", request))
        document = self.documents.get(name)
        if callable(document):
            document = document(request)
        if document is None:
            return peers.answer(404, b"{}", [("Content-Type", ACTIVITY_TYPE)])
        if isinstance(document, bytes):
            return document
        return peers.answer(200, json.dumps(document).encode(), [("Content-Type", ACTIVITY_TYPE)])

    def asked_for(self, url=None, host=None):
        """Requests for a URL, or of a host."""
        with self.lock:
            return [found for _, found, _ in self.requests
                    if (url is None or found == url) and (host is None or urlsplit(found).hostname == host)]

    def close(self):
        self.peer.close()


class Actor:
    """A person on a host of the web, with both kinds of keys, published unless told otherwise."""
    rsa_keys = []

    def __init__(self, web, host=None, name=None, is_published=True, rsa_key=None):
        number = next(numbers)
        self.web = web
        self.host = host or f"h{number}.peer.test"
        self.name = name or f"u{number}"
        self.base = web.base(self.host)
        self.uri = f"{self.base}/users/{self.name}"
        self.key_id = f"{self.uri}#main-key"
        self.ed25519_id = f"{self.uri}#ed25519-key"
        self.rsa = rsa_key or self.shared_rsa(number)
        self.ed25519 = ed25519.Ed25519PrivateKey.generate()
        if is_published:
            self.publish()

    @classmethod
    def shared_rsa(cls, number):
        if len(cls.rsa_keys) < 4:
            cls.rsa_keys.append(new_rsa())
        return cls.rsa_keys[number % len(cls.rsa_keys)]

    def document(self, **changes):
        document = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.uri, "type": "Person", "preferredUsername": self.name, "name": self.name,
            "inbox": f"{self.uri}/inbox", "outbox": f"{self.uri}/outbox", "followers": f"{self.uri}/followers",
            "endpoints": {"sharedInbox": f"{self.base}/inbox"},
            "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": pem_of(self.rsa)},
            "assertionMethod": [{"id": self.ed25519_id, "type": "Multikey", "controller": self.uri,
                                 "publicKeyMultibase": multibase_of(self.ed25519)}],
        }
        document.update(changes)
        return {name: value for name, value in document.items() if value is not None}

    def publish(self, **changes):
        self.web.put(self.uri, self.document(**changes))

    def activity(self, kind, thing, **more):
        return {"@context": "https://www.w3.org/ns/activitystreams", "id": f"{self.uri}/activities/{next(numbers)}",
                "type": kind, "actor": self.uri, "object": thing, **more}

    def create(self, **note):
        number = next(numbers)
        return self.activity("Create", {
            "id": f"{self.uri}/statuses/{number}", "type": "Note", "attributedTo": self.uri, "content": f"<p>{number}</p>",
            "to": [PUBLIC], "cc": [f"{self.uri}/followers"], **note}, to=[PUBLIC], cc=[f"{self.uri}/followers"])

    def follow(self, target):
        return self.activity("Follow", target)

    def fetches(self):
        return self.web.asked_for(self.uri)


def cavage(key, key_id, url, body, method="POST", **options):
    """Header lines of a request signed by draft-cavage. Options: covered (names in order), date, digest (whole values;
    None leaves the line out), algorithm, created, expires, target, host, more (further lines, which may be covered),
    signature (bytes instead of the true ones), change (function of the whole Signature value)."""
    parts = urlsplit(url)
    target = options.get("target", parts.path + (f"?{parts.query}" if parts.query else ""))
    lines = [("Host", options.get("host", parts.netloc))]
    if options.get("date", "now") is not None:
        lines.append(("Date", options.get("date") or http_date()))
    digest = options.get("digest", f"SHA-256={digest_of(body)}" if method == "POST" else None)
    for one in digest if isinstance(digest, list) else [digest]:
        if one is not None:
            lines.append(("Digest", one))
    lines += options.get("more", [])
    created, expires = options.get("created"), options.get("expires")
    covered = options.get("covered", ["(request-target)", "host", "date"] + (["digest"] if method == "POST" else []))
    base = []
    for name in covered:
        known = {"(request-target)": f"{method.lower()} {target}", "(created)": created, "(expires)": expires}
        value = known.get(name)
        if value is None:
            value = ", ".join(text for given, text in lines if given.lower() == name.lower())
        base.append(f"{name.lower()}: {value}")
    signature = options.get("signature", sign_bytes(key, "\n".join(base).encode()))
    members = [f'keyId="{key_id}"']
    if options.get("algorithm", "rsa-sha256") is not None:
        members.append(f'algorithm="{options.get("algorithm", "rsa-sha256")}"')
    members += [f"created={created}"] if created is not None else []
    members += [f"expires={expires}"] if expires is not None else []
    members += [f'headers="{" ".join(covered)}"', f'signature="{base64.b64encode(signature).decode()}"']
    value = ",".join(members)
    return lines + [("Signature", options.get("change", lambda text: text)(value))]


def rfc9421(key, key_id, url, body, method="POST", **options):
    """The same by RFC 9421. Options: covered, created, expires, algorithm, content_digest, label, host, parameters (text
    behind the others), target_uri."""
    parts = urlsplit(url)
    label = options.get("label", "sig1")
    lines = [("Host", options.get("host", parts.netloc))]
    digest = options.get("content_digest", f"sha-256=:{digest_of(body)}:" if method == "POST" else None)
    if digest is not None:
        lines.append(("Content-Digest", digest))
    lines += options.get("more", [])
    covered = options.get("covered", ["@method", "@target-uri"] + (["content-digest"] if method == "POST" else []))
    values = {"@method": method, "@target-uri": options.get("target_uri", url), "@authority": parts.netloc,
              "@path": parts.path, "@query": f"?{parts.query}", "@scheme": parts.scheme,
              "@request-target": parts.path + (f"?{parts.query}" if parts.query else "")}
    base = [f'"{name}": ' + (values[name] if name in values else
                             ", ".join(text for given, text in lines if given.lower() == name)) for name in covered]
    parameters = "(" + " ".join(f'"{name}"' for name in covered) + ")"
    created = options.get("created", int(time.time()))
    parameters += f";created={created}" if created is not None else ""
    parameters += f";expires={options['expires']}" if options.get("expires") is not None else ""
    parameters += f';keyid="{key_id}"'
    parameters += f';alg="{options["algorithm"]}"' if options.get("algorithm") else ""
    parameters += options.get("parameters", "")
    base.append(f'"@signature-params": {parameters}')
    signature = options.get("signature", sign_bytes(key, "\n".join(base).encode()))
    return lines + [("Signature-Input", f"{label}={parameters}"),
                    ("Signature", f"{label}=:{base64.b64encode(signature).decode()}:")]


def canonical(value):
    """JCS (RFC 8785) for documents without fractions."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def prove(document, key, method, **changes):
    """The document with an eddsa-jcs-2022 proof (FEP-8b32)."""
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "verificationMethod": method,
             "proofPurpose": "assertionMethod", "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    if "@context" in document:
        proof["@context"] = document["@context"]
    data = hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(document)).digest()
    proof["proofValue"] = "z" + base58(key.sign(data))
    proof.update(changes)
    return {**copy.deepcopy(document), "proof": proof}


def encode(document):
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def send(server, path, body, lines, content_type=ACTIVITY_TYPE, method="POST", version="1.1"):
    """A request of exactly these header lines; support.wire.Response."""
    head = [f"{method} {path} HTTP/{version}", *(f"{name}: {value}" for name, value in lines)]
    if content_type is not None:
        head.append(f"Content-Type: {content_type}")
    if method == "POST":
        head.append(f"Content-Length: {len(body)}")
    head.append("Connection: close")
    exchange = server.exchange("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body, seconds=30)
    assert len(exchange.responses) == 1, exchange
    return exchange.responses[0]


def post(server, actor, document, path="/inbox", scheme=cavage, key=None, key_id=None, **options):
    """A signed POST of what actor says; the response."""
    body = encode(document)
    if key is None:
        key = actor.ed25519 if options.pop("is_ed25519", False) else actor.rsa
    if key_id is None:
        key_id = actor.ed25519_id if key is actor.ed25519 else actor.key_id
    content_type = options.pop("content_type", ACTIVITY_TYPE)
    lines = scheme(key, key_id, options.pop("url", server.url + path), body, **options)
    return send(server, path, body, lines, content_type)


def get(server, path, actor=None, scheme=cavage, accept=ACTIVITY_TYPE, **options):
    url = server.url + path
    lines = scheme(actor.rsa, actor.key_id, url, b"", "GET", **options) if actor else [("Host", urlsplit(url).netloc)]
    return send(server, path, b"", [*lines, ("Accept", accept)], None, "GET")
