# SPDX-License-Identifier: AGPL-3.0-or-later
"""Functions that are never called, or only in the one file that wraps them."""
import re

NEVER = {
    "strcpy": "bounded copies only (str, buf, arena)", "stpcpy": "bounded copies only", "strcat": "bounded copies only",
    "strncpy": "does not terminate", "strncat": "bounded copies only", "sprintf": "arena_printf, buf_add_printf or snprintf",
    "vsprintf": "vsnprintf", "gets": "unbounded", "strtok": "hidden state", "strtok_r": "str_split",
    "atoi": "no errors: str_parse", "atol": "no errors", "atoll": "no errors", "atof": "no errors",
    "alloca": "unbounded stack", "system": "no shell", "popen": "no shell", "asprintf": "arena_printf",
    "vasprintf": "arena_vprintf", "setjmp": "no jumps", "longjmp": "no jumps", "tmpnam": "mkstemp", "mktemp": "mkstemp",
    "gmtime": "gmtime_r", "localtime": "localtime_r",
}
ONLY_IN = {
    "base/memory.c": ["malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "aligned_alloc",
                      "posix_memalign"],
    "base/clock.c": ["clock_gettime", "gettimeofday", "time"],
    "base/random.c": ["rand", "srand", "random", "srandom", "drand48", "rand_r", "getrandom", "RAND_bytes"],
}
CALL = re.compile(r"(?<![\w.>])([a-zA-Z_]\w*)[ \t]*\(")
REFERENCE = re.compile(r"[(,=]\s*(malloc|calloc|realloc|free|strdup)(?=\s*[,;)])")

PLANTED = [
    ({"base/a.c": "void f(char *a) { strcpy(a, \"x\"); }\n"}, "base/a.c:1: strcpy"),
    ({"server/a.c": "\n\nvoid *f(void) { return malloc(3); }\n"}, "server/a.c:3: malloc"),
    ({"storage/a.c": "int f(void) { return system (\"ls\"); }\n"}, "storage/a.c:1: system"),
    ({"storage/a.c": "void f(void) { use(free); }\n"}, "storage/a.c:1: free"),
    ({"server/a.c": "long f(void) { return time(0); }\n"}, "server/a.c:1: time"),
]
CLEAN = {"base/memory.c": "void f(void *p) { free(p); }\n",
         "server/a.c": "/* strcpy(a, b) */ int f(void) { x->free(p); return my_strcpy(\"atoi(x)\"); }\n"}


def check(tree):
    owners = {name: owner for owner, names in ONLY_IN.items() for name in names}
    for name in tree.c_files():
        code = tree.code(name)
        for match in list(CALL.finditer(code)) + list(REFERENCE.finditer(code)):
            called = match.group(1)
            if called in NEVER:
                tree.find_at(name, match.start(), f"{called} is banned: {NEVER[called]}")
            elif called in owners and name != owners[called]:
                tree.find_at(name, match.start(), f"{called} only in {owners[called]}")
