# SPDX-License-Identifier: AGPL-3.0-or-later
"""A Fedify server (tests/fed/fedify) as a peer: started with a free port, driven through its back doors."""
import json
import os
import subprocess
import time
import uuid

import requests

from support import processes
from support.waiting import wait_until

DIRECTORY = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fed", "fedify")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CAVAGE, RFC9421 = "draft-cavage-http-signatures-12", "rfc9421"


def install():
    """The packages of the lock file, once."""
    if not os.path.exists(os.path.join(DIRECTORY, "node_modules", ".bin", "node")):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=DIRECTORY, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)


class Fedify:
    """authority: support.peers.Authority for https. address: its own loopback address."""

    def __init__(self, names=("fay",), first_knock=CAVAGE, authority=None, address="127.0.0.1"):
        install()
        self.address, self.authority = address, authority
        self.verify = authority.pem_path if authority else True
        self.directory = processes.make_directory("comptoir-fedify-")
        self.log_path = os.path.join(self.directory, "log")
        for _ in range(5):  # another program may take the port before Node does
            self.start(names, first_knock)
            wait_until(lambda: self.is_ready() or self.process.poll() is not None, 60, "the Fedify peer to listen")
            if self.is_ready() or "EADDRINUSE" not in self.log():
                break
        assert self.is_ready(), "the Fedify peer ended:\n" + self.log()[-3000:]

    def start(self, names, first_knock):
        self.port = processes.free_port()
        self.origin = f"{'https' if self.authority else 'http'}://{self.address}:{self.port}"
        settings = {"origin": self.origin, "address": self.address, "port": self.port, "names": list(names),
                    "firstKnock": first_knock}
        environment = dict(os.environ)
        if self.authority:
            settings["certificate"], settings["key"] = self.authority.files(self.address)
            environment["NODE_EXTRA_CA_CERTS"] = self.authority.pem_path
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([os.path.join(DIRECTORY, "node_modules", ".bin", "node"), "peer.mjs",
                                             json.dumps(settings)], cwd=DIRECTORY, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def is_ready(self):
        return "ready\n" in self.log()

    def door(self, door_name, **body):
        answer = requests.post(f"{self.origin}/-/{door_name}", json=body, timeout=30, verify=self.verify)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def actor(self, name="fay"):
        return f"{self.origin}/users/{name}"

    def got(self, kind=None):
        return [activity for activity in self.door("got")["got"] if kind is None or activity.get("type") == kind]

    def errors(self):
        return self.door("got")["errors"]

    def followers(self, name="fay"):
        return self.door("followers", name=name)["followers"]

    def wait_for(self, kind, accept=lambda activity: True, seconds=20):
        """The first activity of a kind that accept likes."""
        def find():
            return next((activity for activity in self.got(kind) if accept(activity)), None)
        try:
            return wait_until(find, seconds, f"{kind} at the Fedify peer")
        except AssertionError as error:
            raise AssertionError(f"{error}; it got {json.dumps(self.got())[:3000]}; errors {self.errors()}") from None

    def new_id(self, kind):
        return f"{self.origin}/{kind}/{uuid.uuid4()}"

    def send(self, activity, to=(), name="fay", followers=False):
        """Sends a JSON-LD activity of name to actors by URL, and to its followers. Returns its id."""
        activity = {"@context": ["https://www.w3.org/ns/activitystreams",
                                 {"toot": "http://joinmastodon.org/ns#", "votersCount": "toot:votersCount",
                                  "sensitive": "as:sensitive", "Hashtag": "as:Hashtag"}],
                    "id": self.new_id("activities"), "actor": self.actor(name), **activity}
        self.door("send", name=name, to=list(to), activity=activity, followersOf=name if followers else None)
        return activity["id"]

    def note(self, content, to=(), name="fay", followers=True, public=True, **properties):
        """Creates a Note (or what properties say), which is also served by its id. Returns the object."""
        path = f"/objects/{uuid.uuid4()}"
        audience = [PUBLIC] if public else list(to)
        document = {"@context": "https://www.w3.org/ns/activitystreams", "id": self.origin + path, "type": "Note",
                    "attributedTo": self.actor(name), "content": content, "to": audience,
                    "cc": [f"{self.actor(name)}/followers", *to] if public else [],
                    "published": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **properties}
        self.door("object", path=path, document=document)
        embedded = {key: value for key, value in document.items() if key != "@context"}
        self.send({"type": "Create", "object": embedded, "to": document["to"], "cc": document["cc"]}, to, name, followers)
        return document

    def change(self, document, **properties):
        """Serves another version of an object, or None for 410."""
        path = document["id"][len(self.origin):]
        self.door("object", path=path, document={**document, **properties} if properties else None)

    def fetch(self, url, name="fay"):
        return self.door("fetch", name=name, url=url)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
