# SPDX-License-Identifier: AGPL-3.0-or-later
"""The parts of tests/run: each runs its programs, writes build/log/<part>*.log and counts what passed and failed."""
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

from support import processes

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PYTHON = "/usr/bin/python3"
FUZZ_SECONDS, FUZZ_LONG_SECONDS = 20, 60


class BuildFailed(Exception):
    pass


class Context:
    def __init__(self, want_all, want_long, is_smoke):
        self.want_all = want_all
        self.want_long = want_long
        self.is_smoke = is_smoke
        self.passed = 0
        self.failed = 0
        self.failures = []
        self.built = {}
        self.log_directory = os.path.join(ROOT, "build", "log")
        os.makedirs(self.log_directory, exist_ok=True)

    def log_path(self, name):
        return os.path.join(self.log_directory, f"{name}.log")

    def count(self, what, passed, failed, failures=()):
        self.passed += passed
        self.failed += failed
        for failure in failures:
            self.failures.append(f"{what}: {failure}")
            print(f"   failed: {failure}", flush=True)

    def build(self, preset):
        """Configures and builds a preset once per run; BuildFailed with the end of the log."""
        if preset not in self.built:
            path = self.log_path(f"build-{preset}")
            with open(path, "w", encoding="utf-8") as log:
                for command in (["cmake", "--preset", preset],
                                ["ninja", "-C", f"build/{preset}", "-k0", f"-j{os.cpu_count()}"]):
                    log.flush()
                    result = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False)
                    if result.returncode:
                        break
            self.built[preset] = result.returncode == 0
            if result.returncode:
                with open(path, encoding="utf-8", errors="replace") as log:
                    lines = log.read().splitlines()
                errors = [line for line in lines if "error:" in line or "undefined reference" in line or line.startswith("FAILED")] or lines[-20:]
                print("\n".join(errors[:30]), flush=True)
        if not self.built[preset]:
            raise BuildFailed(f"the build '{preset}' failed, see build/log/build-{preset}.log")
        return os.path.join(ROOT, "build", preset)


def environment(build=None):
    values = processes.environment()
    values["HOME"] = os.environ.get("HOME", "/")
    values["TMPDIR"] = "/tmp"
    if build:
        values["COMPTOIR_BUILD"] = build
    return values


def has_tests(folder):
    return bool(glob.glob(os.path.join(ROOT, "tests", folder, "test_*.py")))


# unit: cmocka, one program per file, its cases counted from TAP

TAP = re.compile(r"^(ok|not ok) (\d+)(?: - (.*))?$", re.M)
TAP_SKIPPED = re.compile(r"^(?:ok|not ok) \d+ # SKIP", re.M)
TAP_PLAN = re.compile(r"^1\.\.(\d+)", re.M)


def run_unit_program(path, mutant=None):
    """(passed, failures, output) of one cmocka program."""
    values = environment()
    values["CMOCKA_MESSAGE_OUTPUT"] = "TAP"
    if mutant:
        values["COMPTOIR_MUTANT"] = mutant
    name = os.path.basename(path)
    try:
        result = subprocess.run([path], cwd=os.path.join(ROOT, "tests", "unit"), env=values, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
    except subprocess.TimeoutExpired as expired:
        return 0, [f"{name}: more than 300 s"], (expired.stdout or b"").decode(errors="replace")
    output = result.stdout.decode(errors="replace")
    cases = TAP.findall(output)
    passed = sum(1 for verdict, _, _ in cases if verdict == "ok")
    failures = [f"{name}: {title}" for verdict, _, title in cases if verdict == "not ok"]
    planned = sum(int(plan) for plan in TAP_PLAN.findall(output))
    ended = len(cases) + len(TAP_SKIPPED.findall(output))
    if ended < planned:
        failures.append(f"{name}: ended with {result.returncode} after {ended} of {planned} cases")
    elif result.returncode and not failures:
        failures.append(f"{name}: ended with {result.returncode}: {last_line(output)}")
    elif not ended:
        failures.append(f"{name}: runs no case")
    return passed, failures, output


def last_line(output):
    report = processes.sanitizer_report(output).strip()
    lines = (report or output).strip().splitlines()
    return (lines[0] if report else lines[-1]) if lines else "no output"


def run_unit_build(context, preset):
    directory = context.build(preset)
    sources = sorted(glob.glob(os.path.join(ROOT, "tests", "unit", "test_*.c")))
    programs = [os.path.join(directory, os.path.basename(source)[:-2]) for source in sources]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run_unit_program, programs))
    with open(context.log_path(f"unit-{preset}"), "w", encoding="utf-8") as log:
        for program, (passed, failures, output) in zip(programs, results):
            log.write(f"### {program}\n{output}\n")
            context.count(f"unit {preset}", passed, len(failures), failures)


def run_unit(context):
    for preset in ("release", "asan", "tsan"):
        print(f"   {preset}", flush=True)
        try:
            run_unit_build(context, preset)
        except BuildFailed as failure:
            context.count("unit", 0, 1, [str(failure)])


