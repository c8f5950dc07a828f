# SPDX-License-Identifier: AGPL-3.0-or-later
"""JSON, HTML and SQL are not built with printf from texts: json_out, the html writer and parameters escape."""
import re

from tree import call_arguments

CALL = re.compile(r"\b(\w*printf)\s*\(")
TEXT = re.compile(r'"((?:\\.|[^"\\\n])*)"')
CONVERSION = re.compile(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[sc]")
MARKUP = [
    (re.compile(r"<\/?[a-zA-Z][a-zA-Z0-9]*[\s>=/]|<%"), "HTML"),
    (re.compile(r'\{\s*\\"|\\"\s*:|:\s*\\"|\\"\s*,\s*\\"'), "JSON"),
    (re.compile(r"\b(select\s.*\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|where\s+\w+\s*=)\s", re.I), "SQL"),
]

PLANTED = [
    ({"server/a.c": 'void f(void) { buf_add_printf(b, "<p>%s</p>", name); }\n'}, "server/a.c:1: HTML"),
    ({"server/a.c": 'void f(void) { snprintf(b, 9, "{\\"id\\":"\n"\\"%.*s\\"}", 1, n); }\n'}, "server/a.c:1: JSON"),
    ({"storage/a.c": 'void f(void) { arena_printf(a, "select * from %s ", t); }\n'}, "storage/a.c:1: SQL"),
]
CLEAN = {"server/a.c": 'void f(void) { buf_add_printf(b, "<p>%d</p>", 1); arena_printf(a, "cannot open %s", p); }\n'}


def check(tree):
    for name in tree.c_files():
        code = tree.code_with_texts(name)
        for match in CALL.finditer(code):
            arguments = call_arguments(code, match.end() - 1)
            texts = next((argument for argument in arguments if argument.startswith('"')), None)
            if texts is None:
                continue
            text = "".join(TEXT.findall(texts))
            if not CONVERSION.search(text):
                continue
            for pattern, kind in MARKUP:
                if pattern.search(text):
                    tree.find_at(name, match.start(), f"{kind} built with {match.group(1)} from a text")
                    break
