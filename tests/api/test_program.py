# SPDX-License-Identifier: AGPL-3.0-or-later
"""The program itself: command line, exit codes, configuration, accounts, privileges, start and end."""
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
import requests

from support import processes
from support.server import Server, binary, command, write_config
from support.waiting import wait_until

OK, FAILED, USAGE, CONFIGURATION, DATABASE, NOT_FOUND, CONFLICT = range(7)
is_sanitized = any(word in os.environ.get("COMPTOIR_BUILD", "build/asan") for word in ("asan", "tsan"))


@pytest.fixture
def directory():
    path = processes.make_directory("comptoir-prg-")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def config(directory):
    """Writes a configuration with a data directory of its own and returns its path."""
    def make(settings=None):
        data = os.path.join(directory, "data")
        if not os.path.exists(data):
            os.mkdir(data, 0o700)
            processes.give(data)
        path = os.path.join(directory, "comptoir.conf")
        write_config(path, {"data.directory": data, **(settings or {})})
        return path
    return make


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


# Command line

@pytest.mark.parametrize("arguments, code, text", [
    ([], USAGE, "a command is missing"),
    (["servr"], USAGE, "did you mean 'serve'?"),
    (["account", "creat"], USAGE, "did you mean 'create'?"),
    (["account", "list", "--jsno"], USAGE, "did you mean '--json'?"),
    (["serve", "--role", "everything"], USAGE, "--role is all, web or federation"),
    (["config", "--set", "http.lisen=x"], CONFIGURATION, "did you mean 'http.listen'?"),
    (["config", "--set", "foo.bar=1"], CONFIGURATION, "comptoir: --set: unknown key 'foo.bar'"),
    (["config", "--set", "instance.languages=xx!,"], CONFIGURATION, "--set: 'instance.languages' must hold language tags"),
    (["--version", "--jsno"], USAGE, "--version stands alone"),
    (["config", "--config", "/nonexistent/file"], CONFIGURATION, "/nonexistent/file: cannot be read"),
    (["account", "create", "a"], USAGE, "a person needs --email"),
    (["account", "create", "a", "--kind", "robot"], USAGE, "--kind is person"),
    (["account", "create", "a", "--email", "a@b.c", "--role", "king"], USAGE, "--role is member"),
])
def test_a_wrong_command_line_is_explained_with_its_exit_code(arguments, code, text):
    result = command(*arguments)
    assert result.returncode == code
    assert result.stderr.startswith("comptoir: ") and text in result.stderr
    assert result.stdout == ""


def test_help_explains_every_command_with_exit_codes():
    overview = command("help")
    assert overview.returncode == OK
    nouns = re.findall(r"^  comptoir ([a-z][a-z-]*)(?: ([a-z-]+))?", overview.stdout, re.M)
    assert ("account", "reset-password") in nouns and ("serve", "") in nouns
    for noun, verb in nouns:
        if noun in ("help", ""):
            continue
        result = command(*[word for word in (noun, verb) if word], "--help")
        assert result.returncode == OK, (noun, verb)
        assert "Usage: comptoir " + noun in result.stdout and "Exit codes:" in result.stdout
        assert "--config FILE" in result.stdout


def test_version_names_the_libraries_as_loaded():
    result = command("--version")
    assert result.returncode == OK
    for name in ("libevent", "OpenSSL", "jansson", "libpq", "libwslay", "libargon2", "libidn2", "libunistring", "libuuid"):
        assert re.search(rf"^  {name} +\S+", result.stdout, re.M), name


def test_every_summary_begins_with_a_capital():
    summaries = re.findall(r"^  comptoir .*?  +(\S.*)$", command("help").stdout, re.M)
    assert len(summaries) > 10
    assert [text for text in summaries if not text[0].isupper()] == []


def test_version_as_json_says_the_same():
    result = command("--version", "--json")
    assert result.returncode == OK
    version = json.loads(result.stdout)
    text = command("--version").stdout
    assert text.startswith(f"comptoir {version['comptoir']}\n")
    assert re.findall(r"^  (\S+) +(\S.*)$", text, re.M) == list(version["libraries"].items())


