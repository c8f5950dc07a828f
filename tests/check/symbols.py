# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every function and object of the four layers has a name of its own. Their archives are put together by a linker that
takes the first one of a name and says nothing of another, so that a call may end in a function of the same name."""
import glob
import os
import re
import subprocess
import tempfile

from tree import LAYERS

BUILDS = ["build/release", "build/dev", "build/asan"]
DEFINED = re.compile(r"^(\S+?)\.a:(\S+?)\.o: *[0-9a-f]+ [TDBRVWC] (\w+)$", re.M)


def check(tree):
    built = []
    for build in BUILDS:
        archives = [tree.path(os.path.join(build, f"libcomptoir_{layer}.a")) for layer in LAYERS]
        if all(os.path.exists(archive) for archive in archives):
            built.append((max(os.path.getmtime(archive) for archive in archives), build, archives))
    if not built:
        if "server/main.c" in tree.files:
            tree.find(BUILDS[0], 0, "is not built: cmake --preset release && ninja -C build/release")
        return
    _, build, archives = max(built)
    for name, places in examine(archives):
        tree.find(build, 0, f"{name} is defined more than once: {', '.join(places)}")


def examine(archives):
    """[(symbol, [where it is defined])] of those with more than one place."""
    listed = subprocess.run(["nm", "-A", "--defined-only", "--extern-only", *archives], capture_output=True, text=True,
                            check=True).stdout
    places = {}
    for archive, member, name in DEFINED.findall(listed):
        places.setdefault(name, []).append(f"{os.path.basename(archive)}:{member}")
    assert places, "nm names no symbols"
    return sorted((name, found) for name, found in places.items() if len(found) > 1)


def selftest():
    """[(what, passed)]: two functions of one name are noticed in two archives and in one; static ones are not."""
    cases = [
        ("two archives", ["int a(void); int a(void) { return 1; }", "int a(void); int a(void) { return 2; }"], ["a"]),
        ("an object", ["int number = 1;", "int number = 2;"], ["number"]),
        ("static", ["static int a(void) { return 1; } int b(void); int b(void) { return a(); }",
                    "static int a(void) { return 2; } int c(void); int c(void) { return a(); }"], []),
    ]
    results = []
    for name, sources, expected in cases:
        with tempfile.TemporaryDirectory() as directory:
            for number, source in enumerate(sources):
                path = os.path.join(directory, f"part{number}")
                subprocess.run(["gcc", "-x", "c", "-", "-c", "-o", f"{path}.o"], input=source, text=True, check=True)
                subprocess.run(["ar", "rc", f"{path}.a", f"{path}.o"], check=True)
            both = os.path.join(directory, "both.a")
            objects = sorted(glob.glob(os.path.join(directory, "*.o")))
            subprocess.run(["ar", "rc", both, *objects], check=True)
            apart = examine(sorted(glob.glob(os.path.join(directory, "part*.a"))))
            together = examine([both])
        results.append((f"symbols: {name}", [found for found, _ in apart] == expected == [found for found, _ in together]))
    return results
