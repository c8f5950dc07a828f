# SPDX-License-Identifier: AGPL-3.0-or-later
"""Just enough HTTP/2 to send what no library lets one send: literal header fields, no Huffman code, one stream."""
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS = 1, 4


def http2_frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(text):
    """A string of HPACK: its length with a prefix of seven bits, and its bytes."""
    length = len(text)
    if length < 127:
        return bytes([length]) + text
    length -= 127
    coded = b"\x7f"
    while length >= 128:
        coded += bytes([length & 127 | 128])
        length >>= 7
    return coded + bytes([length]) + text


def http2_request(fields, body=None):
    """The bytes of a connection with one request; fields are (name, value) in bytes, in this order."""
    block = b"".join(b"\0" + literal(name) + literal(value) for name, value in fields)
    sent = PREFACE + http2_frame(SETTINGS, 0, 0, b"")
    sent += http2_frame(HEADERS, END_HEADERS | (END_STREAM if body is None else 0), 1, block)
    if body is not None:
        sent += http2_frame(DATA, END_STREAM, 1, body)
    return sent


def http2_frames(data):
    """[(kind, flags, stream, payload)] of the whole frames."""
    found = []
    while len(data) >= 9:
        length = int.from_bytes(data[:3], "big")
        if len(data) < 9 + length:
            break
        found.append((data[3], data[4], int.from_bytes(data[5:9], "big") & 0x7fffffff, data[9:9 + length]))
        data = data[9 + length:]
    return found


def has_ended(data):
    """Whether the stream was answered, reset or the connection given up."""
    return any(kind in (RST_STREAM, GOAWAY) or (kind in (DATA, HEADERS) and flags & END_STREAM and stream == 1)
               for kind, flags, stream, _ in http2_frames(data))


def answer_count(data):
    return len([kind for kind, _, stream, _ in http2_frames(data) if kind == HEADERS and stream == 1])
