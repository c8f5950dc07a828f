# SPDX-License-Identifier: AGPL-3.0-or-later
"""SQL and libpq stand in storage/ only."""
import re

TEXT = re.compile(r'"((?:\\.|[^"\\\n])*)"')
SQL = re.compile(r"^\s*(select\s+.+|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|create\s+(table|index|role|database)\s|"
                 r"alter\s+(table|role)\s|drop\s+(table|role)\s|truncate\s+\w+\s*$|set\s+role\s|listen\s+\w+$|notify\s+\w+)"
                 r"|\sfrom\s+\w+\s+where\s|\swhere\s+\w+\s*=\s*\$\d", re.I)
LIBPQ = re.compile(r"\bPQ[a-z]\w*\s*\(|#\s*include\s*<libpq-fe\.h>")

PRINTS_ITS_VERSION = "server/ctl/version.c"

PLANTED = [
    ({"server/a.c": 'const char *a = "select id from actors where id = $1";\n'}, "server/a.c:1: SQL"),
    ({"federation/a.c": 'const char *a =\n\t"insert into posts (id) values (1)";\n'}, "federation/a.c:2: SQL"),
    ({"server/a.c": "#include <libpq-fe.h>\n"}, "server/a.c:1: libpq"),
    ({"base/a.c": "void f(void) { PQexec(0, 0); }\n"}, "base/a.c:1: libpq"),
]
CLEAN = {"storage/a.c": 'const char *a = "select 1";\n#include <libpq-fe.h>\n',
         "server/a.c": 'const char *a = "Update your settings"; /* select id from actors where id = 1 */\n'}


def check(tree):
    for name in tree.c_files():
        if tree.layer(name) == "storage":
            continue
        code = tree.code_with_texts(name)
        for match in TEXT.finditer(code):
            if SQL.search(match.group(1).replace("\\n", " ")) and looks_like_sql(match.group(1)):
                tree.find_at(name, match.start(), "SQL outside storage/")
        for match in LIBPQ.finditer(code) if name != PRINTS_ITS_VERSION else ():
            tree.find_at(name, match.start(), "libpq outside storage/")


def looks_like_sql(text):
    """A help text such as "Select who may ..." is no statement: ours are in lower case."""
    return not re.match(r"\s*[A-Z][a-z]", text)