def test_the_written_configuration_can_be_used(config, directory):
    path = config({"http.idle_timeout": "90s"})
    written = command("config", "--config", path)
    assert written.returncode == OK and "\nidle_timeout = 90s\n" in written.stdout
    again = os.path.join(directory, "again.conf")
    with open(again, "w", encoding="utf-8") as file:
        file.write(written.stdout)
    os.chmod(again, 0o644)
    assert command("config", "--config", again).stdout == written.stdout
    values = json.loads(command("config", "--config", again, "--json").stdout)
    assert values["http.idle_timeout"] == "90s"
    assert "\nidle_timeout = 60s\n" in command("config", "--defaults").stdout


def test_the_environment_names_a_file_and_sets_keys(config):
    path = config({"instance.title": "From the file"})
    values = json.loads(command("config", "--json", env={"COMPTOIR_CONFIG": path, "COMPTOIR_LOG_LEVEL": "error"}).stdout)
    assert values["instance.title"] == "From the file" and values["log.level"] == "error"
    result = command("config", env={"COMPTOIR_LOG_LEVLE": "error"})
    assert result.returncode == CONFIGURATION
    assert "environment COMPTOIR_LOG_LEVLE" in result.stderr and "COMPTOIR_LOG_LEVEL" in result.stderr


# Database

def test_the_schema_is_checked_made_and_reported(postgres, config):
    empty = postgres.create_database()
    try:
        path = config({**empty.settings(), "instance.base_url": "http://127.0.0.1:1"})
        before = command("db", "status", "--json", "--config", path)
        assert before.returncode == DATABASE
        assert all(entry["state"] == "missing" for entry in json.loads(before.stdout)["migrations"])
        served = command("serve", "--config", path, "--set", "http.listen=127.0.0.1:0", "--set", "metrics.listen=")
        assert served.returncode == DATABASE and "comptoir db migrate" in served.stderr
        refused = command("account", "list", "--config", path)
        assert refused.returncode == DATABASE and "comptoir db migrate" in refused.stderr
        assert json.loads(command("db", "migrate", "--json", "--config", path).stdout)["applied"] > 0
        assert json.loads(command("db", "migrate", "--json", "--config", path).stdout)["applied"] == 0
        after = command("db", "status", "--json", "--config", path)
        assert after.returncode == OK and json.loads(after.stdout)["fits"] is True
    finally:
        empty.drop()


def test_an_unreachable_database_has_its_exit_code(config):
    path = config({"database.url": f"host=127.0.0.1 port={processes.free_port()} dbname=none"})
    result = command("db", "status", "--config", path)
    assert result.returncode == DATABASE and "does not answer" in result.stderr


def test_without_a_cluster_of_its_own_it_says_how_to_make_one(config):
    path = config()
    for arguments in (["serve"], ["account", "list"], ["db", "status"]):
        result = command(*arguments, "--config", path)
        assert result.returncode == DATABASE and "comptoir db init" in result.stderr


def test_other_names_than_the_databases_are_refused(server, directory):
    path = os.path.join(directory, "other.conf")
    port = processes.free_port()
    write_config(path, {**server.settings, "instance.base_url": f"http://127.0.0.1:{port}",
                        "http.listen": f"127.0.0.1:{port}", "metrics.listen": ""})
    result = command("serve", "--config", path, seconds=15)
    assert result.returncode == CONFIGURATION
    assert "never change" in result.stderr and server.settings["instance.base_url"] in result.stderr


def test_a_lost_key_file_is_noticed_and_not_made_anew(server_factory):
    server = server_factory()
    server.stop()
    key = os.path.join(server.settings["data.directory"], "secret.key")
    assert os.stat(key).st_mode & 0o777 == 0o600
    os.rename(key, key + ".away")
    result = command("serve", "--config", server.config_path)
    assert result.returncode == CONFIGURATION and "secret.key" in result.stderr
    assert not os.path.exists(key)
    os.rename(key + ".away", key)
    os.chmod(key, 0o644)
    result = command("serve", "--config", server.config_path)
    assert result.returncode == CONFIGURATION and "chmod 600" in result.stderr
    os.chmod(key, 0o600)


# Accounts

