# SPDX-License-Identifier: AGPL-3.0-or-later
"""The real program of the build under test: `comptoir serve` with a configuration of its own."""
import json
import os
import shutil
import signal
import subprocess
import time

import requests

from support import processes
from support.metrics import read_metrics
from support.waiting import wait_until
from support.wire import raw_exchange

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
copies = {}


def build_directory():
    return os.path.join(REPOSITORY, os.environ.get("COMPTOIR_BUILD", "build/asan"))


def binary(name):
    """A program of the build. Under root a copy that the unprivileged user can reach, wherever the tree lies."""
    path = os.path.join(build_directory(), name)
    if not os.path.exists(path):
        raise RuntimeError(f"{path} is not built; tests/run builds it")
    if processes.unprivileged_user() is None:
        return path
    if name not in copies:
        directory = processes.make_directory("comptoir-bin-")
        copies[name] = shutil.copy2(path, os.path.join(directory, name))
        os.chmod(copies[name], 0o755)
        for helper in ("comptoir-media", "comptoir-film"):  # the server looks for them beside itself
            if helper != name and os.path.exists(os.path.join(build_directory(), helper)):
                shutil.copy2(os.path.join(build_directory(), helper), os.path.join(directory, helper))
    return copies[name]


def remove_copies():
    for path in copies.values():
        shutil.rmtree(os.path.dirname(path), ignore_errors=True)
    copies.clear()


def write_config(path, settings):
    """An INI file; keys are "section.key"."""
    sections = {}
    for name, value in settings.items():
        section, key = name.split(".", 1)
        if isinstance(value, bool):
            value = "true" if value else "false"
        sections.setdefault(section, []).append(f"{key} = {value}\n")
    with open(path, "w", encoding="utf-8") as file:
        for section, lines in sections.items():
            file.write(f"[{section}]\n" + "".join(lines))
    os.chmod(path, 0o600)
    processes.give(path)


