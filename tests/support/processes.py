# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programs under test, run as an unprivileged user even when the tests run as root."""
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile

SANITIZER_MARKS = (
    "ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:",
    "AddressSanitizer:DEADLYSIGNAL", "ThreadSanitizer:DEADLYSIGNAL", "UndefinedBehaviorSanitizer",
)


def unprivileged_user():
    """None when we are no root; else the first of the users that exist on a Debian with PostgreSQL."""
    if os.geteuid() != 0:
        return None
    for name in ("comptoir", "postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no user to run the programs as")


def run_as():
    """Keyword arguments for subprocess that drop root."""
    user = unprivileged_user()
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def user_name():
    user = unprivileged_user()
    return user.pw_name if user else pwd.getpwuid(os.geteuid()).pw_name


def give(path):
    """Makes a file or directory belong to the user that the programs run as."""
    user = unprivileged_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def make_directory(prefix="comptoir-test-", parent=None):
    """A private directory with a short name, since socket paths are short."""
    return give(tempfile.mkdtemp(prefix=prefix, dir=parent or "/tmp"))


def environment(**extra):
    """A clean environment: nothing of the caller's COMPTOIR_* or PG* reaches a test but the mutant's name."""
    values = {name: os.environ[name] for name in ("PATH", "LANG", "COMPTOIR_MUTANT") if name in os.environ}
    values.setdefault("PATH", "/usr/local/bin:/usr/bin:/bin")
    values["LC_ALL"] = "C.UTF-8"
    values["HOME"] = "/nonexistent"
    symbolizer = shutil.which("llvm-symbolizer") or shutil.which("llvm-symbolizer-14")
    common = f"external_symbolizer_path={symbolizer}:" if symbolizer else ""
    values["ASAN_OPTIONS"] = common + "detect_leaks=1:exitcode=99:detect_stack_use_after_return=1"
    values["UBSAN_OPTIONS"] = common + "print_stacktrace=1"
    values["LSAN_OPTIONS"] = common + "exitcode=99"
    values["TSAN_OPTIONS"] = common + "exitcode=66:second_deadlock_stack=1"
    values.update(extra)
    return values


def free_port():
    """A loopback port that nobody listens on, outside the range that outgoing connections take."""
    for _ in range(200):
        port = random.randint(20000, 31999)
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


def sanitizer_report(text):
    """The part of a log that a sanitizer wrote, or an empty text."""
    places = [place for place in (text.find(mark) for mark in SANITIZER_MARKS) if place >= 0]
    return text[max(0, min(places) - 200):min(places) + 6000] if places else ""


def run(arguments, seconds=60, **keywords):
    """subprocess.run as the unprivileged user with captured text."""
    keywords.setdefault("env", environment())
    keywords.setdefault("cwd", "/")
    if "input" not in keywords:
        keywords.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=seconds,
                          **run_as(), **keywords)


def spawn(arguments, stdout, stderr, env=None, open_files=None, stdin=subprocess.DEVNULL, **keywords):
    """A child in a session of its own, so that a Ctrl-C at the tests does not reach it before its fixture."""
    def limit():
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    return subprocess.Popen(arguments, stdin=stdin, stdout=stdout, stderr=stderr, cwd="/",
                            env=env or environment(), start_new_session=True,
                            preexec_fn=limit if open_files else None, **run_as(), **keywords)


def end(process, seconds=15):
    """SIGTERM, then SIGKILL; returns (exit code, whether it had to be killed)."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return process.returncode, True
    return process.returncode, False