def test_an_account_is_made_shown_disabled_and_enabled(server):
    made = server.command("account", "create", "Chloe", "--email", "chloe@example.test", "--display-name", "Chloé",
                          "--role", "moderator", "--locale", "fr", "--json")
    account = json.loads(made.stdout)
    assert account["username"] == "Chloe" and re.fullmatch(r"[A-HJ-NP-Za-km-z2-9]{20}", account["password"])
    shown = json.loads(server.command("account", "show", "@chloe", "--json").stdout)
    assert shown["id"] == account["id"] and shown["display_name"] == "Chloé" and shown["kind"] == "Person"
    assert shown["user"] == {"email": "chloe@example.test", "role": "moderator", "locale": "fr",
                             "is_confirmed": True, "is_disabled": False}
    assert server.get("/users/Chloe", headers={"Accept": "application/activity+json"}).json()["id"] == account["uri"]
    assert "chloe" in server.command("account", "disable", "chloe").stdout.lower()
    shown = json.loads(server.command("account", "show", "chloe", "--json").stdout)
    assert shown["is_disabled"] and shown["user"]["is_disabled"]
    server.command("account", "enable", "chloe")
    shown = json.loads(server.command("account", "show", "chloe", "--json").stdout)
    assert not shown["is_disabled"] and not shown["user"]["is_disabled"]
    listed = json.loads(server.command("account", "list", "--json").stdout)
    assert account["id"] in [entry["id"] for entry in listed]
    assert "Application" not in [entry["kind"] for entry in listed]
    assert "@Chloe@" in server.command("account", "list").stdout


@pytest.mark.parametrize("kind", ["organization", "group", "service"])
def test_what_is_no_person_has_no_login(server, kind):
    made = json.loads(server.command("account", "create", "a-" + kind, "--kind", kind, "--json").stdout)
    assert made["password"] is None
    shown = json.loads(server.command("account", "show", "a-" + kind, "--json").stdout)
    assert shown["user"] is None and shown["kind"].lower() == kind
    result = server.command("account", "reset-password", "a-" + kind, check=False)
    assert result.returncode == CONFLICT and "nobody logs in" in result.stderr
    result = server.command("account", "create", "b-" + kind, "--kind", kind, "--email", "b@example.test", check=False)
    assert result.returncode == USAGE and "only a person logs in" in result.stderr


def test_names_addresses_and_passwords_that_do_not_fit_are_refused(server):
    def create(name, email, password="a long enough password", *options):
        return server.command("account", "create", name, "--email", email, "--password-stdin", *options,
                              input=password + "\n", check=False)
    assert create("taken", "taken@example.test").returncode == OK
    cases = [
        (create("TAKEN", "other@example.test"), CONFLICT, "is taken"),
        (create("other", "TAKEN@example.test"), CONFLICT, "belongs to another account"),
        (create("x" * 31, "x@example.test"), USAGE, "no username"),
        (create(".dot", "x@example.test"), USAGE, "no username"),
        (create("support", "x@example.test"), USAGE, "reserved"),
        (create("x", "nobody"), USAGE, "e-mail address"),
        (create("x", "a@b@c"), USAGE, "e-mail address"),
        (create("x", "x@example.test", "short"), USAGE, "8 characters"),
        (create("x", "x@example.test", ""), USAGE, "empty"),
        (create("x", "x@example.test", "p" * 1025), USAGE, "longer than"),
        (create("x", "x@example.test", "a long enough password", "--domain", "other.example"), NOT_FOUND, "no domain of this server"),
    ]
    for result, code, text in cases:
        assert result.returncode == code and text in result.stderr, result.stderr
    assert create("support", "staff@example.test", "a long enough password", "--role", "administrator").returncode == OK
    names = [entry["username"] for entry in json.loads(server.command("account", "list", "--json").stdout)]
    assert "x" not in names and "other" not in names, "a refused account left something behind"
    missing = server.command("account", "show", "nobody-here", check=False)
    assert missing.returncode == NOT_FOUND


