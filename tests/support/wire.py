# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP on a raw socket, for requests that no decent client would send."""
import socket
import time


class Response:
    """One answer as it stood on the wire. headers keep order and repetition."""

    def __init__(self, status, reason, headers, body):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    def header(self, name, default=None):
        name = name.lower()
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return default

    def __repr__(self):
        return f"<{self.status} {self.reason} {len(self.body)} bytes>"


class Exchange:
    """All that came back, and how the conversation ended: closed, reset, or still open at the deadline."""

    def __init__(self, data, ending, head=False):
        self.data = data
        self.ending = ending
        self.responses, self.rest = split_responses(data, head=head)

    @property
    def status(self):
        return self.responses[0].status if self.responses else None

    @property
    def is_closed(self):
        return self.ending in ("closed", "reset")

    def __repr__(self):
        return f"<exchange {[r.status for r in self.responses]} {self.ending}, rest {self.rest[:80]!r}>"


def connect(port, host="127.0.0.1", seconds=5, source=None):
    sock = socket.create_connection((host, port), timeout=seconds, source_address=(source, 0) if source else None)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def receive(sock, seconds=5, until=None):
    """(data, ending): reads till the peer closes, `until(data)` is true ("enough"), or the deadline ("open")."""
    deadline = time.monotonic() + seconds
    data = b""
    while True:
        if until and until(data):
            return data, "enough"
        left = deadline - time.monotonic()
        if left <= 0:
            return data, "open"
        sock.settimeout(left)
        try:
            part = sock.recv(65536)
        except (socket.timeout, BlockingIOError):
            return data, "open"
        except (ConnectionResetError, BrokenPipeError):
            return data, "reset"
        if not part:
            return data, "closed"
        data += part


def responses_complete(count, head=False):
    """For receive(until=...): true once `count` final answers are whole."""
    def enough(data):
        responses, _ = split_responses(data, head=head)
        return len([r for r in responses if r.status >= 200]) >= count
    return enough


def raw_exchange(port, data, seconds=5, until=None, responses=None, head=False, host="127.0.0.1", half_close=False,
                 source=None):
    """Sends data (bytes, or a list of parts sent one by one) on a fresh connection and reads the answer.

    With responses=N it returns as soon as N final answers are whole; without, when the peer closes or after
    `seconds`."""
    parts = [data] if isinstance(data, (bytes, bytearray)) else list(data)
    if responses is not None:
        until = responses_complete(responses, head=head)
    with connect(port, host, seconds, source) as sock:
        sock.settimeout(seconds)
        try:
            for part in parts:
                sock.sendall(part)
            if half_close:
                sock.shutdown(socket.SHUT_WR)
        except (ConnectionResetError, BrokenPipeError):
            pass  # refused early; what it said is still to be read
        received, ending = receive(sock, seconds, until)
    return Exchange(received, ending, head=head)


def split_responses(data, head=False):
    """(whole responses, bytes left). head: answers to HEAD, which have no body whatever their length says."""
    responses = []
    while True:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return responses, data
        lines = data[:end].split(b"\r\n")
        status_line = lines[0].split(b" ", 2)
        if len(status_line) < 2 or not status_line[0].startswith(b"HTTP/1.") or not status_line[1].isdigit():
            return responses, data
        status = int(status_line[1])
        reason = status_line[2].decode("latin-1") if len(status_line) > 2 else ""
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
        lower = {name.lower(): value for name, value in headers}
        rest = data[end + 4:]
        if head or status < 200 or status in (204, 304):
            body = b""
        elif lower.get("transfer-encoding", "").lower() == "chunked":
            body, rest, is_whole = split_chunks(rest)
            if not is_whole:
                return responses, data
        elif "content-length" in lower:
            length = int(lower["content-length"])
            if len(rest) < length:
                return responses, data
            body, rest = rest[:length], rest[length:]
        else:
            body, rest = rest, b""
        responses.append(Response(status, reason, headers, body))
        data = rest
        if not data:
            return responses, data


def split_chunks(data):
    """(body, rest, is_whole) of a chunked body."""
    body = b""
    while True:
        line, separator, data = data.partition(b"\r\n")
        if not separator:
            return body, data, False
        size = int(line.split(b";")[0], 16)
        if size == 0:
            while True:
                trailer, separator, data = data.partition(b"\r\n")
                if not separator:
                    return body, data, False
                if not trailer:
                    return body, data, True
        if len(data) < size + 2:
            return body, data, False
        body += data[:size]
        data = data[size + 2:]
