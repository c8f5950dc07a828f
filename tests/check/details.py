# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the brand API says is wrong is said in French too: every sentence that is refused with has its line in
server/brand/problem_details.inc, or is chosen by language where it stands."""
import re

DETAILS = "server/brand/problem_details.inc"
PLACES = re.compile(r"^server/(brand/.*|action/(ticket|saved_reply|service_steps|macro|routing|sla|contact|consent|organisation_domain|"
                    r"approval_policy|draft|membership|team|organisation)[a-z_]*)\.c$")
SENTENCE = re.compile(
    r'(?:refuse_change\([A-Z_]+,|refuse_value\(request,|refuse_work\(\w+, \w+,|refuse_answer\([A-Z_]+,|service_refuse\(request,\s*STR_LITERAL\(|PROBLEM_[A-Z_]+,\s*STR_LITERAL\(|'
    r'\brefuse\((?:deed, arena|arena, (?:ret_message|&founding->message)), \w+,|\bmessage = STR_LITERAL\(|\bmessage = arena_printf\(arena,|\bwrong = |arena_printf\(request->arena,)\s*("(?:[^"\\]|\\.)*")')
FORMAT = re.compile(r"%(?:\.\*s|zu|d|lld|s)")
KNOWN = re.compile(r'DETAIL\(("(?:[^"\\]|\\.)*")')

PLANTED = [
    ({"server/brand/x.c": 'void f(void) { g(problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("this is wrong"))); }\n', DETAILS: ""},
     "server/brand/x.c:1: no French"),
    ({"server/action/ticket_x.c": 'void f(void) { return refuse_change(ERROR_GONE, "It is gone", m); }\n', DETAILS: ""},
     "server/action/ticket_x.c:1: no French"),
    ({"server/action/team.c": 'void f(void) { return refuse(deed, arena, error, "there is a team \'%s\' already", name); }\n', DETAILS: ""},
     "server/action/team.c:1: no French"),
]
CLEAN = {"server/brand/x.c": 'void f(void) { g(problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("it is wrong"))); }\n',
         DETAILS: 'DETAIL("it is wrong", "c’est faux")\n'}


def check(tree):
    known = set(KNOWN.findall(tree.read(DETAILS))) if DETAILS in tree.files else set()
    for name in tree.c_files():
        if not PLACES.match(name):
            continue
        code = tree.code_with_texts(name)
        for match in SENTENCE.finditer(code):
            sentence = FORMAT.sub("*", match.group(1))
            # A word alone is the name of a field; without a letter it is put together from what is said elsewhere.
            if " " in sentence and re.search(r"[a-z]", sentence) and "://" not in sentence and not sentence.startswith('"{') and sentence not in known:
                tree.find_at(name, match.start(), f"no French for {sentence} in {DETAILS}")