# pytest parts

def run_pytest(context, name, folder, build, *options, seconds=3000, files=()):
    """files: only these of the folder."""
    log_path, xml_path = context.log_path(name), os.path.join(context.log_directory, f"{name}.xml")
    if os.path.exists(xml_path):
        os.unlink(xml_path)
    command = [PYTHON, "-m", "pytest", "-c", "tests/pytest.ini", "--rootdir", "tests", *(files or [f"tests/{folder}"]), "-q",
               f"--junit-xml={xml_path}", *options]
    if context.want_long:
        command.append("--long")
    with open(log_path, "w", encoding="utf-8") as log:
        try:
            code = subprocess.run(command, cwd=ROOT, env=environment(build), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  timeout=seconds, check=False).returncode
        except subprocess.TimeoutExpired:
            code = f"more than {seconds} s"
    if code == 5:  # nothing was collected, such as no concurrent test yet
        return
    passed, failures = read_junit(xml_path)
    if code not in (0, 1) or (code == 1 and not failures):
        failures.append(f"pytest ended with {code}, see build/log/{name}.log")
    context.count(name, passed, len(failures), failures)


def read_junit(path):
    if not os.path.exists(path):
        return 0, []
    passed, failures = 0, []
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        bad = [child for child in case if child.tag in ("failure", "error")]
        if bad:
            message = (bad[0].get("message") or "").strip().split("\n")[0][:200]
            failures.append(f"{case.get('classname')}.{case.get('name')}: {message}")
        elif case.find("skipped") is None:
            passed += 1
    return passed, failures


def run_folder_in_shares(context, folder, build="asan", shares=2):
    """The files of a folder, largest first, dealt to as many runs beside one another: most of their time is waiting."""
    if not has_tests(folder):
        return
    context.build(build)
    paths = sorted(glob.glob(os.path.join(ROOT, "tests", folder, "test_*.py")), key=os.path.getsize, reverse=True)
    dealt = [[os.path.relpath(path, ROOT) for path in paths[share::shares]] for share in range(shares)]
    with concurrent.futures.ThreadPoolExecutor(shares) as pool:
        for run in [pool.submit(run_pytest, context, f"{folder}-{number}", folder, f"build/{build}", files=files)
                    for number, files in enumerate(dealt, 1) if files]:
            run.result()


def run_db(context):
    run_folder_in_shares(context, "db")


def run_api(context):
    run_folder_in_shares(context, "api")
    if has_tests("api"):
        context.build("tsan")
        run_pytest(context, "api-tsan", "api", "build/tsan", "-m", "concurrent")


def run_fed(context):
    run_folder_in_shares(context, "fed")


def run_web(context):
    run_folder_in_shares(context, "web")


def run_faults(context):
    run_folder_in_shares(context, "faults", "release")


def run_perf(context):
    if has_tests("perf"):
        context.build("release")
        run_pytest(context, "perf", "perf", "build/release", "-s", *(["--smoke"] if context.is_smoke else []))
        with open(context.log_path("perf"), encoding="utf-8", errors="replace") as log:
            figures = [line.strip().lstrip(".") for line in log if "FIGURE " in line]
        for figure in figures:
            print("   " + figure[figure.index("FIGURE ") + 7:], flush=True)


# check, fuzz, mutants: programs of their own that end with "N passed, N failed"

def run_program(context, name, command, build=None):
    counted, failures = None, []
    with open(context.log_path(name), "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(build), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        for line in process.stdout:
            log.write(line)
            print("   " + line.rstrip(), flush=True)
            match = re.match(rf"^{name}: (\d+) passed, (\d+) failed$", line)
            if match:
                counted = int(match.group(1)), int(match.group(2))
        process.wait()
    if counted is None:
        counted, failures = (0, 1), [f"ended with {process.returncode} before its end"]
    elif counted[1]:
        failures = [f"{counted[1]}, see build/log/{name}.log"]
    context.passed += counted[0]
    context.failed += counted[1]
    context.failures += [f"{name}: {failure}" for failure in failures]


def run_check(context):
    try:
        context.build("release")
    except BuildFailed as failure:  # the checks that read sources go on
        context.count("check", 0, 1, [str(failure)])
    run_program(context, "check", [PYTHON, "tests/check/run"] + (["--all"] if context.want_all else []))


def run_fuzz(context):
    if not glob.glob(os.path.join(ROOT, "tests", "fuzz", "fuzz_*.c")):
        return
    directory = context.build("fuzz")
    seconds = FUZZ_LONG_SECONDS if context.want_long else FUZZ_SECONDS
    run_program(context, "fuzz", [PYTHON, "tests/fuzz/run", directory, str(seconds)])


def run_mutants(context):
    context.build("mutants")
    run_program(context, "mutants", [PYTHON, "tests/mutants/run"])


if __name__ == "__main__":
    sys.exit("run tests/run")
