# SPDX-License-Identifier: AGPL-3.0-or-later
"""A PostgreSQL cluster of the tests' own, in a private directory, reached by a Unix socket."""
import glob
import os
import shutil
import signal
import subprocess

import psycopg2

from support import processes
from support.waiting import wait_until

OWNER = "comptoir_owner"
TEMPLATE = "comptoir_template"


def binaries():
    """The newest PostgreSQL of the machine, 15 or later."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda path: int(path.split("/")[4]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed (postgresql-15)")
    return os.path.dirname(found[-1])


class Postgres:
    """`durable` leaves fsync on, for tests that kill things. Only the socket; TCP on `port` when asked."""

    def __init__(self, durable=False, settings=None, tcp=False):
        self.directory = processes.make_directory("comptoir-pg-")
        self.data = os.path.join(self.directory, "data")
        self.log_path = os.path.join(self.directory, "postgres.log")
        self.durable = durable
        self.settings = dict(settings or {})
        self.port = processes.free_port()
        self.tcp = tcp
        self.process = None
        self.counter = 0
        result = processes.run([f"{binaries()}/initdb", "-D", self.data, "-U", "superuser", "-A", "trust",
                                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        assert result.returncode == 0, result.stderr
        self.start()
        with self.connect("postgres") as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(f"create role {OWNER} login createrole")

    def start(self):
        settings = {
            "listen_addresses": "127.0.0.1" if self.tcp else "", "port": self.port,
            "unix_socket_directories": self.directory, "max_connections": 200, "jit": "off",
            "shared_buffers": "64MB", "log_min_messages": "warning", "autovacuum": "on",
        }
        if not self.durable:
            settings.update({"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"})
        settings.update(self.settings)
        arguments = [f"{binaries()}/postgres", "-D", self.data]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        with open(self.log_path, "ab") as log:
            self.process = processes.spawn(arguments, log, log)
        wait_until(self.answers, 30, "PostgreSQL to answer")

    def answers(self):
        assert self.process.poll() is None, "PostgreSQL ended: " + self.log()[-2000:]
        try:
            self.connect("postgres").close()
            return True
        except psycopg2.OperationalError:
            return False

    def stop(self, how="fast"):
        """fast: clients are sent away; immediate: as after a crash; kill: SIGKILL to all of it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.resume()
        if how == "kill":
            for pid in [self.process.pid] + self.children():
                self.signal_one(pid, signal.SIGKILL)
        else:
            self.process.send_signal(signal.SIGINT if how == "fast" else signal.SIGQUIT)
        self.process.wait(60)

    def restart(self, how="fast"):
        self.stop(how)
        self.start()

    def children(self):
        from support.metrics import process_children
        return process_children(self.process.pid)

    @staticmethod
    def signal_one(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def pause(self):
        """As on a stalled disk: every process of the cluster stands still."""
        self.signal_one(self.process.pid, signal.SIGSTOP)
        for pid in self.children():
            self.signal_one(pid, signal.SIGSTOP)

    def resume(self):
        for pid in self.children():
            self.signal_one(pid, signal.SIGCONT)
        self.signal_one(self.process.pid, signal.SIGCONT)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database, user=OWNER):
        """A libpq connection string."""
        return f"host={self.directory} port={self.port} dbname={database} user={user}"

    def connect(self, database, user="superuser"):
        return psycopg2.connect(self.url(database, user), connect_timeout=5)

    def execute(self, sql, database="postgres"):
        connection = self.connect(database)
        try:
            connection.autocommit = True
            connection.cursor().execute(sql)
        finally:
            connection.close()

    def create_database(self, template="template0"):
        self.counter += 1
        name = f"test_{self.counter}"
        self.execute(f"create database {name} owner {OWNER} template {template} strategy file_copy")
        return Database(self, name)

    def has_database(self, name):
        connection = self.connect("postgres")
        try:
            cursor = connection.cursor()
            cursor.execute("select 1 from pg_database where datname = %s", (name,))
            return cursor.fetchone() is not None
        finally:
            connection.close()


class Database:
    """One database; connection strings for the owner and for the two roles of the program."""

    def __init__(self, postgres, name):
        self.postgres = postgres
        self.name = name
        self.owner_url = postgres.url(name)
        self.web_url = postgres.url(name, "comptoir_web")
        self.federation_url = postgres.url(name, "comptoir_federation")

    def settings(self):
        """What the program's configuration needs to use this database."""
        return {"database.url": self.owner_url, "database.owner_url": self.owner_url}

    def connect(self, user=OWNER):
        """A psycopg2 connection; user: comptoir_owner, comptoir_web, comptoir_federation or superuser."""
        return self.postgres.connect(self.name, user)

    def rows(self, sql, values=(), user="superuser"):
        connection = self.connect(user)
        try:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def value(self, sql, values=(), user="superuser"):
        rows = self.rows(sql, values, user)
        return rows[0][0] if rows else None

    def drop(self):
        if self.postgres.process.poll() is None:
            self.postgres.execute(f"drop database if exists {self.name} with (force)")
