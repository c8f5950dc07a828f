# SPDX-License-Identifier: AGPL-3.0-or-later
"""Log conventions: a static snake_case event (or a parameter event_name), snake_case fields, no secret among them, nothing above debug from
base and row readers, nothing printed past the log."""
import re

from tree import call_arguments

EVENT = re.compile(r"\blog_event\s*\(")
FIELD = re.compile(r"\b(LOG_STR|LOG_TEXT|LOG_INT|LOG_BOOL)\s*\(")
SNAKE = re.compile(r'^"[a-z][a-z0-9]*(_[a-z0-9]+)*"$')
SECRET = re.compile(r"password|passphrase|secret|token|cookie|authorization|private_key|\bbody\b|content_text|"
                    r"^\"email|^\"code\"$")
PRINT = re.compile(r"(?<![\w.>])(printf|puts|putchar|perror|syslog|vprintf|warn|warnx|err|errx|psignal)\s*\(|"
                   r"\b(fprintf|fputs|vfprintf|fputc|putc|dprintf)\s*\([^;]*?\bstd(out|err)\b")
METRIC_NAME = re.compile(r'\bMETRIC(?:_LABELLED)?\s*\(\s*("[^"]*")')

# Who may log from base: what runs threads and loops meets faults that no caller sees.
BASE_MAY_LOG = {"base/log.c", "base/worker.c", "base/loop.c", "base/memory.c", "base/arena.c", "base/metrics.c"}
# Who talks to a terminal: the command line, the media helper's own (its only output is what it was asked), and the log itself before it can log.
MAY_PRINT = re.compile(r"^(server/(ctl/|media_helper/main\.c|main\.c|roles\.c|command|cli)|base/(log|memory|arena)\.c)")

PLANTED = [
    ({"server/a.c": "void f(void) { log_event(LOG_LEVEL_INFO, name); }\n"}, "server/a.c:1: the event"),
    ({"server/a.c": 'void f(void) { log_event(LOG_LEVEL_INFO, "ServerStarted"); }\n'}, "server/a.c:1: the event"),
    ({"server/a.c": 'void f(void) { log_event(2, "started"); }\n'}, "server/a.c:1: the level"),
    ({"server/a.c": 'void f(void) { log_event(LOG_LEVEL_INFO, "a", LOG_INT("Port", 1)); }\n'}, "server/a.c:1: the field"),
    ({"server/a.c": 'void f(void) { log_event(LOG_LEVEL_INFO, "a",\n LOG_STR("access_token", t)); }\n'}, "server/a.c:2: a secret"),
    ({"base/url.c": 'void f(void) { log_event(LOG_LEVEL_INFO, "bad_url"); }\n'}, "base/url.c:1: base logs"),
    ({"storage/a.c": 'void f(void) { printf("x"); }\n'}, "storage/a.c:1: printf"),
    ({"storage/a.c": 'void f(void) { fprintf(stderr, "x"); }\n'}, "storage/a.c:1: fprintf"),
    ({"server/a.c": 'struct metric m = METRIC("requests", "h", METRIC_COUNTER);\n'}, "server/a.c:1: the metric"),
]
CLEAN = {"server/a.c": 'void f(void) { log_event(LOG_LEVEL_INFO, "server_started", LOG_TEXT("address", a)); }\n',
         "base/url.c": 'void f(void) { log_event(LOG_LEVEL_DEBUG, "url_refused"); }\n'}


def check(tree):
    for name in tree.c_files():
        code = tree.code_with_texts(name)
        if name != "include/base/log.h":
            check_events(tree, name, code)
        for match in METRIC_NAME.finditer(code):
            if not re.match(r'^"comptoir_[a-z0-9_]+"$', match.group(1)):
                tree.find_at(name, match.start(), f"the metric {match.group(1)} must be comptoir_snake_case with its unit")
        if not MAY_PRINT.match(name):
            for match in PRINT.finditer(tree.code(name)):
                tree.find_at(name, match.start(), f"{match.group(1) or match.group(2)} goes past the log")


def check_events(tree, name, code):
    for match in EVENT.finditer(code):
        arguments = call_arguments(code, match.end() - 1)
        level, event = (arguments + ["", ""])[:2]
        if not level.startswith("LOG_LEVEL_") and "?" not in level and level != "level":
            tree.find_at(name, match.start(), f"the level {level} must be one of LOG_LEVEL_*")
        if event != "event_name" and not SNAKE.match(event) and not re.match(r'^[^"]*\? "[a-z0-9_]+" : "[a-z0-9_]+"$', event):
            tree.find_at(name, match.start(), f"the event {event} must be a static snake_case text")
        if tree.layer(name) == "base" and level != "LOG_LEVEL_DEBUG" and name not in BASE_MAY_LOG:
            tree.find_at(name, match.start(), "base logs above debug: who knows the meaning logs")
    for match in FIELD.finditer(code):
        field = call_arguments(code, match.end() - 1)[0]
        if not SNAKE.match(field):
            tree.find_at(name, match.start(), f"the field {field} must be a static snake_case text")
        elif SECRET.search(field):
            tree.find_at(name, match.start(), f"a secret in the log: {field}")
