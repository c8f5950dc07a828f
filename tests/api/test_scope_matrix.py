# SPDX-License-Identifier: AGPL-3.0-or-later
"""Routes x tokens (CHECKLIST H4), generated: the table names for each operation of the Mastodon API the scope that upstream
asks for, and the server keeps to its table with every kind of token."""
import pytest
import requests

from support.api import make_token, person
from support.routes import endpoints, routes

READ = "accounts blocks bookmarks collections favourites filters follows lists mutes notifications search statuses".split()
WRITE = ("accounts blocks bookmarks collections conversations favourites filters follows lists media mutes notifications reports"
         " statuses").split()
ADMIN = "accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks canonical_email_blocks".split()
SCOPES = (["profile", "push"] + [f"read:{name}" for name in READ] + [f"write:{name}" for name in WRITE] +
          [f"admin:{kind}:{name}" for kind in ("read", "write") for name in ADMIN])

INVALID = (401, "The access token is invalid")
NO_USER = (422, "This method requires an authenticated user")
NO_SCOPE = (403, "This action is outside the authorized scopes")
REFUSALS = (INVALID, NO_USER, NO_SCOPE)

TABLE = [route for route in routes() if route.path.startswith(("/api/", "/oauth/")) and route.method != "OPTIONS"]
KNOWN = {row["shape"]: row for row in endpoints()}

# Where upstream's code and its documentation differ, or we know better: what the table must say.
DIFFERENT = {
    ("GET", "/api/v1/accounts/lookup"): ("PUBLIC", ["read:accounts"], "documented with a scope; the code takes anybody"),
    ("GET", "/api/v1/instance/domain_blocks"): ("USER", None, "for those who are logged in: upstream's setting 'users'"),
    ("GET", "/api/v1/apps/verify_credentials"): ("APP", None, "any token of an application since 4.3"),
}
# Those that upstream has not, or has under another method.
OURS = {
    ("PUT", "/api/v1/accounts/update_credentials"): "PATCH and PUT are one, as Rails has it",
    ("PUT", "/api/v1/profile"): "PATCH and PUT are one, as Rails has it",
    ("GET", "/api/v1/streaming/{}"): "says that there is no such stream",
}


def expected(row):
    """(access, scopes of which one must be named; None: any or none is right)"""
    if row["shape"] in DIFFERENT:
        return DIFFERENT[row["shape"]][:2]
    text = row["scope"].strip()
    if text.startswith("public"):
        return "PUBLIC", None
    if text in ("user", "user tok"):
        return "USER", None
    if text.startswith("user tok;"):
        return None, None
    access = "USER"
    if text.startswith("app tok"):
        access, text = "APP", text[len("app tok"):].strip()
    if text.startswith("admin:"):
        access = "ADMIN"
    if text.startswith("browser"):
        return "PUBLIC", None
    scopes = [one for one in text.split("/") if one not in ("", "follow", "id")]
    return access, scopes or None


@pytest.mark.parametrize("route", TABLE, ids=repr)
def test_the_table_asks_for_what_upstream_asks_for(route):
    row = KNOWN.get(route.shape)
    if not row:
        return
    access, scopes = expected(row)
    if access:
        # What upstream gives to an application we may keep for people, never the other way round.
        assert route.access == access or (access == "APP" and route.access == "USER"), (route.access, row["scope"])
    if scopes:
        assert route.scopes and set(route.scopes) <= set(scopes), (route.scopes, row["scope"])


def test_every_route_of_the_api_is_upstreams_or_known_to_be_ours():
    def is_twin(shape):
        other = {"PUT": "PATCH", "PATCH": "PUT"}.get(shape[0])
        return other and (other, shape[1]) in KNOWN
    unknown = [repr(route) for route in TABLE if route.path.startswith("/api/") and route.shape not in KNOWN
               and not route.path.startswith("/api/v1/exports/")
               and route.shape not in OURS and not is_twin(route.shape)]
    assert not unknown


def test_every_route_with_a_user_answers_web_apps_and_is_not_stored():
    wrong = [repr(route) for route in TABLE if route.path.startswith("/api/") and
             ("ROUTE_CORS" not in route.flags or (route.access != "PUBLIC" and "ROUTE_NO_STORE" not in route.flags
                                                  and "streaming" not in route.path))]
    assert not wrong


def holds(scope, wanted):
    return wanted == scope or wanted.startswith(scope + ":")


def without(wanted):
    """All scopes but those that hold one of the wanted, or are held by one."""
    return " ".join(scope for scope in SCOPES if not any(holds(scope, one) or holds(one, scope) for one in wanted))


@pytest.fixture(scope="module")
def tokens(server):
    """make(kind, scopes): a token of a person, of an application alone, or of an administrator; made once."""
    person(server, "matrix")
    person(server, "chief", options=["--role", "administrator"])
    made = {}

    def make(kind, scopes):
        if (kind, scopes) not in made:
            name = {"user": "matrix", "admin": "chief", "app": None}[kind]
            made[kind, scopes] = make_token(server.database, name, scopes)
        return made[kind, scopes]
    return make


def ask(server, route, token):
    path = "/".join({"{": "1"}.get(part[:1], part) for part in route.path.split("/"))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with requests.request(route.method, server.url + path, headers=headers, timeout=30, allow_redirects=False, stream=True) as answer:
        if not answer.headers.get("Content-Type", "").startswith("application/json"):
            return answer.status_code, None
        body = answer.json()
        return answer.status_code, body.get("error") if isinstance(body, dict) else None


def cases(route):
    """(what, kind of token, its scopes, the refusal; None: whatever but a refusal)"""
    right = route.scopes[0] if route.scopes else "read"
    needs_user = route.access in ("USER", "ADMIN")
    owner = "admin" if route.access == "ADMIN" else "user"
    yield "no token", None, None, None if route.access == "PUBLIC" else INVALID
    if route.access != "PUBLIC" or route.scopes:
        yield "an unknown token", "unknown", None, INVALID
    for scope in route.scopes or ["read"]:
        yield f"the scope {scope}", owner, scope, None
    yield "an application alone", "app", right, NO_USER if needs_user else None
    if route.scopes:
        yield "other scopes", owner, without(route.scopes), NO_SCOPE
        yield "an application with other scopes", "app", without(route.scopes), NO_SCOPE
        parent = right.rsplit(":", 1)[0]
        yield f"the scope {parent}", owner, parent, None
        if right.split(":")[-1] in ("follows", "blocks", "mutes"):
            yield "the scope follow", owner, "follow", None
    if route.access == "ADMIN":
        yield "a member", "user", right, (403, "This action is not allowed")


@pytest.mark.parametrize("route", TABLE, ids=repr)
def test_a_route_keeps_to_its_access_and_scope(server, tokens, route):
    wrong = []
    for what, kind, scopes, refusal in cases(route):
        token = {None: None, "unknown": "no-token-of-ours"}[kind] if kind in (None, "unknown") else tokens(kind, scopes)
        found = ask(server, route, token)
        is_right = found == refusal if refusal else found not in REFUSALS and found[0] not in (500, 501, 405)
        if not is_right:
            wrong.append((what, found, refusal or "no refusal"))
    assert not wrong