class Program:
    """What `comptoir serve` and the test server have in common: a log, a pid, an end that is checked."""

    def __init__(self):
        self.directory = processes.make_directory("comptoir-srv-")
        self.log_path = os.path.join(self.directory, "log")
        self.process = None
        self.port = None
        self.killed = False
        self.start_count = 0

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_lines(self, event=None):
        """The JSON lines of the log as dictionaries; with event only those of that name."""
        lines = []
        for line in self.log().splitlines():
            if line.startswith("{"):
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if event is None or entry.get("event") == event:
                    lines.append(entry)
        return lines

    def request_lines(self, answer, count=1):
        """The log's lines of one answered request; they are written just after the answer."""
        def lines():
            return [line for line in self.log_lines("request") if line["request_id"] == answer.headers["X-Request-Id"]]
        wait_until(lambda: len(lines()) >= count, 10, "the request to be logged")
        return lines()

    def wait_for_event(self, event, seconds=10):
        return wait_until(lambda: self.log_lines(event), seconds, f"the event {event}")

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def request(self, method, path, **keywords):
        keywords.setdefault("timeout", 10)
        keywords.setdefault("allow_redirects", False)
        return requests.request(method, self.url + path, **keywords)

    def get(self, path, **keywords):
        return self.request("GET", path, **keywords)

    def post(self, path, **keywords):
        return self.request("POST", path, **keywords)

    def exchange(self, data, **keywords):
        """Raw bytes on a fresh connection; see support.wire.raw_exchange."""
        return raw_exchange(self.port, data, **keywords)

    def terminate(self):
        """SIGTERM without waiting."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=30):
        return self.process.wait(seconds)

    def kill(self):
        """kill -9, and what the test wants is a restart without any manual step."""
        self.killed = True
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=30):
        """Ends it by SIGTERM; an AssertionError when it hangs, ends badly or a sanitizer wrote something."""
        if self.process is None:
            return
        code, had_to_kill = processes.end(self.process, seconds)
        text = self.log()
        report = processes.sanitizer_report(text)
        assert not report, "a sanitizer reported:\n" + report
        assert not had_to_kill, f"still running {seconds} s after SIGTERM; log ends:\n" + text[-3000:]
        if not self.killed:
            assert code == 0, f"ended with {code}; log ends:\n" + text[-3000:]

    def remove(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)


class Server(Program):
    """`comptoir serve`. settings override the configuration by "section.key"."""

    def __init__(self, database=None, settings=None, env=None, open_files=None):
        super().__init__()
        self.database = database
        self.env = env or {}
        self.open_files = open_files
        self.port = processes.free_port()
        self.metrics_port = processes.free_port()
        self.config_path = os.path.join(self.directory, "comptoir.conf")
        data_directory = os.path.join(self.directory, "data")
        os.mkdir(data_directory, 0o700)
        processes.give(data_directory)
        self.settings = {
            "instance.base_url": f"http://127.0.0.1:{self.port}",
            "data.directory": data_directory,
            "http.listen": f"127.0.0.1:{self.port}",
            "metrics.listen": f"127.0.0.1:{self.metrics_port}",
            "limits.exempt_addresses": "127.0.0.0/8",
            "log.level": "debug",
        }
        if database:
            self.settings.update(database.settings())
        self.settings.update(settings or {})
        write_config(self.config_path, self.settings)

    def start(self, wait=True, seconds=30):
        """Starts it; returns the seconds until /ready answered 200 (None without wait)."""
        self.killed = False
        self.start_count += 1
        begin = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.process = processes.spawn([binary("comptoir"), "serve", "--config", self.config_path], log, log,
                                           env=processes.environment(**self.env), open_files=self.open_files)
        if not wait:
            return None
        wait_until(self.is_ready, seconds, "/ready", interval=0.005)
        return time.monotonic() - begin

    def is_ready(self):
        if self.process.poll() is not None:
            code, self.killed = self.process.returncode, True
            raise AssertionError(f"comptoir serve ended with {code}:\n" + self.log()[-4000:])
        try:
            return self.get("/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def metrics(self):
        return read_metrics(self.metrics_port)

    def command(self, *arguments, input=None, seconds=60, check=True):
        """`comptoir ARGUMENTS --config ...`; the CompletedProcess. A sanitizer report always fails."""
        result = command(*arguments, "--config", self.config_path, input=input, seconds=seconds)
        if check:
            assert result.returncode == 0, f"comptoir {' '.join(arguments)}: {result.returncode}\n{result.stderr}"
        return result

    def create_account(self, name, email=None, password="a long enough password", options=()):
        """`comptoir account create`; returns what is needed to log in."""
        email = email or f"{name}@example.test"
        self.command("account", "create", name, "--email", email, "--password-stdin", *options,
                     input=password + "\n")
        return {"name": name, "email": email, "password": password}


class TestServer(Program):
    """comptoir-test-server: the HTTP server with handlers of the tests' own, no database unless given."""
    __test__ = False

    def __init__(self, database=None, settings=None, env=None, open_files=None):
        super().__init__()
        self.settings = dict(database.settings() if database else {})
        self.settings.update(settings or {})
        self.env = env or {}
        self.open_files = open_files

    def start(self, seconds=30):
        arguments = [f"{name}={value}" for name, value in self.settings.items()]
        output_path = os.path.join(self.directory, "stdout")
        with open(self.log_path, "ab") as log, open(output_path, "wb") as output:
            self.process = processes.spawn([binary("comptoir-test-server"), *arguments], output, log,
                                           env=processes.environment(**self.env), open_files=self.open_files)

        def announced():
            if self.process.poll() is not None:
                code, self.killed = self.process.returncode, True
                raise AssertionError(f"comptoir-test-server ended with {code}:\n" + self.log()[-4000:])
            with open(output_path, encoding="ascii") as file:
                words = [line.split() for line in file.read().splitlines() if line.startswith("listening ")]
            return int(words[0][1]) if words else None
        self.port = wait_until(announced, seconds, "comptoir-test-server to listen")


def command(*arguments, input=None, seconds=60, env=None):
    """Any `comptoir` command as the unprivileged user."""
    keywords = {"input": input} if input is not None else {"stdin": subprocess.DEVNULL}
    result = processes.run([binary("comptoir"), *arguments], seconds=seconds,
                           env=processes.environment(**(env or {})), **keywords)
    report = processes.sanitizer_report(result.stderr)
    assert not report, "a sanitizer reported:\n" + report
    return result