def test_a_new_password_replaces_the_old_one(server):
    server.create_account("forgetful")
    sql = "select u.password_hash from users u join actors a on a.id = u.actor_id where a.handle = 'forgetful'"
    before = server.database.rows(sql)[0][0]
    made = server.command("account", "reset-password", "forgetful")
    assert re.search(r"^password: [A-HJ-NP-Za-km-z2-9]{20}$", made.stdout, re.M)
    after = server.database.rows(sql)[0][0]
    assert before != after and after.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_what_changes_an_account_answers_in_json(server):
    server.create_account("scripted")
    shown = json.loads(server.command("account", "show", "scripted", "--json").stdout)
    handle = f"@scripted@{shown['domain']}"
    made = json.loads(server.command("account", "reset-password", "scripted", "--json").stdout)
    assert set(made) == {"account", "password"} and made["account"] == handle
    assert re.fullmatch(r"[A-HJ-NP-Za-km-z2-9]{20}", made["password"])
    given = server.command("account", "reset-password", "scripted", "--password-stdin", "--json",
                           input="a long enough password\n")
    assert json.loads(given.stdout) == {"account": handle, "password": None}
    assert json.loads(server.command("account", "disable", "scripted", "--json").stdout) == {
        "account": handle, "is_disabled": True}
    assert json.loads(server.command("account", "enable", "scripted", "--json").stdout) == {
        "account": handle, "is_disabled": False}


def test_the_last_administrator_is_disabled_with_a_warning(server_factory):
    server = server_factory()
    for name in ("first", "second"):
        server.create_account(name, options=("--role", "administrator"))
    server.create_account("plain")
    assert "no enabled administrator" not in server.command("account", "disable", "first").stderr
    assert "no enabled administrator" not in server.command("account", "disable", "plain").stderr
    last = server.command("account", "disable", "second")
    assert last.returncode == OK and "no enabled administrator is left" in last.stderr
    assert json.loads(server.command("account", "show", "second", "--json").stdout)["is_disabled"]


def test_private_keys_are_not_readable_in_the_database(server):
    server.create_account("keyholder")
    rows = server.database.rows("select k.kind, k.private_sealed from actor_keys k join actors a on a.id = k.actor_id "
                                "where a.handle = 'keyholder'")
    assert sorted(kind for kind, _ in rows) == ["ed25519", "rsa"]
    for _, sealed in rows:
        sealed = bytes(sealed)
        assert sealed[0] == 1 and b"PRIVATE" not in sealed and not sealed.startswith(b"\x30\x82")


def test_another_domain_has_accounts_of_its_own(server_factory):
    server = server_factory()
    added = json.loads(server.command("domain", "add", "Fleurs.example", "--base-url", "https://social.fleurs.example",
                                      "--json").stdout)
    assert added["name"] == "fleurs.example" and not added["is_primary"]
    assert server.command("domain", "add", "fleurs.example", check=False).returncode == CONFLICT
    assert server.command("domain", "add", "not a domain", check=False).returncode == USAGE
    server.create_account("rose")
    server.create_account("rose", email="rose2@example.test", options=("--domain", "fleurs.example"))
    domains = json.loads(server.command("domain", "list", "--json").stdout)
    assert [entry["is_primary"] for entry in domains] == [True, False]
    shown = json.loads(server.command("account", "show", "rose@fleurs.example", "--json").stdout)
    assert shown["uri"] == "https://social.fleurs.example/users/rose"


def test_passwords_and_addresses_do_not_reach_the_log(server):
    server.create_account("discreet", email="canary-address@example.test", password="canary-password-7")
    server.get("/users/discreet", params={"token": "canary-token"}, headers={"Authorization": "Bearer canary-bearer"})
    for log in (server.log(), server.database.postgres.log()):
        assert log and "canary" not in log


# Check

def test_check_has_a_line_and_a_remedy_for_each_thing(server, config):
    result = server.command("check", "--json", check=False)
    found = {entry["subject"]: entry["verdict"] for entry in json.loads(result.stdout)}
    assert found["configuration"] == "ok" and found["directory"] == "ok" and found["key file"] == "ok"
    assert found["database"] == "ok" and found["schema"] == "ok" and found["base url"] == "warning"
    assert "clock" in found and "dns" in found
    assert result.returncode == OK

    path = config({"http.tls_certificate": "/nonexistent.pem"})
    os.chmod(os.path.join(os.path.dirname(path), "data"), 0o777)
    result = command("check", "--config", path)
    assert result.returncode == CONFIGURATION
    assert re.search(r"^failure +directory .*chmod 700", result.stdout, re.M)
    assert re.search(r"^failure +certificate ", result.stdout, re.M)
    assert re.search(r"^failure +database .*comptoir db init", result.stdout, re.M)


def findings(result):
    return {entry["subject"]: entry for entry in json.loads(result.stdout)}


