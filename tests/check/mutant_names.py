# SPDX-License-Identifier: AGPL-3.0-or-later
"""Guards that can be left out have unique snake_case names that begin with their file's subject."""
import re

USE = re.compile(r'\bMUTANT\s*\(\s*([^)]*?)\s*\)')

PLANTED = [
    ({"base/a.c": 'if (!MUTANT("Header")) x();\n'}, "base/a.c:1: the name"),
    ({"base/a.c": "if (!MUTANT(name)) x();\n"}, "base/a.c:1: the name"),
]
CLEAN = {"base/a.c": 'if (a && !MUTANT("http_header_count")) x();\n'}


def names(tree):
    """{name: first place} of every guard of the program."""
    found = {}
    for name in tree.c_files():
        if name == "include/base/mutant.h":
            continue
        code = tree.code_with_texts(name)
        for match in USE.finditer(code):
            found.setdefault(match.group(1).strip('"'), f"{name}:{code.count(chr(10), 0, match.start()) + 1}")
    return found


def check(tree):
    for name in tree.c_files():
        if name == "include/base/mutant.h":
            continue
        code = tree.code_with_texts(name)
        for match in USE.finditer(code):
            if not re.match(r'^"[a-z0-9]+(_[a-z0-9]+)+"$', match.group(1)):
                tree.find_at(name, match.start(), f"the name {match.group(1)} must be a static snake_case text")
