# SPDX-License-Identifier: AGPL-3.0-or-later
"""A file has at most 800 lines, a function at most 100 lines and a complexity of 20 (pmccabe; a switch counts
once, since switches over enums are complete). Parsers may be listed in sizes_allowed with a reason."""
import re
import subprocess

MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_COMPLEXITY = 800, 100, 20
ALLOWED = "tests/check/sizes_allowed"

PLANTED = [
    ({"base/a.c": "int a;\n" * 801}, "base/a.c:801: more than 800 lines"),
    ({"base/a.c": "int f(void)\n{\n" + "\tg();\n" * 101 + "\treturn 0;\n}\n"}, "base/a.c:1: f has 10"),
    ({"base/a.c": "int f(int a)\n{\n" + "\tif (a) g();\n" * 20 + "\treturn 0;\n}\n"}, "complexity of 21"),
    ({"base/a.c": "int a;\n", ALLOWED: "base/a.c f a parser\n"}, "sizes_allowed:1: f is not over"),
    ({"base/a.c": "int a;\n", ALLOWED: "base/a.c f\n"}, "sizes_allowed:1: needs a reason"),
]
CLEAN = {"base/a.c": "int f(int a)\n{\n" + "\tif (a) g();\n" * 20 + "\treturn 0;\n}\n",
         ALLOWED: "# file function reason\nbase/a.c f reads one grammar top to bottom\n"}


def check(tree):
    allowed, used = read_allowed(tree), set()
    for name in tree.c_files(layers_only=False) + [n for n in tree.files if n.endswith(".py")]:
        lines = tree.read(name).count("\n")
        if lines > MAX_FILE_LINES:
            tree.find(name, MAX_FILE_LINES + 1, f"more than {MAX_FILE_LINES} lines ({lines}): split it")
    sources = [name for name in tree.c_files() if name.endswith(".c")]
    if not sources:
        return
    output = subprocess.run(["pmccabe", *sources], cwd=tree.root, capture_output=True, text=True, check=False).stdout
    for line in output.splitlines():
        fields = line.split("\t")
        if len(fields) < 6:
            continue
        match = re.match(r"(.+)\((\d+)\): (.+)", fields[5])
        name, first, function = match.group(1), int(match.group(2)), match.group(3)
        complexity, length = int(fields[0]), int(fields[4])
        if length <= MAX_FUNCTION_LINES and complexity <= MAX_COMPLEXITY:
            continue
        if (name, function) in allowed:
            used.add((name, function))
            continue
        if length > MAX_FUNCTION_LINES:
            tree.find(name, first, f"{function} has {length} lines, more than {MAX_FUNCTION_LINES}")
        if complexity > MAX_COMPLEXITY:
            tree.find(name, first, f"{function} has a complexity of {complexity}, more than {MAX_COMPLEXITY}")
    for key, line in allowed.items():
        if key not in used:
            tree.find(ALLOWED, line, f"{key[1]} is not over the limits any more (or is gone): remove the line")


def read_allowed(tree):
    allowed = {}
    if ALLOWED not in tree.files:
        return allowed
    for number, line in enumerate(tree.read(ALLOWED).splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split(None, 2)
        if len(fields) < 3:
            tree.find(ALLOWED, number, "needs a reason: FILE FUNCTION REASON")
        else:
            allowed[(fields[0], fields[1])] = number
    return allowed