def test_check_refuses_other_names_than_the_databases(server):
    result = server.command("check", "--json", "--set", "instance.base_url=http://127.0.0.1:9", check=False)
    assert result.returncode == CONFIGURATION
    names = findings(result)["names"]
    assert names["verdict"] == "failure" and "never change" in names["text"]
    assert server.settings["instance.base_url"] in names["text"]
    assert findings(server.command("check", "--json"))["names"]["verdict"] == "ok"


def test_check_reads_the_certificate_authority(server, directory):
    empty = os.path.join(directory, "empty.pem")
    with open(empty, "w", encoding="ascii") as file:
        file.write("nothing\n")
    processes.give(empty)
    for path in ("/nonexistent.pem", empty):
        result = server.command("check", "--json", "--set", f"federation.ca_file={path}", check=False)
        found = findings(result)["ca file"]
        assert result.returncode == CONFIGURATION
        assert found["verdict"] == "failure" and path in found["text"]


def test_check_looks_for_the_contact_account(server):
    server.create_account("asked")
    for handle, verdict in (("asked", "ok"), ("@asked", "ok"), ("nobody-here", "warning"), ("asked@other.example", "warning")):
        result = server.command("check", "--json", "--set", f"instance.contact_account={handle}", check=False)
        assert result.returncode == OK and findings(result)["contact"]["verdict"] == verdict, handle


def test_check_tells_a_free_address_from_ours_and_from_another_programs(server, directory):
    def listen(address):
        result = server.command("check", "--json", "--set", f"http.listen={address}", check=False)
        return result.returncode, findings(result)["listen"]["verdict"], findings(result)["listen"]["text"]
    code, verdict, text = listen(server.settings["http.listen"])
    assert (code, verdict) == (OK, "ok") and "this instance is running there" in text
    code, verdict, text = listen(f"127.0.0.1:{processes.free_port()}")
    assert (code, verdict) == (OK, "ok") and "is free" in text
    # Another program: here the same one's metrics, which know nothing of the instance.
    code, verdict, text = listen(f"127.0.0.1:{server.metrics_port}")
    assert (code, verdict) == (CONFIGURATION, "failure") and "is in use" in text
    code, verdict, text = listen("192.0.2.1:8080")
    assert (code, verdict) == (CONFIGURATION, "failure") and "assign" in text
    assert listen(f"unix:{directory}/socket")[:2] == (OK, "ok")


# Privileges

