# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lists of what was found in other servers (fed/advisories, api/advisories) are whole, and the tests that they name exist."""
import os
import re

import pytest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROWS = """4 6 8 11 13 16 19 20 27 28 29 36 38 40 41 42 43 44 45 46 47 48 49 53 60 63 65 66 67 68 69 70 74 76 79 82 84 85 89 90 91 93
94 95 96 98 99 101 106 107 108 111 112 118 119 123 124 127 131 133 136 139 140 141 142 143 144 145 146 147 148 149 150 151 152 153
154 155 156 157 158 162 165 167 168 169 170 171 174 175 177 178""".split()
CLIENT_ROWS = """1 3 5 9 10 12 13 14 15 17 18 20 21 22 23 24 25 26 27 28 30 34 35 36 37 39 43 48 50 51 52 54 56 57 58 59 61 62 64 71 72
73 75 77 78 79 80 81 83 86 87 91 92 94 97 98 99 100 101 102 103 104 106 107 109 110 114 115 117 120 121 125 126 127
128 129 130 132 134 137 138 139 155 159 160 161 162 163 164 166 168 172 173 174 175 176 177 179 180""".split()


def lines(*letters):
    return [f"{letter}{number}" for letter, count in letters for number in range(1, count + 1)]


LISTS = {"fed": ROWS + lines(("A", 15), ("B", 13), ("C", 11), ("D", 9)),
         "api": CLIENT_ROWS + lines(("E", 11), ("F", 8), ("G", 10), ("H", 16))}


def entries(folder):
    with open(os.path.join(TESTS, folder, "advisories"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                name, _, rest = line.partition(": ")
                yield name, rest.partition(" # ")[0].strip()


@pytest.mark.parametrize("folder", LISTS)
def test_every_row_and_every_line_is_there_once(folder):
    assert [name for name, _ in entries(folder)] == LISTS[folder]


@pytest.mark.parametrize("folder", LISTS)
def test_every_named_test_exists(folder):
    for name, rest in entries(folder):
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
