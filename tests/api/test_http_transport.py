# SPDX-License-Identifier: AGPL-3.0-or-later
"""TLS, Unix sockets, several addresses."""
import os
import shutil
import socket
import ssl
import time

import pytest

from support import processes
from support.certificate import make_certificate, tls
from support.wire import raw_exchange, receive, responses_complete
from test_http_syntax import REFUSED, SMUGGLED, status_of

WHO = b"GET /who HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def certificate():
    directory = processes.make_directory("comptoir-tls-")
    paths = make_certificate(directory)
    yield {"http.tls_certificate": paths[0], "http.tls_key": paths[1]}
    shutil.rmtree(directory)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_everything_works_under_tls(test_server_factory, certificate, version):
    server = test_server_factory(certificate)
    with tls(server.port, maximum_version=version, minimum_version=version) as sock:
        sock.sendall(WHO + b"GET /large/2000 HTTP/1.1\r\nHost: a\r\n\r\nGET /slow/50 HTTP/1.1\r\nHost: a\r\n\r\n")
        data, _ = receive(sock, 10, until=responses_complete(3))
        assert b'"https":true' in data and b"Strict-Transport-Security" in data and len(data) > 2000 * 1024
        body = b"x" * 700000
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        data, _ = receive(sock, 10, until=responses_complete(1))
        assert data.endswith(body)
        sock.sendall(b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        receive(sock, 5, until=lambda data: b"welcome" in data)
        server.terminate()
        data, ending = receive(sock, 5)
        assert data == b"event: end\ndata: {}\n\n" and ending == "closed"


def test_tricks_are_refused_under_tls_as_well(test_server_factory, certificate):
    server = test_server_factory(certificate)
    for name, (data, status) in REFUSED.items():
        with tls(server.port) as sock:
            sock.sendall(data + SMUGGLED)
            answer, ending = receive(sock, 10)
        assert status_of(answer) == status and answer.count(b"HTTP/1.1 ") == 1, name
        assert b"smuggled" not in answer and ending == "closed", name


def test_old_versions_and_plain_http_are_refused(test_server_factory, certificate):
    server = test_server_factory(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", server.port)) as sock, pytest.raises(ssl.SSLError):
        context.wrap_socket(sock)
    exchange = raw_exchange(server.port, WHO)
    assert not exchange.responses and exchange.is_closed


def test_a_handshake_has_a_deadline_and_may_end_anywhere(test_server_factory, certificate):
    server = test_server_factory({**certificate, "http.header_timeout": "400ms"})
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        assert receive(sock, 5)[1] in ("closed", "reset")
    hello = bytes.fromhex("160301010001") + b"\x00" * 100
    for length in range(0, len(hello), 9):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(hello[:length])
    for length in (0, 10, len(WHO)):
        with tls(server.port) as sock:
            sock.sendall(WHO[:length])
    with tls(server.port) as sock:
        sock.sendall(WHO)
        assert receive(sock, 5, until=responses_complete(1))[0].startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("settings, message", [
    ({"http.tls_certificate": "/nowhere/certificate.pem", "http.tls_key": "/nowhere/key.pem"}, "/nowhere/certificate.pem"),
    ({"http.listen": "localhost"}, "localhost"), ({"http.trusted_proxies": "10.0.0.0/99"}, "10.0.0.0/99")])
def test_what_cannot_be_set_up_is_named(test_server_factory, settings, message):
    with pytest.raises(AssertionError, match=message):
        test_server_factory(settings)


def test_a_unix_socket_of_a_busy_server_is_refused_at_once(test_server_factory):
    """Its backlog is full, so a connect would wait until that server takes somebody."""
    directory = processes.make_directory("comptoir-unix-")
    path = os.path.join(directory, "http")
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as waiting:
        busy.bind(path)
        busy.listen(0)
        os.chmod(path, 0o777)
        waiting.connect(path)
        began = time.monotonic()
        with pytest.raises(AssertionError, match="Address already in use"):
            test_server_factory({"http.listen": f"unix:{path}"})
        assert time.monotonic() - began < 10
    shutil.rmtree(directory)


def test_a_unix_socket_serves_and_is_removed(test_server_factory):
    directory = processes.make_directory("comptoir-unix-")
    path = os.path.join(directory, "http")
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(path)
    processes.give(path)
    server = test_server_factory({"http.listen": f"unix:{path}, 127.0.0.1:0", "http.trusted_proxies": "unix",
                                  "http.max_connections_per_address": 1})
    socks = []
    for number in range(3):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(path)
        sock.sendall(b"GET /who HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.%d\r\n\r\n" % number)
        data, _ = receive(sock, 5, until=responses_complete(1))
        assert b'"address":"203.0.113.%d"' % number in data
        socks.append(sock)
    assert server.get("/who").status_code == 200
    for sock in socks:
        sock.close()
    server.stop()
    assert not os.path.exists(path)
    shutil.rmtree(directory)
