# SPDX-License-Identifier: AGPL-3.0-or-later
"""A name server on 127.0.0.1 that says what a test wants: TXT records over UDP."""
import socket
import struct
import threading

NXDOMAIN, SERVFAIL = 3, 2


def read_name(packet, at):
    labels = []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode().lower())
        at += 1 + packet[at]
    return ".".join(labels), at + 1


def txt(*strings):
    """The data of one record."""
    return b"".join(bytes([len(one)]) + one for one in (text.encode() if isinstance(text, str) else text for text in strings))


class NameServer:
    """records: {name: [data of a record, ...]}; a number instead is the code of the answer. Other names are not there."""

    def __init__(self):
        self.records, self.asked = {}, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                packet, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            if packet == b"stop":
                return
            self.socket.sendto(self.answer(packet), peer)

    def answer(self, packet):
        name, end = read_name(packet, 12)
        self.asked.append(name)
        found = self.records.get(name, NXDOMAIN)
        code, records = (found, []) if isinstance(found, int) else (0, found)
        head = packet[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        return head + packet[12:end + 4] + b"".join(
            struct.pack(">HHHIH", 0xC00C, 16, 1, 60, len(data)) + data for data in records)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"stop", self.socket.getsockname())
        self.thread.join(5)
        self.socket.close()
