# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many small servers of the fediverse in one thread: each has an address of 127.0.0.0/8 and one port, an inbox that
answers as a test wants and remembers what came, and actors whose documents it serves. Requests to us are signed here."""
import asyncio
import base64
import collections
import datetime
import email.utils
import hashlib
import json
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from support import processes

CONTEXT = "https://www.w3.org/ns/activitystreams"
PUBLIC = CONTEXT + "#Public"
OK, HANG, RESET = 202, "hang", "reset"  # what an inbox may do; or another status, or ("after", seconds, status)


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def sign(key, key_id, method, url, body=None, moment=None):
    """Headers of a draft-cavage signature."""
    parts = urllib.parse.urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    date = email.utils.format_datetime(moment or datetime.datetime.now(datetime.timezone.utc), usegmt=True)
    values = [("(request-target)", f"{method.lower()} {target}"), ("host", parts.netloc), ("date", date)]
    headers = {"Host": parts.netloc, "Date": date}
    if body is not None:
        headers["Digest"] = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers["Content-Type"] = "application/activity+json"
        values.append(("digest", headers["Digest"]))
    text = "\n".join(f"{name}: {value}" for name, value in values).encode()
    signature = base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    names = " ".join(name for name, _ in values)
    headers["Signature"] = f'keyId="{key_id}",algorithm="rsa-sha256",headers="{names}",signature="{signature}"'
    return headers


class Fleet:
    """hosts addresses from first on. behave(host index, path, activity) says what an inbox does; OK when None."""

    def __init__(self, hosts=1, first="127.0.1.1", behave=None, key=None):
        start = [int(part) for part in first.split(".")]
        number = (start[1] << 16) + (start[2] << 8) + start[3]
        self.addresses = [f"127.{(number + i) >> 16 & 255}.{(number + i) >> 8 & 255}.{(number + i) & 255}" for i in range(hosts)]
        self.index = {address: i for i, address in enumerate(self.addresses)}
        self.behave = behave
        self.key = key or new_key()
        self.pem = public_pem(self.key)
        self.port = processes.free_port()
        self.received = collections.defaultdict(list)  # host index: [(time, path, activity)]
        self.heads = []  # (host index, headers) of each POST
        self.gets = []
        self.documents = {}
        self.lock = threading.Lock()
        self.started = threading.Event()
        self.failure = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.started.wait(30)
        if self.failure:
            raise self.failure

    def origin(self, host=0):
        return f"http://{self.addresses[host]}:{self.port}"

    def actor(self, name="ada", host=0):
        return f"{self.origin(host)}/users/{name}"

    def actor_document(self, name, host):
        uri = self.actor(name, host)
        return {"@context": [CONTEXT, "https://w3id.org/security/v1"], "id": uri, "type": "Person",
                "preferredUsername": name, "name": name.title(), "url": f"{self.origin(host)}/@{name}",
                "inbox": uri + "/inbox", "outbox": uri + "/outbox", "followers": uri + "/followers",
                "endpoints": {"sharedInbox": self.origin(host) + "/inbox"},
                "publicKey": {"id": uri + "#main-key", "owner": uri, "publicKeyPem": self.pem}}

    # requests to us

    def signed(self, url, activity, moment=None):
        """(body, headers) of a POST by the activity's actor."""
        body = json.dumps(activity).encode()
        return body, sign(self.key, activity["actor"] + "#main-key", "POST", url, body, moment)

    def create(self, number, name="ada", host=0, to=(), content=None, **properties):
        """A Create of a Note with an id of its own."""
        uri = self.actor(name, host)
        note = {"id": f"{uri}/statuses/{number}", "type": "Note", "attributedTo": uri, "content": content or f"<p>Note {number}</p>",
                "to": [PUBLIC], "cc": [uri + "/followers", *to], "published": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "tag": [{"type": "Mention", "href": actor, "name": "@someone"} for actor in to], **properties}
        return {"@context": CONTEXT, "id": note["id"] + "/activity", "type": "Create", "actor": uri, "to": note["to"],
                "cc": note["cc"], "published": note["published"], "object": note}

    def follow(self, target, name="ada", host=0, number=1):
        uri = self.actor(name, host)
        return {"@context": CONTEXT, "id": f"{uri}#follows/{number}", "type": "Follow", "actor": uri, "object": target}

    # requests of ours

    def activities(self, host=None):
        with self.lock:
            hosts = self.received if host is None else [host]
            return [activity for one in hosts for _, _, activity in self.received[one]]

    def hosts_with(self, activity_id):
        with self.lock:
            return {host for host, entries in self.received.items() for _, _, activity in entries
                    if activity.get("id") == activity_id}

    def run(self):
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        try:
            servers = [self.loop.run_until_complete(asyncio.start_server(self.serve, address, self.port, backlog=256))
                       for address in self.addresses]
        except OSError as error:
            self.failure = error
            self.started.set()
            return
        self.started.set()
        self.loop.run_forever()
        for server in servers:
            server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def serve(self, reader, writer):
        host = self.index[writer.get_extra_info("sockname")[0]]
        try:
            while await self.serve_one(host, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def serve_one(self, host, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if method == "GET":
            return await self.serve_document(host, path, writer)
        activity = json.loads(body)
        self.heads.append((host, headers))
        deed = OK
        if self.behave:
            deed = self.behave(host, path, activity) or OK
        if isinstance(deed, tuple):
            await asyncio.sleep(deed[1])
            deed = deed[2]
        if deed == HANG:
            await asyncio.sleep(3600)
        if deed == RESET:
            writer.transport.abort()
            return False
        with self.lock:
            if 200 <= deed < 300:
                self.received[host].append((time.monotonic(), path, activity))
        writer.write(f"HTTP/1.1 {deed} X\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        return True

    async def serve_document(self, host, path, writer):
        self.gets.append((host, path))
        document = self.documents.get((host, path))
        if document is None and path.startswith("/users/") and path.count("/") == 2:
            document = self.actor_document(path.rsplit("/", 1)[1], host)
        if document is None and path.startswith("/.well-known/webfinger?resource="):
            handle = urllib.parse.unquote(path.split("=", 1)[1]).removeprefix("acct:")
            name = handle.split("@")[0]
            document = {"subject": f"acct:{handle}", "links": [{"rel": "self", "type": "application/activity+json",
                                                                "href": self.actor(name, host)}]}
        kind = "application/jrd+json" if "webfinger" in path else "application/activity+json"
        text = json.dumps(document).encode() if document is not None else b""
        writer.write(f"HTTP/1.1 {200 if document is not None else 404} X\r\nContent-Type: {kind}\r\n"
                     f"Content-Length: {len(text)}\r\n\r\n".encode() + text)
        await writer.drain()
        return True

    def close(self):
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(10)

    # followers without the asking

    def plant_followers(self, cursor, followed_id, per_host=1, shared=True, first_id=1000):
        """Rows as if actors of every host followed a local actor; cursor is the owner's."""
        rows = []
        for host in range(len(self.addresses)):
            for n in range(per_host):
                uri = self.actor(f"f{n}", host)
                rows.append((first_id + len(rows), f"f{n}", f"{self.addresses[host]}:{self.port}", uri, uri + "/inbox",
                             self.origin(host) + "/inbox" if shared else None, uri + "/followers"))
        for start in range(0, len(rows), 5000):
            part = rows[start:start + 5000]
            cursor.execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url,"
                           " followers_url, created_at, updated_at, fetched_at) select id, 'Person', name, name, domain, uri,"
                           " uri, inbox, shared, followers, now(), now(), now() from unnest(%s::bigint[], %s::text[],"
                           " %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
                           " as t (id, name, domain, uri, inbox, shared, followers)", tuple(map(list, zip(*part))))
            cursor.execute("insert into follows (id, follower_id, followed_id, state, uri)"
                           " select id + 100000000, id, %s, 'accepted', uri || '#follow' from unnest(%s::bigint[], %s::text[])"
                           " as t (id, uri)", (followed_id, [row[0] for row in part], [row[3] for row in part]))
        cursor.execute("insert into actor_counts (actor_id, followers) values (%s, %s) on conflict (actor_id) do update"
                       " set followers = actor_counts.followers + excluded.followers", (followed_id, len(rows)))
        return len(rows)
