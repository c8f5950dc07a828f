# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small ActivityPub server on loopback: documents by path, which tests write as they like."""
import json
import urllib.parse

from support.peers import Peer, answer

ACTIVITY = "application/activity+json"
JRD = "application/jrd+json"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


class Site:
    """documents: path with query -> object, bytes to send, or a function of the request that gives one of them.
    name: what its URLs call it; the address by default."""

    def __init__(self, address="127.0.0.1", name=None):
        self.documents = {}
        self.peer = Peer(self.reply, address=address)
        self.authority = f"{name or address}:{self.peer.port}"
        self.base = f"http://{self.authority}"

    def reply(self, request, _sock):
        found = self.documents.get(request.target)
        if found is None:
            found = self.documents.get("*")
        if callable(found):
            found = found(request)
        if found is None:
            return answer(404)
        if isinstance(found, bytes):
            return found
        kind = JRD if request.target.startswith("/.well-known/") else ACTIVITY
        return answer(200, json.dumps(found).encode(), [("Content-Type", kind)])

    def url(self, path):
        return self.base + path

    def asked(self, prefix=""):
        return [request.target for request in self.peer.requests if request.target.startswith(prefix)]

    def add_webfinger(self, handle, actor, subject=None):
        resource = urllib.parse.quote("acct:" + handle, safe="-._~")
        self.documents[f"/.well-known/webfinger?resource={resource}"] = {
            "subject": "acct:" + (subject or handle),
            "links": [{"rel": "self", "type": ACTIVITY, "href": actor}]}

    def actor(self, username, **more):
        uri = self.url(f"/users/{username}")
        return {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": "Person", "preferredUsername": username,
                "inbox": uri + "/inbox", "outbox": uri + "/outbox", "followers": uri + "/followers", **more}

    def add_actor(self, username, has_webfinger=True, **more):
        """The actor's id."""
        document = self.actor(username, **more)
        self.documents[f"/users/{username}"] = document
        if has_webfinger:
            self.add_webfinger(f"{username}@{self.authority}", document["id"])
        return document["id"]

    def note(self, path, actor, **more):
        return {"@context": "https://www.w3.org/ns/activitystreams", "id": self.url(path), "type": "Note", "attributedTo": actor,
                "content": f"<p>{path}</p>", "to": [PUBLIC], "published": "2026-01-01T00:00:00Z", **more}

    def add_note(self, path, actor, **more):
        self.documents[path] = self.note(path, actor, **more)
        return self.url(path)

    def close(self):
        self.peer.close()
