# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every header has its guard and compiles alone, twice, with gcc and with clang."""
import concurrent.futures
import os
import re
import subprocess

FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wstrict-prototypes", "-fsyntax-only",
         "-Wno-gnu-zero-variadic-macro-arguments", "-x", "c", "-"]
HEAD = "/* SPDX-License-Identifier: AGPL-3.0-or-later\n *\n * x */\n"

PLANTED = [
    ({"include/base/a.h": "#ifndef COMPTOIR_BASE_A_H\n#define COMPTOIR_BASE_A_H\nsize_t f(void);\n#endif\n"},
     "include/base/a.h:3: does not compile alone with gcc"),
    ({"include/base/a.h": "#ifndef A_H\n#define A_H\n#endif\n"}, "include/base/a.h:1: the guard"),
    ({"base/a.h": "enum a { B };\n"}, "base/a.h:1: the guard"),
]
CLEAN = {"include/base/a.h": "#ifndef COMPTOIR_BASE_A_H\n#define COMPTOIR_BASE_A_H\nint f(void);\n#endif\n"}


def check(tree):
    headers = [name for name in tree.c_files() if name.endswith(".h")]
    for name in headers:
        short = name[len("include/"):] if name.startswith("include/") else name
        guard = "COMPTOIR_" + re.sub(r"[^A-Za-z0-9]", "_", short).upper()
        text = tree.read(name)
        if not re.search(rf"^#ifndef {guard}\n#define {guard}\n", text, re.M):
            tree.find(name, 1, f"the guard must be {guard}")
    cflags = library_flags()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [(name, compiler, pool.submit(compile_alone, tree, name, compiler, cflags))
                for name in headers for compiler in ("gcc", "clang")]
        for name, compiler, job in jobs:
            line, message = job.result()
            if message:
                tree.find(name, line, f"does not compile alone with {compiler}: {message}")


def library_flags():
    """Where the libraries' headers lie when that is not the usual place."""
    result = subprocess.run(["pkg-config", "--cflags", "libpq", "libevent", "jansson", "openssl"],
                            capture_output=True, text=True, check=False)
    return result.stdout.split()


def compile_alone(tree, name, compiler, cflags):
    source = f'#include "{tree.path(name)}"\n' * 2
    result = subprocess.run([compiler, f"-I{tree.path('include')}", f"-I{tree.root}", *cflags, *FLAGS],
                            input=source, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return 0, None
    match = re.search(r"^([^:\n]+):(\d+):\d+: (?:fatal )?error: (.*)$", result.stderr, re.M)
    if match and os.path.abspath(match.group(1)) == os.path.abspath(tree.path(name)):
        return int(match.group(2)), match.group(3)
    return 1, match.group(3) if match else result.stderr.strip()[:300]
