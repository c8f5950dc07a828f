# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person with an app: calls of the client API with a token of their own."""
import hashlib
import secrets
import time

import requests

from support.waiting import wait_until

ALL_SCOPES = "read write follow push profile admin:read admin:write"
counter = iter(range(1, 1 << 16))


def new_id():
    return (int(time.time() * 1000) << 16) + next(counter)


def make_application(database, scopes=ALL_SCOPES, name="Tests"):
    application = new_id()
    database.rows("insert into oauth_applications (id, client_id, client_secret_hash, name, website, redirect_uris, scopes)"
                  " values (%s, %s, %s, %s, 'https://tests.example', 'urn:ietf:wg:oauth:2.0:oob', %s) returning id",
                  (application, secrets.token_hex(16), hashlib.sha256(b"secret").digest(), name, scopes))
    return application


def make_token(database, username=None, scopes=ALL_SCOPES, application=None):
    """A bearer token straight from the database: of a local user, or of an application alone."""
    token = secrets.token_urlsafe(32)
    application = application or make_application(database)
    database.rows("insert into oauth_tokens (id, token_hash, application_id, user_id, actor_id, scopes)"
                  " select %s, %s, %s, u.id, u.actor_id, %s from (select 1) as one left join (users u join actors a on"
                  " a.id = u.actor_id and a.handle = lower(%s) and a.domain_id is not null) on true returning id",
                  (new_id(), hashlib.sha256(token.encode()).digest(), application, scopes, username))
    return token


class Api:
    """server: support.server.Server. Errors of the API raise unless status names the one that is expected."""

    def __init__(self, server, token=None, name=None):
        self.server, self.token, self.name = server, token, name
        self.session = requests.Session()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method, path, status=200, **keywords):
        answer = self.session.request(method, self.server.url + path, timeout=30, allow_redirects=False,
                                      verify=getattr(getattr(self.server, "authority", None), "pem_path", True), **keywords)
        assert status is None or answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer

    def get(self, path, status=200, **parameters):
        return self.call("GET", path, status, params=parameters).json()

    def post(self, path, status=200, data=None, **keywords):
        """data: a form; json=...: JSON; files=...: multipart."""
        return self.call("POST", path, status, data=data, **keywords).json()

    def put(self, path, status=200, data=None, **keywords):
        return self.call("PUT", path, status, data=data, **keywords).json()

    def patch(self, path, status=200, data=None, **keywords):
        return self.call("PATCH", path, status, data=data, **keywords).json()

    def delete(self, path, status=200, data=None, **keywords):
        return self.call("DELETE", path, status, data=data, **keywords).json()

    def wait_for(self, path, found, seconds=20, **parameters):
        """The first true value of found(answer of GET path)."""
        return wait_until(lambda: found(self.get(path, **parameters)), seconds, f"GET {path}")

    @property
    def id(self):
        if not hasattr(self, "_id"):
            self._id = str(self.server.database.value(
                "select id from actors where handle = lower(%s) and domain_id is not null", (self.name,)))
        return self._id


def person(server, name, scopes=ALL_SCOPES, **keywords):
    """A new local account and its app."""
    server.create_account(name, **keywords)
    return Api(server, make_token(server.database, name, scopes), name)
