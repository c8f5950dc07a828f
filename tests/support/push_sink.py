# SPDX-License-Identifier: AGPL-3.0-or-later
"""A push service and the app behind it: takes messages, checks who sent them, and reads them with the app's key."""
import base64
import hashlib
import hmac
import json
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from support.peers import Peer, answer
from support.waiting import wait_until

POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(salt, secret, info, length):
    pseudo_random_key = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(pseudo_random_key, info + b"\x01", hashlib.sha256).digest()[:length]


def parameters(header):
    """'salt=a;dh=b' and 't=a, k=b'."""
    return dict(part.strip().split("=", 1) for part in header.replace(",", ";").split(";"))


class Message:
    def __init__(self, sink, request):
        self.request, self.encoding = request, request.header("Content-Encoding")
        self.server_key, self.claims = sink.check_sender(request)
        self.plain = {"aes128gcm": sink.open_standard, "aesgcm": sink.open_draft}[self.encoding](request)
        self.json = json.loads(self.plain)


class PushSink:
    """statuses: how the next messages are answered, then 201."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.point = self.key.public_key().public_bytes(*POINT)
        self.auth = b"0123456789abcdef"
        self.statuses, self.headers = [], []
        self.messages, self.faults = [], []
        self.peer = Peer(self.reply)

    def close(self):
        self.peer.close()

    def endpoint(self, path="/send/1"):
        return f"http://127.0.0.1:{self.peer.port}{path}"

    def form(self, standard=True, **data):
        return {"subscription[endpoint]": self.endpoint(), "subscription[keys][p256dh]": encode(self.point),
                "subscription[keys][auth]": encode(self.auth), "subscription[standard]": str(standard).lower(), **data}

    def reply(self, request, _sock):
        try:
            self.messages.append(Message(self, request))
        except Exception as fault:  # told by the test, not by this thread
            self.faults.append(repr(fault))
        return answer(self.statuses.pop(0) if self.statuses else 201, b"", self.headers)

    def wait(self, count=1, seconds=20):
        wait_until(lambda: self.faults or len(self.messages) >= count, seconds, f"{count} messages")
        assert not self.faults, self.faults
        assert len(self.messages) == count
        return self.messages[-1]

    def check_sender(self, request):
        """The public key and the claims of a valid signature for this service."""
        scheme, value = request.header("Authorization").split(" ", 1)
        if scheme == "vapid":
            token, key = parameters(value)["t"], parameters(value)["k"]
        else:
            assert scheme == "WebPush"
            token, key = value, parameters(request.header("Crypto-Key"))["p256ecdsa"]
        head, body, signature = token.split(".")
        raw = decode(signature)
        assert len(raw) == 64 and json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
        public.verify(encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
                      f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
        return key, json.loads(decode(body))

    def agree(self, sender):
        return self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))

    def open_standard(self, request):
        salt, (size, length) = request.body[:16], struct.unpack(">IB", request.body[16:21])
        sender, record = request.body[21:21 + length], request.body[21 + length:]
        assert len(record) <= size == 4096 and len(request.body) <= 4096
        secret = hkdf(self.auth, self.agree(sender), b"WebPush: info\0" + self.point + sender, 32)
        plain = AESGCM(hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)).decrypt(
            hkdf(salt, secret, b"Content-Encoding: nonce\0", 12), record, None)
        assert plain[-1:] == b"\x02"
        return plain[:-1]

    def open_draft(self, request):
        salt, sender = decode(parameters(request.header("Encryption"))["salt"]), decode(parameters(request.header("Crypto-Key"))["dh"])
        secret = hkdf(self.auth, self.agree(sender), b"Content-Encoding: auth\0", 32)
        context = b"P-256\0" + struct.pack(">H", 65) + self.point + struct.pack(">H", 65) + sender
        plain = AESGCM(hkdf(salt, secret, b"Content-Encoding: aesgcm\0" + context, 16)).decrypt(
            hkdf(salt, secret, b"Content-Encoding: nonce\0" + context, 12), request.body, None)
        padding = struct.unpack(">H", plain[:2])[0]
        return plain[2 + padding:]
