# SPDX-License-Identifier: AGPL-3.0-or-later
"""nginx and HAProxy in front of a server under test, with the configuration that deploy/ ships: only addresses, paths
and the log are replaced."""
import os
import re
import shutil

from support import processes
from support.certificate import make_certificate, tls
from support.server import REPOSITORY
from support.waiting import wait_until

HOST = "social.example"  # as the samples say


def replaced(text, *pairs):
    """Each piece has to be there, or the sample has changed under the test."""
    for old, new in pairs:
        assert old in text, f"the sample no longer says {old!r}"
        text = text.replace(old, new)
    return text


class Proxy:
    """port speaks TLS. seen() are the requests that the proxy logged, as (status for the client, was forwarded)."""
    program = sample = None

    def __init__(self, backend_port):
        self.directory = processes.make_directory("comptoir-proxy-")
        self.backend_port = backend_port
        self.port = processes.free_port()
        self.plain_port = processes.free_port()
        self.certificate, self.key = make_certificate(self.directory, HOST)
        self.output_path = self.path("output")
        self.process = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        processes.give(self.path(name))
        return self.path(name)

    def sample_text(self):
        with open(os.path.join(REPOSITORY, "deploy", self.sample), encoding="utf-8") as file:
            return file.read()

    def start(self):
        program = shutil.which(self.program) or f"/usr/sbin/{self.program}"
        with open(self.output_path, "wb") as output:
            self.process = processes.spawn([program, *self.arguments()], output, output)
        wait_until(self.is_up, 15, f"{self.program} to answer")

    def is_up(self):
        assert self.process.poll() is None, f"{self.program} ended:\n" + self.read("output") + self.read("error.log")
        try:
            with self.connect() as sock:
                sock.sendall(f"GET /page HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                return sock.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False

    def connect(self, source="127.0.0.1", protocol=None):
        """protocol "h2" agrees on HTTP/2 in the handshake."""
        sock = tls(self.port, server_name=HOST, source=source, protocol=protocol)
        assert sock.selected_alpn_protocol() == protocol
        return sock

    def remove(self):
        try:
            if self.process:
                processes.end(self.process)
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)


class Nginx(Proxy):
    program, sample = "nginx", "nginx.conf.sample"

    def arguments(self):
        text = replaced(
            self.sample_text(), ("\tlisten [::]:80;\n", ""), ("\tlisten [::]:443 ssl http2;\n", ""),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("server 127.0.0.1:8080;", f"server 127.0.0.1:{self.backend_port};"),
            (f"/etc/letsencrypt/live/{HOST}/fullchain.pem", self.certificate),
            (f"/etc/letsencrypt/live/{HOST}/privkey.pem", self.key))
        temporary = "".join(f"{kind}_temp_path {self.directory}/{kind};\n" for kind in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config = self.write("nginx.conf", (
            f"worker_processes 1; daemon off; pid {self.path('pid')};\nevents {{ worker_connections 512; }}\nhttp {{\n"
            f"{temporary}log_format seen '$status $upstream_status';\naccess_log {self.path('access')} seen;\n{text}\n}}\n"))
        return ["-p", self.directory, "-c", config, "-e", self.path("error.log")]

    def seen(self):
        return [(int(line.split()[0]), line.split()[1:] not in ([], ["-"])) for line in self.read("access").splitlines()]


class Haproxy(Proxy):
    program, sample = "haproxy", "haproxy.cfg.sample"

    def arguments(self):
        with open(self.certificate, encoding="ascii") as certificate, open(self.key, encoding="ascii") as key:
            both = self.write(f"{HOST}.pem", certificate.read() + key.read())
        text = replaced(
            self.sample_text(), ("\tmaxconn 20000\n", "\tmaxconn 200\n\tnbthread 1\n\tlog stdout format raw local0\n"),
            ("bind :80\n", f"bind 127.0.0.1:{self.plain_port}\n"), ("bind :443 ssl", f"bind 127.0.0.1:{self.port} ssl"),
            (f"/etc/haproxy/{HOST}.pem", both), ("127.0.0.1:8080", f"127.0.0.1:{self.backend_port}"))
        return ["-db", "-f", self.write("haproxy.cfg", text)]

    def seen(self):
        found = re.findall(r"^\S+ \[[^\]]+\] \S+ \S+/(\S+) \S+ (-?\d+) ", self.read("output"), re.M)
        return [(int(status), server != "<NOSRV>") for server, status in found]


PROXIES = {"nginx": Nginx, "haproxy": Haproxy}
