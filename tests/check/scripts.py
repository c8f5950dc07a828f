# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scripts parse; tests wait for conditions and never sleep a fixed time; presets are JSON."""
import ast
import json
import re
import subprocess

MAY_SLEEP = {"tests/support/waiting.py"}

PLANTED = [
    ({"tests/a.py": "def f(:\n"}, "tests/a.py:1: does not parse"),
    ({"tests/a": "#!/bin/bash\nif true; then\n"}, "tests/a:1: does not parse"),
    ({"tests/api/test_a.py": "import time\ntime.sleep(3)\n"}, "tests/api/test_a.py:2: sleeps"),
    ({"tests/unit/test_a.c": "void f(void) { usleep(3); }\n"}, "tests/unit/test_a.c:1: sleeps"),
    ({"CMakePresets.json": "{\n,}"}, "CMakePresets.json:2: does not parse"),
]
CLEAN = {"tests/a.py": "a = 1\n", "tests/a": "#!/bin/sh\ntrue\n", "CMakePresets.json": "{}\n"}


def check(tree):
    for name in tree.files:
        text = tree.read(name)
        first = text.split("\n", 1)[0]
        if name.endswith(".py") or first.startswith("#!") and "python" in first:
            check_python(tree, name, text)
        elif first.startswith("#!") and re.search(r"\b(ba|da)?sh\b", first):
            shell = "bash" if "bash" in first else "sh"
            result = subprocess.run([shell, "-n", tree.path(name)], capture_output=True, text=True, check=False)
            if result.returncode:
                tree.find(name, 1, "does not parse: " + result.stderr.strip())
        elif name == "CMakePresets.json":
            try:
                json.loads(text)
            except ValueError as error:
                tree.find(name, error.lineno, f"does not parse: {error.msg}")
        elif name.startswith("tests/unit/") and name.endswith(".c"):
            for match in re.finditer(r"\b(sleep|usleep|nanosleep)\s*\(", tree.code(name)):
                tree.find_at(name, match.start(), "sleeps a fixed time: wait for a condition with a limit")


def check_python(tree, name, text):
    try:
        nodes = ast.walk(ast.parse(text))
    except SyntaxError as error:
        tree.find(name, error.lineno or 1, f"does not parse: {error.msg}")
        return
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sleep" \
                and isinstance(node.func.value, ast.Name) and node.func.value.id == "time" and name not in MAY_SLEEP:
            tree.find(name, node.lineno, "sleeps a fixed time: use wait_until")
