# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a front door owes everyone behind it, route by route: foreign hosts, paths, header injection, methods, content
types, compressed bodies, bytes that are no text, slow heads."""
import gzip
import glob
import os
import re
import time

import pytest

from support import world
from support.metrics import process_rss_bytes
from support.processes import environment
from support.server import REPOSITORY, Server
from support.wire import connect, raw_exchange, receive

BROWSER = "text/html,application/xhtml+xml"
ACTIVITY = "application/activity+json"
FORM = "application/x-www-form-urlencoded"


def table():
    """[(method, path, limit class, flags)] of the program, as server/routes.c and its parts say it; {…} filled in."""
    text = ""
    for path in [os.path.join(REPOSITORY, "server", "routes.c"), *sorted(glob.glob(os.path.join(REPOSITORY, "server", "routes", "*.inc")))]:
        with open(path, encoding="utf-8") as file:
            text += file.read()
    entries = re.findall(r"\{\s*HTTP_(\w+),\s*\"([^\"]+)\"(.*?)\}[,\s]", text, re.S)
    found = [(method, filled(path), re.search(r"LIMIT_(\w+)", rest).group(1).lower(), set(re.findall(r"ROUTE_(\w+)", rest)))
             for method, path, rest in entries]
    assert len(found) >= 20
    return found


def filled(path):
    for name, value in (("{handle}", "@fleurs"), ("{name}", "fleurs"), ("{version}", "2.0"), ("{rest*}", "site.css")):
        path = path.replace(name, value)
    return re.sub(r"\{[^}]*\}", "1", path)


ROUTES = table()
GETS = [path for method, path, _, _ in ROUTES if method == "GET"]


@pytest.fixture(scope="module", autouse=True)
def florist(request):
    if "server" in request.fixturenames:
        world.create_florist(request.getfixturevalue("server"))


def raw(server, text, **keywords):
    return server.exchange(text.replace("\n", "\r\n").encode(), responses=1, **keywords)


# I2: the Host

FOREIGN = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "X-Forwarded-Server": "evil.test", "X-Host": "evil.test",
           "Forwarded": "host=evil.test;proto=https", "X-Original-URL": "/evil.test", "X-Rewrite-URL": "/evil.test",
           "Origin": "https://evil.test", "Referer": "https://evil.test/"}


@pytest.mark.parametrize("path", GETS)
def test_a_foreign_host_is_in_no_answer(server, path):
    authority = f"127.0.0.1:{server.port}"
    query = f"?resource=acct:fleurs@{authority}&uri=https://a.example/" if "webfinger" in path or "interaction" in path else ""
    for accept in (BROWSER, ACTIVITY, "application/json"):
        known = server.get(path + query, headers={"Accept": accept})
        answer = server.get(path + query, headers={"Accept": accept, **FOREIGN})
        assert "evil" not in answer.text and "evil" not in str(answer.headers)
        if path in ("/health", "/ready", "/favicon.ico", "/api/v1/streaming/health") or path.startswith("/assets"):
            assert answer.status_code == known.status_code
        elif known.status_code == 401 or path.startswith("/media"):  # who may not ask at all is told so first
            assert answer.status_code in (known.status_code, 421)
        else:
            assert answer.status_code == 421
            others = {name: value for name, value in FOREIGN.items() if name != "Host"}
            answer = server.get(path + query, headers={"Accept": accept, **others})
            assert answer.status_code == known.status_code and "evil" not in answer.text + str(answer.headers)
            assert answer.headers.get("Location") == known.headers.get("Location")


@pytest.mark.parametrize("host", ["a.test:", "a.test:70000", "a.test:-1", "a.test:8o", "a.test,b.test", "a.test b.test", "a.test/x",
                                  "a.test?x", "a.test#x", "http://a.test", "[::1", "::1", "a\\b", "é.test", "u:p@a.test", "<a>"])
def test_a_malformed_host_is_refused(server, host):
    assert raw(server, f"GET /health HTTP/1.1\nHost: {host}\n\n").status == 400


# I4: paths

@pytest.mark.parametrize("path, statuses", [
    ("/assets/../comptoir.conf", [400]), ("/assets/../../../../etc/passwd", [400]), ("/assets/%2e%2e/comptoir.conf", [400]),
    ("/assets/.%2e/comptoir.conf", [400]), ("/assets/%2E./x", [400]), ("/assets/..%2fx", [400]), ("/assets/..%5cx", [400]),
    ("/assets/..\\x", [400]), ("/assets/%2fetc%2fpasswd", [400]), ("/assets//etc/passwd", [400]), ("/assets/./site.css", [400]),
    ("/assets//site.css", [400]), ("//assets/site.css", [400]), ("/assets/site.css%00", [400]),
    ("/assets/site.css%00.png", [400]), ("/assets/%c0%ae%c0%ae/x", [400]), ("/assets/%e0%80%ae/x", [400]), ("/assets/%ff", [400]),
    ("/assets/%ed%a0%80", [400]), ("/assets/%0a", [400]), ("/assets/%7f", [400]), ("/assets/%", [400]), ("/assets/%2", [400]),
    ("/assets/%zz", [400]), ("/assets/é", [400]), ("/assets/x#y", [400]), ("assets/site.css", [400]), ("", [400]),
    ("/assets/%252e%252e%252fx", [404]), ("/assets/etc/passwd", [404]), ("/assets/", [404]), ("/assets", [404]),
    ("/assets/site.css/", [404]), ("/assets/SITE.CSS", [404]), ("/ASSETS/site.css", [404]),
    ("/assets/site.css;x=y", [404]), ("/assets/site%2ecss", [200]), ("/%61ssets/site.css", [200]),
    ("/assets/site.css?../../etc/passwd", [200])])
def test_a_path_leads_to_a_known_file_or_nowhere(server, path, statuses):
    exchange = raw(server, f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{server.port}\n\n")
    assert exchange.status in statuses, exchange
    assert b"root:" not in exchange.data and b"[data]" not in exchange.data
    if exchange.status == 200:
        assert exchange.responses[0].header("Content-Type").startswith("text/css")


def test_what_is_not_there_below_api_is_still_said_to_other_origins(server):
    assert server.get("/api/v1/nothing").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in server.get("/nothing/at/all").headers


@pytest.mark.parametrize("line", ["CONNECT a.test:443", "TRACE /health", "BREW /health"])
def test_a_method_of_another_kind_ends_the_connection(server, line):
    exchange = raw(server, f"{line} HTTP/1.1\nHost: a.test:443\n\nGET /health HTTP/1.1\nHost: a\n\n")
    assert [response.status for response in exchange.responses] == [405]


# I5: an answer is one answer

SPLITS = ["a%0d%0aX-Injected:%201", "a%0aX-Injected:%201", "a%0dX-Injected:%201", "a%00X-Injected:%201", "%0d%0a%0d%0a<script>",
          "a%c4%8a%c4%8dX-Injected:%201", "a%E5%98%8A%E5%98%8DX-Injected:%201"]


@pytest.mark.parametrize("value", SPLITS)
@pytest.mark.parametrize("path", ["/redirect-to?to=https://a.example/", "/reflect?value="])
def test_no_reflected_value_can_begin_another_header(test_server, path, value):
    exchange = raw(test_server, f"GET {path}{value} HTTP/1.1\nHost: a\n\nGET /who HTTP/1.1\nHost: a\n\n")
    assert len(exchange.responses) == 1 or [response.status for response in exchange.responses][1:] == [200]
    assert not [name for response in exchange.responses for name, _ in response.headers if name.lower() == "x-injected"]
    assert b"\nX-Injected" not in exchange.data and b"\rX-Injected" not in exchange.data and b"\0" not in exchange.data


@pytest.mark.parametrize("value", SPLITS)
@pytest.mark.parametrize("path", ["/authorize_interaction?uri=", "/.well-known/webfinger?resource=acct:", "/@fleurs", "/users/fleurs",
                                  "/nodeinfo/", "/assets/", "/", "/?lang="])
def test_no_value_of_the_program_s_own_routes_can_either(server, path, value):
    for accept in (BROWSER, ACTIVITY):
        exchange = raw(server, f"GET {path}{value} HTTP/1.1\nHost: a\nAccept: {accept}\n\n")
        assert len(exchange.responses) == 1 and not exchange.rest
        assert not [name for name, _ in exchange.responses[0].headers if name.lower() == "x-injected"]
        assert b"<script>" not in exchange.data


@pytest.mark.parametrize("value", ["a b", "a\tb", "a,b", "<script>", "a;b", "a\"b", "é", "(a)", "a/b", "a=b", "x" * 65])
def test_a_request_id_is_a_token_or_our_own(test_server_factory, value):
    server = test_server_factory({"http.trusted_proxies": "127.0.0.1"})
    exchange = raw(server, f"GET /who HTTP/1.1\nHost: a\nX-Request-Id: {value}\n\n")
    assert re.fullmatch("[0-9a-f]{16}", exchange.responses[0].header("X-Request-Id"))


# I6: methods and content types

@pytest.mark.parametrize("path", GETS)
def test_head_is_get_without_its_body(server, path):
    for accept in (BROWSER, ACTIVITY):
        answer = raw(server, f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{server.port}\nAccept: {accept}\n\n").responses[0]
        lines = f"HEAD {path} HTTP/1.1\nHost: 127.0.0.1:{server.port}\nAccept: {accept}\n\n"
        follower = "HEAD /health HTTP/1.1\nHost: a\nConnection: close\n\n"
        exchange = server.exchange((lines + follower).replace("\n", "\r\n").encode(), head=True)
        assert [response.status for response in exchange.responses] == [answer.status, 200] and not exchange.rest
        varying = ("date", "x-request-id", "set-cookie")  # a page with a form plants a token of its own each time
        assert [(name, value) for name, value in exchange.responses[0].headers if name.lower() not in varying] == \
               [(name, value) for name, value in answer.headers if name.lower() not in varying]


@pytest.mark.parametrize("path", ["/nowhere", "/users/nobody", "/@nobody", "/assets/none", "/.well-known/webfinger", "/%00", "//", "/x?a=%zz"])
def test_head_has_no_body_when_it_is_refused_either(server, path):
    exchange = server.exchange(f"HEAD {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode(), head=True)
    assert [response.status >= 400 for response in exchange.responses] == [True] and exchange.rest == b""


@pytest.mark.parametrize("method, path, limit, flags", ROUTES)
def test_other_methods_are_refused_on_every_route(server, method, path, limit, flags):
    for other in ("TRACE", "CONNECT", "TRACK", "DEBUG", "PROPFIND", "get"):
        exchange = raw(server, f"{other} {path} HTTP/1.1\nHost: a\nX-Secret: planted\nCookie: planted=1\n\n")
        assert exchange.status == 405 and b"planted" not in exchange.data, (other, exchange)
        assert other in ("CONNECT",) or method in exchange.responses[0].header("Allow", "").split(", "), other


@pytest.mark.parametrize("method, path, limit, flags", ROUTES)
def test_options_speak_to_other_origins_only_where_the_route_does(server, method, path, limit, flags):
    answer = server.request("OPTIONS", path, headers={"Origin": "https://evil.test", "Access-Control-Request-Method": method})
    assert "Access-Control-Allow-Credentials" not in answer.headers
    if "CORS" in flags:
        assert answer.status_code == 204 and answer.headers["Access-Control-Allow-Origin"] == "*" and not answer.content
        assert method in answer.headers["Access-Control-Allow-Methods"]
    else:
        assert answer.status_code == 405 and "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("content_type", [
    None, "", "text/plain", "text/plain; application/json", "text/html", "text/json", "application/xml", "image/png", "application/jsonp",
    "application/octet-stream", "multipart/mixed; boundary=x", "application/x-www-form-urlencoded2", "json", "*/*",
    "application/json, text/plain", ";application/json"])
def test_a_form_of_another_kind_is_415(test_server, content_type):
    line = "" if content_type is None else f"Content-Type: {content_type}\n"
    assert raw(test_server, f"POST /form HTTP/1.1\nHost: a\n{line}Content-Length: 8\n\n{{\"a\":1}}\n").status == 415


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_changes_the_method(test_server, header):
    assert raw(test_server, f"POST /who HTTP/1.1\nHost: a\n{header}: GET\n\n").status == 405
    assert raw(test_server, f"GET /who HTTP/1.1\nHost: a\n{header}: DELETE\n\n").status == 200
    assert raw(test_server, f"GET /form HTTP/1.1\nHost: a\n{header}: POST\n\n").status == 405


def test_no_parameter_changes_the_method(test_server):
    assert test_server.get("/who?_method=DELETE").status_code == 200
    assert test_server.post("/who?_method=GET").status_code == 405
    assert test_server.post("/form", data={"_method": "DELETE"}).json() == {"_method": "DELETE"}
    assert test_server.get("/form?_method=POST").status_code == 405


# I7: compressed bodies

@pytest.mark.parametrize("codings", [["gzip"], ["x-gzip"], ["deflate"], ["br"], ["zstd"], ["gzip, gzip"], ["GZIP"], ["identity, gzip"],
                                     ["identity", "gzip"], ["gzip", "identity"], ["made-up"]])
def test_a_compressed_body_is_refused_and_not_read_as_text(test_server, codings):
    body = gzip.compress(b'{"a": "1"}')
    head = "POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + "".join(
        f"Content-Encoding: {coding}\r\n" for coding in codings) + f"Content-Length: {len(body)}\r\n\r\n"
    assert test_server.exchange(head.encode() + body, responses=1).status == 415


def test_identity_is_no_coding(test_server):
    answer = test_server.post("/form", data=b'{"a": "1"}', headers={"Content-Type": "application/json", "Content-Encoding": "Identity"})
    assert answer.json() == {"a": "1"}


# 411: who has to send a body says how long it is

def test_a_route_that_needs_a_body_asks_for_its_length(test_server):
    kind = f"Content-Type: {FORM}\n"
    assert raw(test_server, f"POST /form-needed HTTP/1.1\nHost: a\n{kind}\n").status == 411
    assert raw(test_server, "POST /form-needed HTTP/1.1\nHost: a\n\n").status == 411
    assert raw(test_server, f"POST /form-needed HTTP/1.0\n{kind}\na=1").status == 411
    assert raw(test_server, f"POST /form-needed HTTP/1.1\nHost: a\n{kind}Content-Length: 3\n\na=1").status == 200
    assert raw(test_server, f"POST /form-needed HTTP/1.1\nHost: a\n{kind}Transfer-Encoding: chunked\n\n3\na=1\n0\n\n").status == 200
    assert raw(test_server, "POST /form-needed HTTP/1.1\nHost: a\nContent-Length: 0\n\n").status == 200
    assert raw(test_server, "POST /form HTTP/1.1\nHost: a\n\n").status == 200, "a button needs no body"


# D4: bytes that are no text

BAD = {"nul": (b"\0", "%00"), "broken": (b"\xff", "%ff"), "overlong": (b"\xc0\x80", "%c0%80"), "surrogate": (b"\xed\xa0\x80", "%ed%a0%80"),
       "too_high": (b"\xf4\x90\x80\x80", "%f4%90%80%80"), "cut": (b"\xe2\x82", "%e2%82")}


def multipart(name=b'name="a"', value=b"1", extra=b""):
    return b"--x\r\nContent-Disposition: form-data; " + name + b"\r\n" + extra + b"\r\n" + value + b"\r\n--x--\r\n"


def form_bodies(bad, escaped):
    urlencoded, parts, jsons = FORM, "multipart/form-data; boundary=x", "application/json"
    bodies = [(urlencoded, b"a=" + escaped), (urlencoded, escaped + b"=1"), (urlencoded, b"a=1&b[" + escaped + b"]=1"),
              (parts, multipart(b'name="' + bad + b'"')), (parts, multipart(value=b"1" + bad)),
              (parts, multipart(b'name="a"; filename="' + bad + b'.png"')),
              (parts, multipart(extra=b"Content-Type: text/plain; x=" + bad + b"\r\n")),
              (parts, multipart(extra=b"X-" + bad + b": 1\r\n")),
              (jsons, b'{"a": "' + bad + b'"}'), (jsons, b'{"' + bad + b'": 1}'), (jsons, b'{"a": ["' + bad + b'"]}')]
    if bad != b"\0":
        bodies.append((urlencoded, b"a=" + bad))
    return bodies


@pytest.mark.parametrize("name", BAD)
def test_a_form_that_is_no_text_is_400(test_server, name):
    bad, escaped = BAD[name]
    for content_type, body in form_bodies(bad, escaped.encode()):
        answer = test_server.post("/form", data=body, headers={"Content-Type": content_type})
        assert answer.status_code == 400, (content_type, body, answer.text)
        assert "error" in answer.json()


@pytest.mark.parametrize("body", [
    rb'{"a": "\u0000"}', rb'{"\u0000": 1}', rb'{"a": "\ud800"}', rb'{"a": "\udc00"}', rb'{"a": "\ud800\ud800"}', rb'{"\ud800": 1}',
    rb'{"a": "\udc00\ud800"}', b'\xef\xbb\xbf{"a": 1}', '{"a": 1}'.encode("utf-16"), rb'{"a": "\x00"}', b'{"a": 1}\0', b'{"a": "\n"}'])
def test_json_that_is_no_text_is_400(test_server, body):
    assert test_server.post("/form", data=body, headers={"Content-Type": "application/json"}).status_code == 400


@pytest.mark.parametrize("body", [b"a=%", b"a=%4", b"a=%u0041", b"%=1", b"a=%0g"])
def test_a_bad_escape_is_400(test_server, body):
    assert test_server.post("/form", data=body, headers={"Content-Type": FORM}).status_code == 400


@pytest.mark.parametrize("name", BAD)
def test_a_request_that_is_no_text_is_400(test_server, server, name):
    bad, escaped = BAD[name]
    for one in (test_server, server):
        for line in (b"GET /x" + bad, b"GET /x?a=" + bad, b"GET /" + escaped.encode(), b"GET /?a=" + escaped.encode(),
                     b"GET /?" + escaped.encode() + b"=1"):
            exchange = one.exchange(line + b" HTTP/1.1\r\nHost: a\r\n\r\n", responses=1)
            # A path that leads nowhere is 404 before its query is read.
            assert exchange.status == 400 or (exchange.status == 404 and line.startswith(b"GET /x?") is False and b"/?" in line), line
        for header in (b"X-A: " + bad, b"X-" + bad + b": 1", b"Host: " + bad, b"Cookie: a=" + bad, b"Accept: " + bad,
                       b"Authorization: Bearer " + bad):
            host = b"" if header.startswith(b"Host") else b"Host: a\r\n"
            assert one.exchange(b"GET /page HTTP/1.1\r\n" + host + header + b"\r\n\r\n", responses=1).status == 400, header


@pytest.mark.parametrize("path", [path for path in GETS if not path.startswith(("/assets", "/favicon"))])
@pytest.mark.parametrize("name", BAD)
def test_no_route_takes_a_query_that_is_no_text(server, path, name):
    escaped = BAD[name][1]
    for query in (f"resource={escaped}", f"uri={escaped}", f"{escaped}=1", f"limit={escaped}"):
        # Who may not ask at all is told so first.
        assert server.get(f"{path}?{query}").status_code in (400, 401)


def test_unassigned_characters_are_kept(test_server):
    for text in ("\uffff", "\ufdd0", "\U0001fffe", "\u0378", "\u202e", "a\u0301"):
        assert test_server.post("/form", data={"a": text}).json() == {"a": text}


# H15: one limit, however the path is spelt

def spellings(path):
    head, _, query = path.partition("?")
    query = "?" + query if query else ""
    yield from (("GET", head + "/" + query), ("GET", "/" + head + query), ("GET", head.upper() + query), ("GET", head + ".json" + query),
                ("HEAD", head + query), ("GET", head + "?x=1"), ("GET", head.replace("a", "%61", 1) + query),
                ("GET", head + "%20" + query), ("GET", head + "//" + query), ("GET", head + "/." + query), ("GET", head + ";x" + query))


@pytest.fixture(scope="module")
def limited(server):
    """A server on the same database that counts loopback like everyone."""
    program = Server(server.database, {"limits.exempt_addresses": "", "instance.base_url": server.url,
                                        "data.directory": server.settings["data.directory"]})
    try:
        program.start()
        yield program
    finally:
        program.remove()


@pytest.mark.parametrize("path, limit", sorted({(path, limit) for method, path, limit, _ in ROUTES if method == "GET"}))
def test_every_spelling_of_a_route_is_counted_by_its_limit(limited, path, limit):
    source = f"127.0.1.{GETS.index(path) % 254 + 1}"  # with windows of its own

    def ask(method, target):
        text = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        return limited.exchange(text.encode(), head=method == "HEAD", source=source).responses[0]
    first = last = ask("GET", path)
    assert (first.header("X-RateLimit-Limit") is not None) == (limit != "none")
    for method, spelling in spellings(path):
        answer = ask(method, spelling)
        if answer.status in (400, 404) and answer.header("X-RateLimit-Limit") is None:
            continue  # no route
        if answer.header("X-RateLimit-Limit") != first.header("X-RateLimit-Limit"):
            # A route of another class, which has nothing of that name, wants a token or is no GET.
            assert answer.status in (401, 404, 405), (method, spelling)
            continue
        if limit != "none" and answer.header("X-RateLimit-Reset") == last.header("X-RateLimit-Reset"):
            assert int(answer.header("X-RateLimit-Remaining")) == int(last.header("X-RateLimit-Remaining")) - 1, (method, spelling)
        last = answer


# RELIABILITY: slow heads

def slow_wave(server, count):
    """Opens slow heads and serves others meanwhile; (seconds that each took to be closed, resident bytes at the height)."""
    socks, begun = [], []
    for _ in range(count):
        socks.append(connect(server.port))
        socks[-1].sendall(b"GET /who HTTP/1.1\r\nHost: a\r\nX-Slow:")
        begun.append(time.monotonic())
    for _ in range(20):
        before = time.monotonic()
        assert raw_exchange(server.port, b"GET /who HTTP/1.1\r\nHost: a\r\n\r\n", responses=1, seconds=3).status == 200
        assert time.monotonic() - before < 1
    resident = process_rss_bytes(server.pid)
    times = []
    for sock, moment in zip(socks, begun):
        data, ending = receive(sock, 15)
        assert data.startswith(b"HTTP/1.1 408 ") and ending in ("closed", "reset")
        times.append(time.monotonic() - moment)
        sock.close()
    return times, resident


def check_slow_heads(server, count):
    before = process_rss_bytes(server.pid)
    heights = []
    for _ in range(4):
        times, resident = slow_wave(server, count)
        heights.append(resident)
        assert min(times) > 1.8 and max(times) < 6, (min(times), max(times))
    assert heights[0] - before < 4 * 1024 * 1024 + count * 65536, (before, heights)
    assert heights[3] - heights[1] < 4 * 1024 * 1024 + count * 4096, heights


def slow_server(factory):
    # AddressSanitizer keeps what was freed: with its usual 256 MB nothing could be said about memory.
    options = environment()["ASAN_OPTIONS"] + ":quarantine_size_mb=1"
    return factory({"http.header_timeout": "2s", "http.loops": 1, "http.max_connections_per_address": 4000}, env={"ASAN_OPTIONS": options})


def test_slow_heads_end_at_their_deadline_and_take_no_memory_with_them(test_server_factory):
    check_slow_heads(slow_server(test_server_factory), 200)


@pytest.mark.long
@pytest.mark.limit(180)
def test_a_thousand_slow_heads_end_at_their_deadline(test_server_factory):
    check_slow_heads(slow_server(test_server_factory), 1000)
