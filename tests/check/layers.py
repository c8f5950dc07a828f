# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calls go down only: server -> federation -> storage -> base. A header stands in include/ only when another
layer needs it, and a header beside its source is used in its own layer only."""
import os
import re

from tree import LAYERS

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)
HEAD = "/* SPDX-License-Identifier: AGPL-3.0-or-later\n *\n * x */\n"

ALLOWED = "tests/check/layers_allowed"

PLANTED = [
    ({"base/a.c": "", ALLOWED: "include/base/a.h later\n"}, "layers_allowed:1: include/base/a.h needs no"),
    ({"base/a.c": '#include "storage/b.h"\n', "include/storage/b.h": "", "storage/c.c": ""}, "base/a.c:1: points up"),
    ({"server/a.c": '#include "storage/c.h"\n', "storage/c.h": ""}, "server/a.c:1: is private"),
    ({"include/base/a.h": "", "base/a.c": '#include "base/a.h"\n'}, "include/base/a.h:1: no other layer"),
    ({"base/a.c": '#include "base/gone.h"\n'}, "base/a.c:1: no such header"),
]
CLEAN = {"include/base/a.h": "", "storage/a.c": '#include "base/a.h"\n#include "storage/b.h"\n', "storage/b.h": ""}


def check(tree):
    users = {}    # header in include/ -> layers that include it, directly or through another such header
    included = {}
    for name in tree.c_files():
        own = tree.layer(name)
        for match in INCLUDE.finditer(tree.code_with_texts(name)):
            wanted = match.group(1)
            other = wanted.split("/")[0]
            if other not in LAYERS:
                tree.find_at(name, match.start(), f'"{wanted}": include by layer, such as "base/str.h"')
                continue
            public, private = f"include/{wanted}", wanted
            if LAYERS.index(other) > LAYERS.index(own):
                tree.find_at(name, match.start(), f"points up: {own} must not know {wanted}")
            elif public in tree.files:
                users.setdefault(public, set()).add(own)
                included.setdefault(public, set()).add(name)
            elif private not in tree.files:
                tree.find_at(name, match.start(), f"no such header: {wanted}")
            elif other != own:
                tree.find_at(name, match.start(), f"is private to {other}: {wanted} (a header that crosses a layer "
                             "belongs to include/)")
    allowed = tree.read(ALLOWED) if ALLOWED in tree.files else ""
    waiting = [line.split()[0] for line in allowed.splitlines() if line and not line.startswith("#")]
    for name in waiting:
        if name not in tree.files or crosses(tree, name, users, included, set()):
            tree.find(ALLOWED, 1, f"{name} needs no exception any more")
    for name in tree.files:
        if name in waiting or not name.startswith("include/") or not name.endswith(".h"):
            continue
        if not crosses(tree, name, users, included, set()):
            tree.find(name, 1, f"no other layer uses it: it belongs beside its source in {tree.layer(name)}/")


def crosses(tree, name, users, included, seen):
    """Another layer includes it, or a header of include/ that crosses does."""
    if users.get(name, set()) - {tree.layer(name)}:
        return True
    seen.add(name)
    return any(user.startswith("include/") and user not in seen and crosses(tree, user, users, included, seen)
               for user in included.get(name, ()))
