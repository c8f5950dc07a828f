# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outbound client against peers that lie, trickle, redirect and bomb. Nothing but loopback is ever dialled."""
import gzip
import json
import os
import queue
import shutil
import socket
import ssl
import subprocess
import threading
import time
import warnings

import pytest

from support import processes
from support.peers import Authority, Peer, answer, redirect
from support.server import binary
from support.waiting import wait_until

MIB = 1024 * 1024


class Client:
    """comptoir-http-client: requests in, results out."""

    def __init__(self, settings=None, names=None, env=None, open_files=None):
        self.directory = processes.make_directory("comptoir-hc-")
        self.log_path = os.path.join(self.directory, "log")
        values = processes.environment(**(env or {}))
        values["LD_PRELOAD"] = binary("libcomptoir_getaddrinfo_shim.so")
        values["GETADDRINFO_MAP"] = ";".join(f"{name}={value}" for name, value in (names or {}).items())
        arguments = [f"{name}={value}" for name, value in (settings or {}).items()]
        with open(self.log_path, "wb") as log:
            self.process = processes.spawn([binary("comptoir-http-client"), *arguments], subprocess.PIPE, log, env=values,
                                           open_files=open_files, stdin=subprocess.PIPE)
        self.results = queue.Queue()
        self.early = {}
        self.count = 0
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.results.put(json.loads(line))

    def write(self, value):
        self.process.stdin.write(json.dumps(value).encode() + b"\n")
        self.process.stdin.flush()

    def send(self, url, **keywords):
        self.count += 1
        self.write({"id": self.count, "url": url, **keywords})
        return self.count

    def result(self, number, seconds=30):
        while number not in self.early:
            result = self.results.get(timeout=seconds)
            self.early[result["id"]] = result
        return self.early.pop(number)

    def get(self, url, seconds=30, **keywords):
        return self.result(self.send(url, **keywords), seconds)

    def post(self, url, body="", **keywords):
        return self.get(url, method="POST", body=body, **keywords)

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def close(self):
        """The end of its input ends it; it must leave nothing behind."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.reader.join(10)
        self.process.stdout.close()
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        shutil.rmtree(self.directory, ignore_errors=True)
        report = processes.sanitizer_report(text)
        assert not report, "a sanitizer reported:\n" + report
        assert code == 0, f"ended with {code}:\n{text[-2000:]}"


@pytest.fixture
def peers():
    made = []

    def make(reply=None, **keywords):
        made.append(Peer(reply, **keywords))
        return made[-1]
    yield make
    for peer in made:
        peer.close()


@pytest.fixture
def clients():
    made = []

    def make(allowed=(), **keywords):
        settings = keywords.pop("settings", {})
        items = [item if isinstance(item, str) else f"127.0.0.1:{item.port}" for item in allowed]
        made.append(Client({"federation.allow_addresses": ",".join(items), **settings}, **keywords))
        return made[-1]
    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="module")
def authority():
    directory = processes.make_directory("comptoir-ca-")
    yield Authority(directory)
    shutil.rmtree(directory, ignore_errors=True)


def url(peer, path="/", host="127.0.0.1", scheme="http"):
    return f"{scheme}://{host}:{peer.port}{path}"


# What is sent and what comes back

def test_a_get_says_who_we_are_and_brings_head_and_body(peers, clients):
    peer = peers(lambda request, sock: answer(200, b'{"a":1}', [
        ("Content-Type", "application/activity+json; charset=utf-8"), ("Retry-After", "120"), ("X-One", "1")]))
    client = clients([peer], settings={"instance.base_url": "https://social.example"})
    result = client.get(url(peer, "/users/a?x=%41"), headers={"Accept": "application/activity+json", "X-Empty": ""})
    assert result["error"] == "ok" and result["status"] == 200 and result["body"] == '{"a":1}'
    assert result["content_type"] == "application/activity+json; charset=utf-8" and result["retry_after_s"] == 120
    assert ["X-One", "1"] in result["headers"] and result["redirects"] == 0
    assert result["url"] == url(peer, "/users/a?x=A") and not result["is_in_send"]
    request = peer.requests[0]
    assert (request.method, request.target) == ("GET", "/users/a?x=A")
    assert request.header("User-Agent").startswith("Comptoir/") and \
        request.header("User-Agent").endswith(" (+https://social.example)")
    assert request.header("Host") == f"127.0.0.1:{peer.port}" and request.header("Accept-Encoding") == "gzip"
    assert request.header("Accept") == "application/activity+json" and request.header("X-Empty") == ""
    assert request.header("X-Signed") == f"GET {url(peer, '/users/a?x=A')} 0"
    assert request.header("Cookie") is None and request.header("Authorization") is None


def test_a_post_brings_its_body_without_waiting_for_permission(peers, clients):
    peer = peers(lambda request, sock: answer(202))
    client = clients([peer])
    body = "x" * (2 * MIB // 4)
    result = client.post(url(peer, "/inbox"), body, headers={"Content-Type": "application/activity+json"})
    assert result["error"] == "ok" and result["status"] == 202
    request = peer.requests[0]
    assert request.method == "POST" and request.body == body.encode() and request.header("Expect") is None
    assert request.header("Content-Type") == "application/activity+json"
    assert client.post(url(peer, "/inbox"))["status"] == 202
    assert peer.requests[1].header("Content-Type") is None and peer.requests[1].header("Content-Length") == "0"


def test_handles_and_connections_are_used_again_without_traces(peers, clients):
    peer = peers(lambda request, sock: answer(200, request.method.encode() + request.body))
    client = clients([peer])
    for _ in range(3):
        assert client.post(url(peer), "first", headers={"X-A": "1", "Content-Type": "a/b"})["body"] == "POSTfirst"
        assert client.get(url(peer))["body"] == "GET"
    assert peer.connections == 1
    last = peer.requests[-1]
    assert last.body == b"" and last.header("X-A") is None and last.header("Content-Type") is None


def test_a_kept_connection_that_the_peer_closed_costs_no_request(peers, clients):
    def reply(request, sock):
        sock.sendall(answer(200, b"ok"))
    peer = peers(reply)
    client = clients([peer])
    for number in range(5):
        assert client.post(url(peer), f"{number}")["body"] == "ok"
    assert [request.body for request in peer.requests] == [b"0", b"1", b"2", b"3", b"4"]


def test_cookies_are_not_kept(peers, clients):
    peer = peers(lambda request, sock: answer(200, b"", [("Set-Cookie", "a=b")]))
    client = clients([peer])
    client.get(url(peer))
    client.get(url(peer))
    assert [request.header("Cookie") for request in peer.requests] == [None, None]


def test_a_caller_may_refuse_to_sign_and_cannot_break_the_head(peers, clients):
    peer = peers()
    client = clients([peer])
    assert client.get(url(peer), refuse_hop=0)["error"] == "not_signed"
    assert client.get(url(peer), headers={"X-A": "1\r\nX-B: 2"})["error"] == "not_signed"
    assert peer.connections == 0


def test_the_environment_and_home_name_no_proxy_and_no_password(peers, clients):
    peer, proxy = peers(), peers()
    home = processes.make_directory("comptoir-home-")
    try:
        with open(os.path.join(home, ".netrc"), "w", encoding="ascii") as file:
            file.write("machine 127.0.0.1 login a password b\n")
        os.chmod(os.path.join(home, ".netrc"), 0o644)
        there = url(proxy)
        client = clients(["127.0.0.1"], env={"http_proxy": there, "https_proxy": there, "ALL_PROXY": there, "HOME": home})
        assert client.get(url(peer))["body"] == "ok"
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert proxy.connections == 0 and peer.requests[0].header("Authorization") is None


# C1 and C3: addresses

LOOPBACK_SPELLINGS = [
    "https://127.1:{port}/", "https://2130706433:{port}/", "https://0x7f.1:{port}/", "https://0177.0.0.1:{port}/",
    "https://0:{port}/", "https://localhost:{port}/", "https://127.0.0.1:{port}/", "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/", "https://[::127.0.0.1]:{port}/", "https:/127.0.0.1:{port}/",
    "https://a@127.0.0.1:{port}#@ok.test/", "https://ok.test\\@127.0.0.1:{port}/", "https://127.0.0.1.:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/", "https://127。0。0。1:{port}/", "https://%31%32%37.0.0.1:{port}/",
    "https://0x7f000001:{port}/", "https://017700000001:{port}/", "https://127.0.0.1%00.ok.test:{port}/",
    "https://ok.test@127.0.0.1:{port}/", "https://ok.test%2f@127.0.0.1:{port}/", "https://0.0.0.0:{port}/",
    "http://127.0.0.1:{port}/", "https://canary.test:{port}/", "https://mapped.test:{port}/", "gopher://127.0.0.1:{port}/",
    "file:///etc/passwd", "ftp://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/", "//127.0.0.1:{port}/",
]


@pytest.mark.parametrize("spelling", LOOPBACK_SPELLINGS)
def test_no_spelling_of_loopback_is_dialled(peers, clients, spelling):
    canary, friend = peers(), peers()
    names = {"localhost": "127.0.0.1", "canary.test": "127.0.0.1", "mapped.test": "::ffff:127.0.0.1", "ok.test": "127.0.0.1",
             "127.1": "127.0.0.1", "2130706433": "127.0.0.1"}
    client = clients([friend, f"127.0.0.2:{canary.port}"], names=names)
    result = client.get(spelling.format(port=canary.port))
    assert result["error"] in ("refused", "bad_url"), result
    assert client.get(url(friend))["body"] == "ok"
    assert canary.connections == 0


def test_loopback_is_refused_on_443_too(peers, clients):
    client = clients(names={"canary.test": "127.0.0.1,::1,127.0.0.2,::ffff:127.0.0.1,127.255.255.254"})
    result = client.get("https://canary.test/")
    assert result["error"] == "refused" and result["status"] == 0


def test_a_name_that_answers_a_good_address_and_a_canary_reaches_the_good_one(peers, clients):
    canary = peers()
    good = peers(address="127.0.0.2", port=canary.port)
    for answers in ("127.0.0.2,127.0.0.1", "127.0.0.1,127.0.0.2"):
        client = clients([f"127.0.0.2:{canary.port}"], names={"both.test": answers})
        assert client.get(url(good, host="both.test"))["body"] == "ok"
    assert good.connections == 2 and canary.connections == 0


def test_a_name_that_changes_its_answer_is_judged_again(peers, clients):
    canary = peers()
    good = peers(lambda request, sock: answer(200, b"ok", [("Connection", "close")]), address="127.0.0.2", port=canary.port)
    client = clients([f"127.0.0.2:{canary.port}"], names={"*.rebind.test": "127.0.0.2|127.0.0.1"})
    assert client.get(url(good, host="a.rebind.test"))["body"] == "ok"
    assert client.get(url(good, host="b.rebind.test"))["error"] == "refused"
    assert canary.connections == 0


def test_a_name_without_address_and_a_closed_port_have_their_own_errors(clients):
    port = processes.free_port()
    client = clients([f"127.0.0.1:{port}"])
    assert client.get(f"http://nowhere.test:{port}/")["error"] == "dns"
    assert client.get(f"http://127.0.0.1:{port}/")["error"] == "connect"


# C4: redirects

def hops(count, last=b"end"):
    def reply(request, sock):
        number = int(request.target.strip("/") or 0)
        return redirect(f"/{number + 1}") if number < count else answer(200, last)
    return reply


def test_three_redirects_are_followed_and_each_is_signed(peers, clients):
    peer = peers(hops(3))
    result = clients([peer]).get(url(peer, "/0"))
    assert result["error"] == "ok" and result["body"] == "end" and result["redirects"] == 3
    assert result["url"] == url(peer, "/3")
    assert [request.header("X-Signed") for request in peer.requests] == \
        [f"GET {url(peer, f'/{number}')} {number}" for number in range(4)]


def test_a_fourth_redirect_and_a_loop_are_not_followed(peers, clients):
    peer = peers(hops(4))
    looping = peers(lambda request, sock: redirect("/"))
    client = clients([peer, looping])
    assert client.get(url(peer, "/0"))["error"] == "redirect"
    assert client.get(url(looping))["error"] == "redirect"
    assert len(peer.requests) == 4 and len(looping.requests) == 4


def test_a_hop_that_is_not_signed_ends_the_request(peers, clients):
    peer = peers(hops(3))
    assert clients([peer]).get(url(peer, "/0"), refuse_hop=1)["error"] == "not_signed"
    assert len(peer.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_post_is_never_redirected(peers, clients, status):
    canary = peers()
    peer = peers(lambda request, sock: redirect(url(canary), status))
    result = clients(["127.0.0.1"]).post(url(peer), "secret")
    assert result["error"] == "ok" and result["status"] == status and canary.connections == 0


@pytest.mark.parametrize("target, error", [
    ("http://127.0.0.1:{canary}/", "refused"), ("https://127.0.0.1:{canary}/", "refused"),
    ("//127.0.0.1:{canary}/", "refused"), ("http://canary.test:{canary}/", "refused"),
    ("file:///etc/passwd", "redirect"), ("ftp://127.0.0.1:{canary}/", "redirect"),
    ("gopher://127.0.0.1:{canary}/", "redirect"), ("data:text/plain,a", "redirect"), ("javascript:alert(1)", "redirect"),
    ("http://a@127.0.0.1:{canary}/", "redirect"), ("http://127.1:{canary}/", "any"),
    ("http://2130706433:{canary}/", "any"), ("https://127.0.0.1:25/", "refused"), ("", "redirect"),
    ("http://[::ffff:127.0.0.1]:{canary}/", "refused"), ("/\rX: http://127.0.0.1:{canary}/", "any"),
    ("/ok\r\nX-Injected: 1", "ok"), ("/%0d%0aX-Injected:1", "ok"), ("?again", "ok"), ("/a b", "any"),
])
def test_where_a_redirect_may_lead(peers, clients, target, error):
    canary = peers()
    text = target.format(canary=canary.port)
    peer = peers(lambda request, sock: redirect(text) if request.target == "/" else answer(200, b"inside"))
    result = clients([peer], names={"canary.test": "127.0.0.1"}).get(url(peer))
    assert canary.connections == 0
    assert error == "any" or result["error"] == error, result
    assert all(request.header("X-Injected") is None for request in peer.requests)


def test_https_is_never_left_for_http(peers, clients, authority):
    plain = peers()
    peer = peers(lambda request, sock: redirect(url(plain)), context=authority.context("127.0.0.1"))
    client = clients(["127.0.0.1"], settings={"federation.ca_file": authority.pem_path})
    result = client.get(url(peer, scheme="https"))
    assert result["error"] == "refused" and plain.connections == 0 and len(peer.requests) == 1


def test_without_redirects_a_redirect_is_an_answer(peers, clients):
    peer = peers(hops(3))
    result = clients([peer]).get(url(peer, "/0"), limits={"max_redirects": 0})
    assert result["error"] == "ok" and result["status"] == 302 and ["Location", "/1"] in result["headers"]


# C5: plain http and other ports

def test_an_entry_with_a_port_opens_that_port_only(peers, clients):
    peer, other = peers(), peers()
    client = clients([peer])
    assert client.get(url(peer))["error"] == "ok"
    assert client.get(url(other))["error"] == "refused"
    assert client.get(url(other, scheme="https"))["error"] == "refused"
    assert client.get("https://127.0.0.1:25/")["error"] == "refused"
    assert other.connections == 0


# C6: sizes and times

def test_a_body_may_have_its_limit_and_no_byte_more(peers, clients):
    peer = peers(lambda request, sock: answer(200, b"x" * int(request.target[1:])))
    client = clients([peer])
    assert client.get(url(peer, f"/{MIB}"))["body_bytes"] == MIB
    assert client.get(url(peer, f"/{MIB + 1}"))["error"] == "too_large"
    assert client.get(url(peer, "/101"), limits={"max_body_bytes": 100})["error"] == "too_large"
    assert client.get(url(peer, "/100"), limits={"max_body_bytes": 100})["body_bytes"] == 100


def test_who_wants_the_beginning_only_gets_it(peers, clients):
    def reply(request, sock):
        if request.target == "/away":
            return answer(302, b"x" * 99, [("Location", url(peer, "/101"))])
        if request.target == "/endless":
            sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200)
            peer.stopping.wait(20)
            return None
        return answer(200, b"x" * int(request.target[1:]))
    peer = peers(reply)
    client, limits = clients([peer]), {"max_body_bytes": 100, "cuts_body": True}
    for path in ("/100", "/101", "/100000", "/away", "/endless"):
        result = client.get(url(peer, path), limits=limits)
        assert (result["error"], result["status"], result["body"]) == ("ok", 200, "x" * 100), path
    assert client.get(url(peer, "/99"), limits=limits)["body_bytes"] == 99


def test_an_endless_chunked_body_is_broken_off(peers, clients):
    def reply(request, sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        while True:
            sock.sendall(chunk)
    peer = peers(reply)
    result = clients([peer]).get(url(peer))
    assert result["error"] == "too_large" and result["body_bytes"] <= MIB


def test_gzip_is_read_and_a_bomb_is_broken_off(peers, clients):
    bomb = gzip.compress(b"\0" * (100 * MIB), 9)
    assert len(bomb) < 150000
    small = gzip.compress(b"hello")
    peer = peers(lambda request, sock: answer(200, bomb if request.target == "/bomb" else small, [("Content-Encoding", "gzip")]))
    client = clients([peer])
    assert client.get(url(peer))["body"] == "hello"
    result = client.get(url(peer, "/bomb"))
    assert result["error"] == "too_large" and result["body_bytes"] <= MIB


@pytest.mark.parametrize("headers", [
    [("Content-Encoding", "gzip, gzip, gzip")], [("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")],
    [("Content-Encoding", "deflate")], [("Content-Encoding", "br")], [("Content-Encoding", "zstd")],
    [("Transfer-Encoding", "gzip, chunked")], [("Transfer-Encoding", "chunked, chunked")]])
def test_codings_that_were_not_offered_are_refused(peers, clients, headers):
    body = gzip.compress(gzip.compress(gzip.compress(b"hello")))
    peer = peers(lambda request, sock: answer(200, body, headers))
    assert clients([peer]).get(url(peer))["error"] == "protocol"


def test_a_body_that_is_not_what_it_says_is_an_error(peers, clients):
    def reply(request, sock):
        texts = {"/short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
                 "/chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                 "/badchunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
                 "/gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
                 "/nothing": b"", "/old": b"just text\r\n", "/head": b"HTTP/1.1 200 OK\r\nContent-Le"}
        sock.sendall(texts[request.target])
    peer = peers(reply)
    client = clients([peer])
    for path in ("/short", "/chunk", "/badchunk", "/gzip", "/nothing", "/old", "/head"):
        assert client.get(url(peer, path))["error"] == "protocol", path


def test_bytes_after_the_length_do_not_become_the_next_answer(peers, clients):
    peer = peers(lambda request, sock: answer(200, b"one") + answer(200, b"smuggled"))
    client = clients([peer])
    assert client.get(url(peer))["body"] == "one"
    assert client.get(url(peer))["body"] == "one"


def hold(request, sock):
    """Answers nothing until the other side goes."""
    try:
        sock.recv(1)
    except OSError:
        pass


def trickle(head, interval=0.05):
    def reply(request, sock):
        sock.sendall(head)
        stop = threading.Event()
        while not stop.wait(interval):
            sock.sendall(b"x")
    return reply


def timed(client, there, **keywords):
    began = time.monotonic()
    result = client.get(there, **keywords)
    return result, time.monotonic() - began


def test_a_peer_that_answers_nothing_is_left_after_the_first_byte_limit(peers, clients):
    peer = peers(hold)
    result, took = timed(clients([peer]), url(peer), limits={"first_byte_ms": 400})
    assert result["error"] == "timeout" and 0.3 < took < 5


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_trickle_ends_with_the_total_time(peers, clients, head):
    peer = peers(trickle(head))
    result, took = timed(clients([peer]), url(peer), limits={"total_ms": 700})
    assert result["error"] == "timeout" and 0.6 < took < 5


def test_a_peer_that_never_ends_the_handshake_is_left(peers, clients):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    port = listener.getsockname()[1]
    result, took = timed(clients([f"127.0.0.1:{port}"]), f"https://127.0.0.1:{port}/", limits={"tls_ms": 400})
    listener.close()
    assert result["error"] == "timeout" and 0.3 < took < 4


def test_a_port_that_takes_no_connection_is_left(clients):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    result, took = timed(clients([f"127.0.0.1:{port}"]), f"http://127.0.0.1:{port}/", limits={"connect_ms": 400})
    for sock in [listener, *fillers]:
        sock.close()
    assert result["error"] == "timeout" and 0.3 < took < 4


def test_a_slow_look_up_holds_up_nobody(peers, clients):
    peer = peers()
    client = clients([peer], names={"slow.test": "~3000,127.0.0.1"})
    began = time.monotonic()
    slow = client.send(url(peer, host="slow.test"), limits={"connect_ms": 300})
    cancelled = client.send(url(peer, host="slow.test"))
    assert client.get(url(peer))["body"] == "ok"
    client.write({"cancel": cancelled})
    assert client.get(url(peer))["body"] == "ok"
    assert client.result(slow)["error"] == "timeout"
    assert time.monotonic() - began < 2.5


# C7: TLS

@pytest.fixture
def tls_client(clients, authority):
    return clients(["127.0.0.1"], settings={"federation.ca_file": authority.pem_path},
                   names={"good.test": "127.0.0.1", "other.test": "127.0.0.1"})


def test_a_certificate_of_the_given_authority_is_believed(peers, authority, tls_client):
    for host in ("good.test", "127.0.0.1"):
        peer = peers(context=authority.context(host))
        assert tls_client.get(url(peer, host=host, scheme="https"))["body"] == "ok"
        assert tls_client.get(url(peer, host=host, scheme="https"))["body"] == "ok"
        assert peer.connections == 1


@pytest.mark.parametrize("keywords", [
    {"host": "good.test", "from_days": -3, "to_days": -1}, {"host": "good.test", "from_days": 1, "to_days": 2},
    {"host": "other.test"}, {"host": "good.test", "is_self_signed": True}, {"host": "127.0.0.1"},
    {"host": "other.test", "common_name": "good.test"}, {"host": "*.test.good.test"}, {"host": "*"}, {"host": "*.test."},
    {"host": "good.test\0.other.test"}])
def test_any_other_certificate_is_refused(peers, authority, tls_client, keywords):
    peer = peers(context=authority.context(**keywords))
    result = tls_client.get(url(peer, host="good.test", scheme="https"))
    assert result["error"] == "tls" and peer.requests == []


def test_an_authority_that_was_not_given_is_not_believed(peers, clients, authority):
    peer = peers(context=authority.context("127.0.0.1"))
    assert clients([peer]).get(url(peer, scheme="https"))["error"] == "tls"
    assert peer.requests == []


def test_tls_below_1_2_is_refused_and_1_2_taken(peers, authority, tls_client):
    old, good = authority.context("good.test"), authority.context("good.test")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    good.maximum_version = ssl.TLSVersion.TLSv1_2
    peer = peers(context=old)
    assert tls_client.get(url(peer, host="good.test", scheme="https"))["error"] == "tls"
    peer = peers(context=good)
    assert tls_client.get(url(peer, host="good.test", scheme="https"))["error"] == "ok"


def test_a_peer_that_speaks_no_tls_is_not_asked_in_the_clear(peers, tls_client):
    peer = peers()
    result = tls_client.get(url(peer, host="good.test", scheme="https"), limits={"tls_ms": 300})
    assert result["error"] == "timeout" and peer.requests == []


# C8: many at a time

def test_one_host_gets_four_connections_and_the_others_wait_their_turn(peers, clients):
    gate = threading.Event()

    def reply(request, sock):
        gate.wait(20)
        return answer(200, b"ok")
    peer = peers(reply)
    friend = peers()
    client = clients([peer, friend])
    numbers = [client.send(url(peer, f"/{i}")) for i in range(12)]
    assert client.get(url(friend))["body"] == "ok"
    assert peer.connections <= 4
    gate.set()
    assert {client.result(number)["body"] for number in numbers} == {"ok"}
    assert peer.most_open <= 4 and len(peer.requests) == 12


def test_what_waited_in_vain_is_busy_and_says_nothing_about_the_peer(peers, clients):
    peer = peers(hold)
    client = clients([peer])
    numbers = [client.send(url(peer), limits={"total_ms": 2000}) for _ in range(4)]
    waiting = client.send(url(peer), limits={"total_ms": 500})
    assert client.result(waiting)["error"] == "busy"
    assert {client.result(number)["error"] for number in numbers} == {"timeout"}


def test_six_hundred_hosts_do_not_exhaust_the_descriptors(peers, clients):
    peer = peers()
    client = clients([peer], names={"*.many.test": "127.0.0.1"}, open_files=256)
    numbers = [client.send(url(peer, host=f"h{i}.many.test")) for i in range(600)]
    most, results = 0, []
    for number in numbers:
        results.append(client.result(number))
        most = max(most, client.open_descriptors())
    assert {result["error"] for result in results} == {"ok"}
    assert most < 200


def test_a_cancelled_request_is_not_told_and_gives_its_place_back(peers, clients):
    peer = peers(lambda request, sock: answer(200, b"ok") if request.target == "/ok" else hold(request, sock))
    client = clients([peer])
    numbers = [client.send(url(peer, "/hold")) for _ in range(9)]
    for number in numbers:
        client.write({"cancel": number})
    assert client.get(url(peer, "/ok"))["body"] == "ok"
    assert client.results.empty() and not client.early


def test_a_client_that_stops_ends_every_request_and_leaks_nothing(peers, clients):
    peer = peers(hold)
    client = clients([peer], names={"slow.test": "~500,127.0.0.1"})
    numbers = [client.send(url(peer)) for _ in range(9)] + [client.send(url(peer, host="slow.test")) for _ in range(2)]
    wait_until(lambda: len(peer.requests) == 4)
    client.process.stdin.close()
    assert {client.result(number)["error"] for number in numbers} == {"cancelled"}


# C10: heads

@pytest.mark.parametrize("head", [
    b"".join(b"X-%d: y\r\n" % i for i in range(10000)), b"X: " + b"y" * MIB + b"\r\n",
    b"X: " + b"y" * 70000 + b"\r\n", b"".join(b"X: y\r\n" for _ in range(257))])
def test_a_head_that_is_too_large_is_broken_off(peers, clients, head):
    peer = peers(lambda request, sock: b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: 0\r\n\r\n")
    assert clients([peer]).get(url(peer))["error"] == "too_large"


def test_interim_answers_and_trailers_are_counted_as_well(peers, clients):
    def interim(request, sock):
        while True:
            sock.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)

    def trailers(request, sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
        while True:
            sock.sendall(b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 100)
    client = clients(["127.0.0.1"])
    assert client.get(url(peers(interim)))["error"] == "too_large"
    assert client.get(url(peers(trailers)))["error"] == "too_large"


def test_an_interim_answer_and_a_trailer_leave_no_headers(peers, clients):
    peer = peers(lambda request, sock: b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Main: 1\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Late: 1\r\n\r\n")
    result = clients([peer]).get(url(peer))
    names = [name for name, _ in result["headers"]]
    assert result["body"] == "a" and "X-Main" in names and "X-Early" not in names and "X-Late" not in names


def test_a_head_of_the_shortest_headers_fits_the_memory_set_aside(peers, clients):
    tiny = (b"HTTP/1.1 103 X\n" + b"a:\n" * 255 + b"\n") * 82
    assert len(tiny) < 65400

    def reply(request, sock):
        number = int(request.target[1:])
        return tiny + (redirect(f"/{number + 1}") if number < 3 else answer(200, b"end"))
    peer = peers(reply)
    result = clients([peer]).get(url(peer, "/0"))
    assert result["error"] == "ok" and result["body"] == "end" and result["redirects"] == 3


@pytest.mark.parametrize("value, seconds", [("7", 7), ("-1", -1), ("99999999999999999999", -1), ("4000000000", 2147483647),
                                            ("soon", -1), ("Sun, 06 Nov 1994 08:49:37 GMT", 0)])
def test_retry_after_is_read_with_care(peers, clients, value, seconds):
    peer = peers(lambda request, sock: answer(503, b"", [("Retry-After", value)]))
    result = clients([peer]).get(url(peer))
    assert result["status"] == 503 and result["retry_after_s"] == seconds
