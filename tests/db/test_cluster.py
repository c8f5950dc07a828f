# SPDX-License-Identifier: AGPL-3.0-or-later
"""The embedded PostgreSQL: made, started, joined, stopped, and nobody else let in."""
import os
import shutil
import signal
import stat
import subprocess

import pytest

from support import processes
from support.server import Server, binary, command
from support.waiting import wait_until

PSQL = "psql"


def make_server(settings=None):
    program = Server(None, settings)
    program.data = program.settings["data.directory"]
    return program


def initialise(program):
    program.command("db", "init")
    return program


@pytest.fixture(scope="module")
def embedded():
    program = initialise(make_server())
    yield program
    program.remove()


@pytest.fixture
def stopped(embedded):
    """The module's cluster with nothing running, before and after."""
    yield embedded
    if embedded.is_running():
        embedded.killed = False
        embedded.stop()


def postmaster_pid(program):
    """The pid of the running postmaster, or None."""
    try:
        with open(os.path.join(program.data, "postgresql/postmaster.pid"), encoding="ascii") as file:
            pid = int(file.readline())
        if os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(os.path.join(program.data, "postgresql")):
            return pid
    except (OSError, ValueError):
        pass
    return None


def query(program, sql, role="comptoir", **keywords):
    arguments = [PSQL, "-X", "-At", "-h", socket_directory(program), "-U", role, "-d", "comptoir", "-c", sql]
    return processes.run(arguments, **keywords) if not keywords.pop("as_root", False) else subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=20, check=False)


def socket_directory(program):
    with open(os.path.join(program.data, "postgresql/postmaster.pid"), encoding="ascii") as file:
        return file.read().splitlines()[4]


def test_a_second_db_init_leaves_the_cluster_alone(stopped):
    marker = os.path.join(stopped.data, "postgresql/PG_VERSION")
    before = os.stat(marker).st_mtime_ns
    stopped.command("db", "init")
    assert os.stat(marker).st_mtime_ns == before
    assert postmaster_pid(stopped) is None, "db init left its postmaster behind"


@pytest.mark.limit(120)
def test_a_killed_db_init_is_simply_run_again():
    program = make_server()
    try:
        for _ in range(3):
            process = processes.spawn([binary("comptoir"), "db", "init", "--config", program.config_path],
                                      subprocess.DEVNULL, subprocess.DEVNULL)
            wait_until(lambda: os.path.exists(os.path.join(program.data, "postgresql.new/base")), 20)
            process.kill()
            process.wait()
            assert not os.path.exists(os.path.join(program.data, "postgresql"))
        initialise(program)
        assert not os.path.exists(os.path.join(program.data, "postgresql.new"))
        program.start()
    finally:
        program.remove()


def test_what_keeps_data_safe_is_on_and_the_network_out(stopped):
    stopped.start()
    wanted = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "jit": "off", "listen_addresses": "",
              "data_checksums": "on", "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "unix_socket_permissions": "0700"}
    for name, value in wanted.items():
        result = query(stopped, f"show {name}")
        assert result.stdout.strip() == value, f"{name}: {result.stdout} {result.stderr}"
    assert stat.S_IMODE(os.stat(socket_directory(stopped)).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(os.path.join(stopped.data, "postgresql")).st_mode) == 0o700


def test_local_settings_cannot_switch_safety_off(stopped):
    local = os.path.join(stopped.data, "postgresql/local.conf")
    with open(local, "w", encoding="ascii") as file:
        file.write("fsync = off\nlisten_addresses = '127.0.0.1'\nwork_mem = 11MB\n")
    processes.give(local)
    try:
        stopped.start()
        assert query(stopped, "show fsync").stdout.strip() == "on"
        assert query(stopped, "show listen_addresses").stdout.strip() == ""
        assert query(stopped, "show work_mem").stdout.strip() == "11MB"
    finally:
        os.remove(local)


def test_each_role_is_let_in_and_no_other_user_is(stopped):
    stopped.start()
    for role in ("comptoir", "comptoir_web", "comptoir_federation"):
        assert query(stopped, "select current_user", role).stdout.strip() == role
    with open(os.path.join(stopped.data, "postgresql/pg_hba.conf"), encoding="utf-8") as file:
        rules = [line.split() for line in file if line.strip() and not line.startswith("#")]
    assert rules == [["local", "all", "all", "peer", "map=comptoir"]]
    if os.geteuid() == 0:
        refused = query(stopped, "select 1", as_root=True)
        assert refused.returncode != 0 and "Peer authentication failed" in refused.stderr


def test_a_start_is_quick_and_a_stop_ends_the_postmaster(stopped):
    assert stopped.start() < 5  # 2 s is promised for the release build; this one is sanitised
    pid = postmaster_pid(stopped)
    assert pid
    stopped.stop()
    assert postmaster_pid(stopped) is None and not os.path.exists(f"/proc/{pid}/cwd")


