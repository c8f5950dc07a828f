# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mail server that keeps what it gets: SmtpSink(); sink.settings() for the server under test; sink.wait(address)."""
import email
import email.policy
import re
import socketserver
import threading

from support.waiting import wait_until


class Handler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def take_message(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def handle(self):
        sink, recipients = self.server.sink, []
        self.say("220 sink")
        while line := self.rfile.readline():
            command = line.decode("utf-8", "replace").strip()
            verb = command[:4].upper()
            if verb == "EHLO":
                self.wfile.write(b"250-sink\r\n250 8BITMIME\r\n")
            elif verb == "RCPT":
                recipients.append(re.search(r"<([^>]*)>", command).group(1))
                answer = sink.answers.pop(0) if sink.answers else "250 OK"
                self.say(answer)
            elif verb == "DATA":
                self.say("354 go on")
                message = email.message_from_bytes(self.take_message(), policy=email.policy.default)
                sink.mails.append((recipients, message))
                recipients = []
                self.say("250 OK")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 OK")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class SmtpSink:
    def __init__(self):
        self.mails, self.answers = [], []
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.sink = self
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def settings(self):
        return {"smtp.host": "127.0.0.1", "smtp.port": str(self.server.server_address[1]), "smtp.security": "none",
                "smtp.from": "noreply@comptoir.example"}

    def of(self, address):
        return [message for recipients, message in list(self.mails) if address in recipients]

    def wait(self, address, count=1, seconds=20):
        """The last of count mails to this address."""
        return wait_until(lambda: self.of(address) if len(self.of(address)) >= count else None, seconds,
                          f"{count} mails to {address}")[count - 1]

    def link(self, address, count=1):
        text = self.wait(address, count).get_content()
        return re.search(r"https?://\S+", text).group(0)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