def test_the_process_keeps_its_secrets_to_itself(server):
    status = status_of(server.pid)
    assert status["Umask"] == "0077" and status["NoNewPrivs"] == "1"
    with open(f"/proc/{server.pid}/limits", encoding="ascii") as file:
        assert re.search(r"^Max core file size +0 +0 ", file.read(), re.M)
    if not is_sanitized:
        # The kernel gives the files of a process that may not be dumped to root.
        assert os.stat(f"/proc/{server.pid}/environ").st_uid == 0
    for folder, _, names in os.walk(server.settings["data.directory"]):
        for name in names:
            assert os.lstat(os.path.join(folder, name)).st_mode & 0o077 == 0, name


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_becomes_the_service_user_before_it_serves(server_factory):
    server = server_factory(start=False)
    user = pwd.getpwnam(processes.user_name())
    settings = {**server.settings, "service.user": user.pw_name}
    write_config(server.config_path, settings)
    os.chown(server.config_path, 0, 0)  # only root may read it
    with open(server.log_path, "ab") as log:
        server.process = subprocess.Popen([binary("comptoir"), "serve", "--config", server.config_path], cwd="/",
                                          env=processes.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    wait_until(server.is_ready, 20, "/ready")
    status = status_of(server.pid)
    assert status["Uid"].split() == [str(user.pw_uid)] * 4 and status["Gid"].split() == [str(user.pw_gid)] * 4
    assert "0" not in status["Groups"].split()
    assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0
    assert os.stat(os.path.join(settings["data.directory"], "secret.key")).st_uid == user.pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_without_a_service_user_is_told_how_to_make_one(config):
    path = config({"service.user": "comptoir-nobody-here"})
    result = subprocess.run([binary("comptoir"), "account", "list", "--config", path], capture_output=True, text=True,
                            env=processes.environment(), timeout=30, check=False)
    assert result.returncode == CONFIGURATION and "adduser --system" in result.stderr


def test_a_directory_that_cannot_be_used_is_refused_with_the_remedy(config, directory):
    path = config({"http.listen": "127.0.0.1:0", "metrics.listen": ""})
    data = os.path.join(directory, "data")
    os.chmod(data, 0o770)
    result = command("serve", "--config", path)
    assert result.returncode == CONFIGURATION and f"chmod 700 {data}" in result.stderr
    os.rmdir(data)
    blocked = os.path.join(directory, "blocked")
    os.mkdir(blocked, 0o700)
    if os.geteuid() == 0:
        os.chown(blocked, 0, 0)
        result = command("serve", "--config", path, "--set", f"data.directory={blocked}/data")
        assert result.returncode == CONFIGURATION and f"may not pass through {blocked}" in result.stderr
    result = command("serve", "--config", path, "--set", f"data.directory={directory}/none/data")
    assert result.returncode == CONFIGURATION and "install -d -o" in result.stderr


def test_a_missing_data_directory_is_made_private(config, directory):
    path = config()
    data = os.path.join(directory, "data")
    os.rmdir(data)
    result = command("serve", "--config", path)
    assert result.returncode == DATABASE
    assert os.stat(data).st_mode & 0o7777 == 0o700


# Metrics

def test_metrics_are_told_on_loopback_to_loopback_names_only(server):
    url = f"http://127.0.0.1:{server.metrics_port}/metrics"
    answer = requests.get(url, timeout=5)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "process_resident_memory_bytes" in answer.text and 'comptoir_events_total{event="server_started"} 1' in answer.text
    assert requests.get(url, headers={"Host": f"localhost:{server.metrics_port}"}, timeout=5).status_code == 200
    assert requests.get(url, headers={"Host": "attacker.example"}, timeout=5).status_code == 421
    assert requests.get(url, headers={"Host": "localhost.attacker.example"}, timeout=5).status_code == 421
    assert requests.get(url.replace("/metrics", "/health"), timeout=5).status_code == 404
    assert server.get("/metrics").status_code == 404


# Start and end

def test_the_service_manager_is_told(database_factory, directory):
    path = os.path.join(directory, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        processes.give(path)
        manager.settimeout(10)
        program = Server(database_factory(), env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "10000000"})
        try:
            program.start()
            seen = ""
            while "WATCHDOG=1" not in seen or "READY=1" not in seen:
                seen += manager.recv(4096).decode() + "\n"
            program.terminate()
            while "STOPPING=1" not in seen:
                seen += manager.recv(4096).decode() + "\n"
            assert program.wait() == 0
        finally:
            program.remove()


def test_it_listens_before_the_database_is_there(server_factory, directory):
    server = server_factory(start=False)
    port = processes.free_port()
    settings = {**server.settings, "database.url": f"host=127.0.0.1 port={port} dbname=none", "database.owner_url": ""}
    write_config(server.config_path, settings)
    begin = time.monotonic()
    server.start(wait=False)

    def answers():
        try:
            return server.get("/health").status_code == 200
        except requests.ConnectionError:
            return False
    wait_until(answers, 10, "/health", interval=0.002)
    seconds = time.monotonic() - begin
    assert seconds < (3 if is_sanitized else 0.5)
    assert server.get("/ready").status_code == 503
    server.wait_for_event("database_awaited")


def test_a_second_signal_ends_it_at_once(server_factory):
    server = server_factory(settings={"http.drain_timeout": "1h"})
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        # A request whose body never comes keeps the drain waiting.
        slow.sendall(b"POST /api/v1/apps HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nx")
        wait_until(lambda: server.get("/health").status_code == 200)
        server.terminate()
        server.wait_for_event("server_stopping")
        server.killed = True

        def ended():
            server.process.send_signal(signal.SIGTERM)
            return server.process.poll() is not None
        wait_until(ended, 5, "the end", interval=0.05)
    assert server.process.returncode == 1


def test_an_address_in_use_is_said(server, directory):
    path = os.path.join(directory, "twice.conf")
    write_config(path, {**server.settings, "metrics.listen": ""})
    result = command("serve", "--config", path)
    assert result.returncode == CONFIGURATION
    assert "in use" in result.stderr and str(server.port) in result.stderr


def test_too_few_descriptors_are_said_once(server_factory):
    server = server_factory(start=False)
    server.open_files = 1024
    server.start()
    assert server.metrics_port and len(server.log_lines("descriptor_limit_low")) == 1
