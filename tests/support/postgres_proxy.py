# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands between the program and PostgreSQL's socket, and loses answers."""
import os
import select
import shutil
import socket
import threading

from support import processes


class PostgresProxy:
    """Between program and PostgreSQL; `swallow` makes it drop the answer to what contains these bytes, or one of a tuple of
    them, and the connection: once, or each `every`-th time."""

    def __init__(self, cluster):
        self.directory = processes.make_directory("comptoir-px-")
        self.target = os.path.join(cluster.directory, f".s.PGSQL.{cluster.port}")
        self.port = cluster.port
        self.swallow = None
        self.every = 0
        self.seen = 0
        self.swallowed = 0
        self.accepted = 0
        self.listener = socket.socket(socket.AF_UNIX)
        path = os.path.join(self.directory, f".s.PGSQL.{self.port}")
        self.listener.bind(path)
        os.chmod(path, 0o777)
        os.chmod(self.directory, 0o755)
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(self.target)
                while True:
                    readable, _, _ = select.select([client, server], [], [])
                    for source in readable:
                        data = source.recv(65536)
                        if not data:
                            return
                        if source is client and self.is_to_swallow(data):
                            server.sendall(data)
                            select.select([server], [], [], 10)
                            server.recv(65536)
                            self.swallowed += 1
                            return
                        (server if source is client else client).sendall(data)
            except OSError:
                return

    def is_to_swallow(self, data):
        wanted = (self.swallow,) if isinstance(self.swallow, bytes) else self.swallow or ()
        if not any(text in data for text in wanted):
            return False
        self.seen += 1
        if self.every:
            return self.seen % self.every == 0
        self.swallow = None
        return True

    def url(self, database):
        return database.owner_url.replace(database.postgres.directory, self.directory)

    def close(self):
        self.listener.close()
        shutil.rmtree(self.directory)