def test_a_stopped_postmaster_does_not_hold_the_command_line(stopped):
    stopped.start()
    pid = postmaster_pid(stopped)
    os.kill(pid, signal.SIGSTOP)
    try:
        result = command("db", "status", "--config", stopped.config_path)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert result.returncode == 4, result.stderr
    assert "does not answer" in result.stderr


def test_a_postmaster_outlives_a_killed_server_and_is_joined(stopped):
    stopped.start()
    pid = postmaster_pid(stopped)
    stopped.kill()
    assert postmaster_pid(stopped) == pid, "the postmaster went with the server"
    stopped.start()
    assert postmaster_pid(stopped) == pid, "it was not joined"
    assert stopped.log_lines("cluster_joined")
    stopped.stop()
    assert postmaster_pid(stopped) is None, "nobody took charge of stopping it"


def test_the_last_one_out_stops_it(stopped):
    stopped.start()
    pid = postmaster_pid(stopped)
    stopped.command("account", "list")
    assert postmaster_pid(stopped) == pid, "a command stopped the server's database"
    stopped.stop()
    assert postmaster_pid(stopped) is None
    stopped.command("account", "list")
    assert postmaster_pid(stopped) is None, "a command left the database running"


def test_a_killed_postmaster_is_started_again(stopped):
    stopped.start()
    pid = postmaster_pid(stopped)
    wait_until(lambda: stopped.is_ready(), 10)
    os.kill(pid, signal.SIGKILL)
    # Within the pause after its start it is not started again: a crash loop must not be a busy loop.
    wait_until(lambda: postmaster_pid(stopped) not in (None, pid), 40, "another postmaster")
    wait_until(stopped.is_ready, 40, "/ready")
    assert stopped.log_lines("cluster_died")


def test_a_pid_file_of_somebody_else_is_no_obstacle(stopped):
    stranger = processes.spawn(["sleep", "300"], subprocess.DEVNULL, subprocess.DEVNULL)
    path = os.path.join(stopped.data, "postgresql/postmaster.pid")
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{stranger.pid}\n{stopped.data}/postgresql\n1\n5432\n\n\n  0 0\nready   \n")
        processes.give(path)
        stopped.start()
        assert postmaster_pid(stopped) not in (None, stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_another_version_is_named_with_its_remedy(stopped):
    marker = os.path.join(stopped.data, "postgresql/PG_VERSION")
    with open(marker, encoding="ascii") as file:
        version = file.read()
    try:
        with open(marker, "w", encoding="ascii") as file:
            file.write("14\n")
        result = stopped.command("account", "list", check=False)
        assert result.returncode != 0
        assert "made by PostgreSQL 14" in result.stderr and "postgresql-14" in result.stderr
    finally:
        with open(marker, "w", encoding="ascii") as file:
            file.write(version)


@pytest.fixture
def deep():
    """A server whose data directory is too deep for a socket."""
    program = make_server()
    data = os.path.join(program.directory, "d" * 60, "e" * 60)
    os.makedirs(data, 0o700)
    for path in (os.path.dirname(data), data):
        os.chmod(path, 0o700)
        processes.give(path)
    program.data = data
    with open(program.config_path, encoding="utf-8") as file:
        text = file.read().replace(f"directory = {program.settings['data.directory']}", f"directory = {data}")
    with open(program.config_path, "w", encoding="utf-8") as file:
        file.write(text)
    program.socket = None
    yield program
    program.remove()
    if program.socket:
        (os.remove if os.path.islink(program.socket) else shutil.rmtree)(program.socket)


@pytest.mark.limit(120)
def test_a_deep_directory_works_and_its_socket_is_not_taken_from_others(deep):
    initialise(deep)
    deep.start()
    deep.socket = socket_directory(deep)
    assert deep.socket.startswith("/tmp/comptoir-")
    assert stat.S_IMODE(os.stat(deep.socket).st_mode) == 0o700
    deep.stop()
    shutil.rmtree(deep.socket)
    os.symlink(deep.directory, deep.socket)
    result = deep.command("account", "list", check=False)
    assert result.returncode != 0 and "is not a directory of user" in result.stderr


def test_serve_without_a_cluster_says_what_to_do():
    program = make_server()
    try:
        result = command("serve", "--config", program.config_path)
        assert result.returncode != 0 and "db init" in result.stderr
    finally:
        program.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_is_named_before_anything_is_made():
    program = make_server()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", program.data],
                             stderr=subprocess.DEVNULL, check=False).returncode == 0
    try:
        if not mounted:
            pytest.skip("no right to mount here")
        processes.give(program.data)
        os.chmod(program.data, 0o700)
        result = program.command("db", "init", check=False)
        assert result.returncode != 0 and "free some space" in result.stderr
        assert not os.path.exists(os.path.join(program.data, "postgresql"))
    finally:
        if mounted:
            subprocess.run(["umount", program.data], check=True)
        program.remove()
