# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every source begins with its licence and says what it does; no reminders to ourselves, no traces of the place
where it was written, no trailing spaces."""
import re

SPDX = "SPDX-License-Identifier: AGPL-3.0-or-later"
SOURCE = (".c", ".h", ".py", ".sh", ".js", ".css")
REMINDER = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
PLACE = re.compile(r"(?<![\w.])/wo" r"rk/|(?<![\w.])/ro" r"ot/|\b[\w.-]+\.(?:intern" r"al|cor" r"p|l" r"an)\b(?!\()")
HEAD = f"/* {SPDX}\n *\n * x */\n"

PLANTED = [
    ({"base/a.c": "int a;\n"}, "base/a.c:1: begins with"),
    ({"base/a.c": f"/* {SPDX} */\nint a;\n"}, "base/a.c:1: says what"),
    ({"base/a.c": HEAD + "// TO" "DO: more\n"}, "base/a.c:4: a reminder"),
    ({"README.md": "see /wo" "rk/main\n"}, "README.md:1: a path or host"),
    ({"base/a.c": HEAD + "int a; \n"}, "base/a.c:4: trailing"),
    ({"base/a.c": HEAD + "int a;"}, "base/a.c:4: no newline"),
    ({"base/a.c": HEAD + "int a;\r\n"}, "base/a.c:4: carriage return"),
    ({"storage/migrations/0001_a.sql": "create table a ();\n"}, "0001_a.sql:1: begins with what"),
    ({"tests/x": "#!/bin/sh\nexit 0\n"}, "tests/x:2: begins with"),
]
CLEAN = {"base/a.c": HEAD + "int a;\n", "README.md": "text\n"}


def check(tree):
    for name in tree.files:
        text = tree.read(name)
        if not text or name == "LICENSE" or "/corpus/" in name or "/golden/" in name:
            continue
        lines = text.split("\n")
        if name.endswith(".sql") and not lines[0].startswith("-- "):
            tree.find(name, 1, "begins with what the migration does and why, in prose")
        if name.endswith(SOURCE) or text.startswith("#!"):
            check_head(tree, name, lines)
        for number, line in enumerate(lines, 1):
            if REMINDER.search(line):
                tree.find(name, number, f"a reminder: {REMINDER.search(line).group()}")
            if PLACE.search(line):
                tree.find(name, number, f"a path or host of one workplace: {PLACE.search(line).group()}")
            if line.endswith("\r"):
                tree.find(name, number, "carriage return")
            elif line != line.rstrip() and not name.endswith((".md", ".txt")):
                tree.find(name, number, "trailing whitespace")
        if lines[-1]:
            tree.find(name, len(lines), "no newline at the end")


def check_head(tree, name, lines):
    first = 1 if lines[0].startswith("#!") else 0
    if len(lines) <= first or SPDX not in lines[first]:
        tree.find(name, first + 1, f"begins with {SPDX}")
    elif name.endswith((".c", ".h")):
        head = "\n".join(lines[first:first + 30]).split("*/")[0].replace(SPDX, "")
        if not re.search(r"[A-Za-z]{1,}", head.replace("/*", "")):
            tree.find(name, first + 1, "says what the file does in a line or more below the licence")
