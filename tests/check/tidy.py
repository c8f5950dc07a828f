# SPDX-License-Identifier: AGPL-3.0-or-later
"""clang-tidy (bugprone, cert; .clang-tidy) on the files changed since the merge base with the main branch, or on
the whole tree with --all."""
import concurrent.futures
import os
import re
import subprocess

PLANTED = [
    ({"base/a.c": "int f(int a);\nint f(int a)\n{\n\tif (a = 1)\n\t\treturn sizeof(sizeof(a));\n\treturn 0;\n}\n",
      ".clang-tidy": "Checks: '-*,bugprone-*'\n"}, "base/a.c:5: suspicious usage of 'sizeof(sizeof"),
]
CLEAN = {"base/a.c": "int f(int a);\nint f(int a)\n{\n\treturn a;\n}\n", ".clang-tidy": "Checks: '-*,bugprone-*'\n"}


def check(tree):
    names = changed_files(tree)
    packages = ["libevent", "openssl", "jansson", "libpq", "libsystemd", "libcurl", "vips"]
    flags = []
    for package in packages:
        flags += subprocess.run(["pkg-config", "--cflags", package], capture_output=True, text=True,
                                check=False).stdout.split()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for output in pool.map(lambda name: tidy(tree, name, flags), names):
            for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$", output, re.M):
                name = os.path.relpath(match.group(1), os.path.realpath(tree.root))
                finding = f"{name}:{match.group(2)}: {match.group(3)}"
                if finding not in tree.findings:
                    tree.findings.append(finding)


def tidy(tree, name, flags):
    command = ["clang-tidy", "--quiet", f"--config-file={tree.path('.clang-tidy')}", os.path.realpath(tree.path(name)),
               "--", "-std=gnu17", "-D_GNU_SOURCE", '-DCOMPTOIR_VERSION="0"', "-I" + os.path.realpath(tree.path("include")),
               "-I" + os.path.realpath(tree.root), *flags]
    result = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    return result.stdout


def git(tree, *arguments):
    result = subprocess.run(["git", "-c", f"safe.directory={tree.root}", *arguments], cwd=tree.root, capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else ""


def changed_files(tree):
    sources = [name for name in tree.c_files() if name.endswith(".c")]
    if tree.want_all or not os.path.exists(tree.path(".git")):
        return sources
    head = git(tree, "rev-parse", "HEAD")
    base = ""
    for main in ("origin/main", "main"):
        base = git(tree, "merge-base", "HEAD", main)
        if base:
            break
    if not base or base == head:
        base = git(tree, "rev-parse", "HEAD^1")
    if not base:
        return sources
    changed = set(git(tree, "diff", "--name-only", base).split("\n"))
    changed |= set(git(tree, "ls-files", "--others", "--exclude-standard").split("\n"))
    changed |= {re.sub(r"^include/|\.h$", "", name) + ".c" for name in changed if name.endswith(".h")}
    return [name for name in sources if name in changed]
