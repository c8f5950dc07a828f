# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small servers on loopback that answer byte for byte what a test wants, and certificates for them."""
import datetime
import ipaddress
import os
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support import processes


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ", 2)
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]
        self.body = body

    def header(self, name):
        values = [value for known, value in self.headers if known.lower() == name.lower()]
        return values[0] if values else None


def answer(status=200, body=b"", headers=(), length=True):
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers)]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def redirect(target, status=302):
    return answer(status, b"", [("Location", target)])


class Peer:
    """reply(request, sock) returns bytes to send and keeps the connection, or sends itself and returns None, after
    which the connection is closed. context: TLS."""

    def __init__(self, reply=None, context=None, address="127.0.0.1", port=0):
        self.reply = reply or (lambda request, sock: answer(200, b"ok"))
        self.context = context
        self.requests = []
        self.connections = 0   # accepted at all
        self.open_now = 0
        self.most_open = 0
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.socks = set()
        self.listener = socket.socket(socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, port))
        self.listener.listen(1024)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                self.open_now += 1
                self.most_open = max(self.most_open, self.open_now)
                self.socks.add(sock)
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        wrapped = sock
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                wrapped = self.context.wrap_socket(sock, server_side=True)
            while self.serve_one(wrapped):
                pass
        except (OSError, ValueError):
            pass
        finally:
            with self.lock:
                self.open_now -= 1
                self.socks.discard(sock)
            wrapped.close()
            sock.close()

    def serve_one(self, sock):
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(65536)
            if not more:
                return False
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        request = Request(head, body)
        length = int(request.header("Content-Length") or 0)
        while len(request.body) < length:
            more = sock.recv(65536)
            if not more:
                return False
            request.body += more
        self.requests.append(request)
        reply = self.reply(request, sock)
        if reply is None:
            return False
        sock.sendall(reply)
        return True

    def close(self):
        self.stopping.set()
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        with self.lock:
            socks = list(self.socks)
        for sock in socks:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join()


class Authority:
    """A private authority; pem_path is what federation.ca_file names."""

    def __init__(self, directory):
        self.directory = directory
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.certificate = self.build(self.name, self.key, self.name, self.key, [
            (x509.BasicConstraints(ca=True, path_length=None), True)])
        self.pem_path = processes.give(self.write("authority.pem", self.certificate))
        self.count = 0

    @staticmethod
    def build(name, key, issuer, issuer_key, extensions, from_days=-1, to_days=2):
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now + datetime.timedelta(days=from_days))
                   .not_valid_after(now + datetime.timedelta(days=to_days)))
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(issuer_key, hashes.SHA256())

    def write(self, file_name, *parts):
        path = os.path.join(self.directory, file_name)
        with open(path, "wb") as file:
            for part in parts:
                file.write(part.public_bytes(serialization.Encoding.PEM) if isinstance(part, x509.Certificate)
                           else part.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                   serialization.NoEncryption()))
        return path

    def files(self, *hosts):
        """Paths of a certificate for DNS names and addresses and of its key, for programs that read files."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = []
        for host in hosts:
            try:
                names.append(x509.IPAddress(ipaddress.ip_address(host)))
            except ValueError:
                names.append(x509.DNSName(host))
        certificate = self.build(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "peer")]), key, self.name, self.key, [
            (x509.SubjectAlternativeName(names), False), (x509.BasicConstraints(ca=False, path_length=None), True)])
        self.count += 1
        return (processes.give(self.write(f"files{self.count}.pem", certificate)),
                processes.give(self.write(f"files{self.count}.key", key)))

    def context(self, host, is_self_signed=False, from_days=-1, to_days=1, common_name=None):
        """A server's TLS context for a DNS name or an address; host None: no alternative name."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name or "peer")])
        try:
            alternative = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        issuer, issuer_key = (name, key) if is_self_signed else (self.name, self.key)
        certificate = self.build(name, key, issuer, issuer_key, [
            (x509.SubjectAlternativeName([alternative]), False),
            (x509.BasicConstraints(ca=False, path_length=None), True)], from_days, to_days)
        self.count += 1
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.write(f"peer{self.count}.pem", certificate, key))
        return context
