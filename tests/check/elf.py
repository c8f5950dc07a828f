# SPDX-License-Identifier: AGPL-3.0-or-later
"""The release program as the loader sees it: position-independent, full RELRO, no executable stack, stack
canaries, FORTIFY, shadow stack and branch targets (x86-64), no search path, no text relocations, no trace of the
build that leaves guards out."""
import os
import platform
import re
import subprocess
import tempfile

RELEASE = "build/release/comptoir"
HARDENED = ["-O2", "-fstack-protector-strong", "-fcf-protection=full", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3", "-fPIE",
            "-pie", "-Wl,-z,relro,-z,now,-z,noexecstack,-z,shstk"]
SOURCE = """#include <stdio.h>
#include <stdlib.h>
int copy(char *b, const char *a);
int copy(char *b, const char *a) { return snprintf(b, 20, "%s", a); }
int main(int argc, char **argv) { char b[20]; (void)argc; copy(b, argv[0]); return snprintf(b, atoi(b), "%s", b); }
"""


def check(tree):
    path = tree.path(os.environ.get("COMPTOIR_RELEASE", RELEASE))
    if not os.path.exists(path):
        if "server/main.c" in tree.files:
            tree.find(RELEASE, 0, "is not built: cmake --preset release && ninja -C build/release")
        return
    for message in examine(path):
        tree.find(RELEASE, 0, message)


def readelf(path, *options):
    return subprocess.run(["readelf", "-W", *options, path], capture_output=True, text=True, check=True).stdout


def examine(path):
    header, program, dynamic = readelf(path, "-h"), readelf(path, "-l"), readelf(path, "-d")
    symbols = readelf(path, "--dyn-syms")
    if not re.search(r"Type:\s+DYN", header) or "PIE" not in dynamic:
        yield "not position-independent (PIE)"
    if "GNU_RELRO" not in program:
        yield "no RELRO"
    if "BIND_NOW" not in dynamic and not re.search(r"Flags:.*\bNOW\b", dynamic):
        yield "lazy binding: RELRO is not full"
    stack = re.search(r"GNU_STACK\s+(?:\S+\s+){5}(\S+)", program)
    if not stack or "E" in stack.group(1):
        yield "executable stack"
    if re.search(r"LOAD\s+(?:\S+\s+){5}RWE", program):
        yield "a segment is writable and executable"
    if "__stack_chk_fail" not in symbols:
        yield "no stack canaries"
    if not re.search(r"__\w+_chk@", symbols):
        yield "no FORTIFY"
    if re.search(r"\((RPATH|RUNPATH)\)", dynamic):
        yield "has a search path for libraries (RPATH)"
    if re.search(r"\(TEXTREL\)", dynamic):
        yield "text relocations"
    if platform.machine() == "x86_64":
        yield from examine_control_flow(path)
    if re.search(r"\bmutant_is_active\b", readelf(path, "-s")):
        yield "guards can be left out (COMPTOIR_MUTANTS)"


def examine_control_flow(path):
    """Shadow stack by the note; branch targets by looking at the functions, since Debian 12's start file (Scrt1.o)
    has no endbr64 and a note for the whole program would promise what it does not keep."""
    if "SHSTK" not in readelf(path, "-n"):
        yield "no shadow stack note (SHSTK)"
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "-j", ".text", path], capture_output=True, text=True,
                          check=True).stdout
    # By address: a static function, which needs no mark, may have the name of another file's.
    starts = {int(address, 16): first for address, first in re.findall(r"^([0-9a-f]+) <[^>]+>:\n\s+[0-9a-f]+:\s+(\S+)", text, re.M)}
    table = readelf(path, "-s")
    functions = [(int(address, 16), name) for address, name in
                 re.findall(r":\s+([0-9a-f]+)\s+\d+\s+FUNC\s+GLOBAL\s+\w+\s+\d+ (\w+)$", table, re.M)]
    bare = sorted(name for address, name in functions if starts.get(address, "endbr64") != "endbr64" and name != "_start")
    if not functions:
        yield "no symbols: branch targets cannot be checked"
    if bare:
        yield f"no branch target (endbr64) at {len(bare)} functions, such as {bare[0]}"


def selftest():
    """[(what, passed)]: a program built without each protection is noticed, one with all is not."""
    cases = [
        ("position", ["-fno-pie", "-no-pie"], "PIE"), ("relro", ["-Wl,-z,norelro"], "no RELRO"),
        ("lazy", ["-Wl,-z,lazy"], "lazy binding"), ("stack", ["-Wl,-z,execstack"], "executable stack"),
        ("canary", ["-fno-stack-protector"], "canaries"), ("fortify", ["-U_FORTIFY_SOURCE"], "FORTIFY"),
        ("rpath", ["-Wl,-rpath,/opt"], "search path"), ("mutant", [], "left out"),
        ("clean", [], None),
    ]
    if platform.machine() == "x86_64":
        cases += [("shadow", ["-Wl,-z,noshstk"], "SHSTK"), ("branch", ["-fcf-protection=none"], "endbr64")]
    results = []
    with tempfile.TemporaryDirectory() as directory:
        for name, options, expected in cases:
            path = os.path.join(directory, name)
            source = SOURCE + ("int mutant_is_active(const char *a);\nint mutant_is_active(const char *a) { return *a; }\n" if name == "mutant" else "")
            flags = [flag.replace(",-z,shstk", "") for flag in HARDENED] if name == "shadow" else HARDENED
            if name == "shadow":
                options = []
            subprocess.run(["gcc", "-x", "c", "-", "-o", path, *flags, *options], input=source, text=True, check=True,
                           stderr=subprocess.DEVNULL)
            found = list(examine(path))
            results.append((f"elf {name}", any(expected in text for text in found) if expected else not found))
    return results
