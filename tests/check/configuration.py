# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every key of the configuration stands in README.md with its default, and README.md names no key that is gone."""
import re

KEY = re.compile(r"^\s*(?:TEXT|LIST|BOOLEAN|INTEGER|SIZE|DURATION)\s*\(\s*\"([a-z_]+\.[a-z0-9_]+)\"\s*,\s*\"((?:\\.|[^\"\\])*)\"",
                 re.M)
TABLE = "base/config_keys.c"

PLANTED = [
    ({TABLE: 'TEXT("http.listen", "", "x")\n', "README.md": "nothing\n"}, "README.md:1: the table lacks http.listen"),
    ({TABLE: 'TEXT("http.listen", "", "x")\n', "README.md": "| `http.listen` | | x |\n| `http.gone` | | x |\n"},
     "README.md:2: no such key"),
    ({TABLE: 'TEXT("http.listen", "a", "x")\n', "README.md": "| `http.listen` | `b` | x |\n"}, "README.md:1: the default"),
]
CLEAN = {TABLE: 'TEXT("http.listen", "a", "x")\n', "README.md": "| `http.listen` | `a` | x |\n"}


def check(tree):
    if TABLE not in tree.files:
        return
    keys = dict(KEY.findall(tree.read(TABLE)))
    if not keys:
        tree.find(TABLE, 1, "no keys found: the check does not understand the file any more")
    documented = {}
    readme = tree.read("README.md") if "README.md" in tree.files else ""
    for number, line in enumerate(readme.splitlines(), 1):
        match = re.match(r"^\| `([a-z_]+\.[a-z0-9_]+)` \|([^|]*)\|", line)
        if match:
            documented[match.group(1)] = number
            default = match.group(2).strip().strip("`")
            if match.group(1) not in keys:
                tree.find("README.md", number, f"no such key: {match.group(1)}")
            elif default != keys[match.group(1)]:
                tree.find("README.md", number, f"the default of {match.group(1)} is '{keys[match.group(1)]}'")
    for key in keys:
        if key not in documented:
            tree.find("README.md", 1, f"the table lacks {key}")
