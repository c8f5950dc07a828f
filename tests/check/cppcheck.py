# SPDX-License-Identifier: AGPL-3.0-or-later
"""cppcheck: warnings, portability, performance over the whole tree; cppcheck_suppressions has the exceptions."""
import os
import re
import subprocess
import tempfile

PLANTED = [
    ({"base/a.c": "int f(void);\nint f(void)\n{\n\tint a[3];\n\ta[0] = 1;\n\treturn a[5];\n}\n"}, "base/a.c:6: "),
]
CLEAN = {"base/a.c": "int f(int a);\nint f(int a)\n{\n\treturn a;\n}\n"}


# cppcheck 2.10 gives up on a file at the __VA_OPT__ of log_event and TEMPLATE; for it, the end mark goes in front.
VA_OPT = re.compile(r"\{ __VA_ARGS__ __VA_OPT__\(, \) (\{ \w+ \}) \}")
SUPPRESSIONS = "tests/check/cppcheck_suppressions"


def check(tree):
    folders = [folder for folder in ("base", "storage", "federation", "server")
               if any(name.startswith(folder + "/") and name.endswith(".c") for name in tree.files)]
    if not folders:
        return
    command = ["cppcheck", f"-j{os.cpu_count()}", "--quiet", "--enable=warning,portability,performance", "--std=c11",
               "--language=c", "-Iinclude", "-I.", "-D_GNU_SOURCE", "-D__GNUC__=12", "-D__x86_64__",
               '-DCOMPTOIR_VERSION="0"', "--library=posix", "--template={file}:{line}: {message} [{id}]",
               "--max-configs=4"]
    if SUPPRESSIONS in tree.files:
        command.append("--suppressions-list=" + tree.path(SUPPRESSIONS))
    with tempfile.TemporaryDirectory(prefix="comptoir-cppcheck-") as copy:
        for name in tree.c_files():
            os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
            with open(os.path.join(copy, name), "w", encoding="utf-8") as file:
                file.write(VA_OPT.sub(r"{ \1, ##__VA_ARGS__ }", tree.read(name)))
        result = subprocess.run(command + folders, cwd=copy, capture_output=True, text=True, check=False)
    if result.returncode:
        tree.find(SUPPRESSIONS, 1, "cppcheck did not run: " + (result.stdout + result.stderr)[-300:])
    for line in result.stderr.splitlines():
        if re.match(r"^[^:]+:\d+: ", line) and line not in tree.findings:
            tree.findings.append(line)
