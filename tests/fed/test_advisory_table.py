# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of what was found in other servers (tests/fed/advisories) is whole, and the tests that it names exist."""
import os
import re

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROWS = """4 6 8 11 13 16 19 20 27 28 29 36 38 40 41 42 43 44 45 46 47 48 49 53 60 63 65 66 67 68 69 70 74 76 79 82 84 85 89 90 91 93
94 95 96 98 99 101 106 107 108 111 112 118 119 123 124 127 131 133 136 139 140 141 142 143 144 145 146 147 148 149 150 151 152 153
154 155 156 157 158 162 165 167 168 169 170 171 174 175 177 178""".split()
LINES = [f"{letter}{number}" for letter, count in (("A", 15), ("B", 13), ("C", 11), ("D", 9)) for number in range(1, count + 1)]


def entries():
    with open(os.path.join(TESTS, "fed", "advisories"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                name, _, rest = line.partition(": ")
                yield name, rest.partition(" # ")[0].strip()


def test_every_row_and_every_line_is_there_once():
    assert [name for name, _ in entries()] == ROWS + LINES


def test_every_named_test_exists():
    for name, rest in entries():
        if rest.startswith("does not concern: "):
            assert len(rest) > len("does not concern: "), name
            continue
        assert rest, name
        for reference in rest.split():
            path, _, test = reference.partition("::")
            with open(os.path.join(TESTS, path), encoding="utf-8") as file:
                text = file.read()
            form = rf"^def {test}\(" if path.endswith(".py") else rf"^static void {test}\(void \*\*"
            assert re.search(form, text, re.MULTILINE), f"{name}: {reference}"
