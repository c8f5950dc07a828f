# SPDX-License-Identifier: AGPL-3.0-or-later
"""What tests/run does once the packages are there: builds, runs the parts, sums up."""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

from support import parts  # noqa: E402
from support.parts import BuildFailed, Context  # noqa: E402

PARTS = {
    "check": parts.run_check, "unit": parts.run_unit, "fuzz": parts.run_fuzz, "db": parts.run_db, "api": parts.run_api,
    "fed": parts.run_fed, "web": parts.run_web, "faults": parts.run_faults, "perf": parts.run_perf,
    "mutants": parts.run_mutants,
}
DEFAULT = [name for name in PARTS if name != "mutants"]
BUDGET_MINUTES = 40


def main(arguments):
    options = {argument for argument in arguments if argument.startswith("-")}
    names = [argument for argument in arguments if not argument.startswith("-")]
    unknown = [name for name in names if name not in PARTS] + sorted(options - {"--all", "--long"})
    if unknown:
        print(f"tests/run: no such part or option: {', '.join(unknown)}; parts: {' '.join(PARTS)}", file=sys.stderr)
        return 2
    context = Context("--all" in options, "--long" in options, is_smoke=not names and "--long" not in options)
    begin = time.monotonic()
    for name in names or DEFAULT:
        part_begin = time.monotonic()
        print(f"== {name}", flush=True)
        before = (context.passed, context.failed)
        try:
            PARTS[name](context)
        except BuildFailed as failure:
            context.count(name, 0, 1, [str(failure)])
        seconds = time.monotonic() - part_begin
        passed, failed = context.passed - before[0], context.failed - before[1]
        summary = f"{passed} passed, {failed} failed" if passed + failed else "no tests"
        print(f"== {name}: {summary} in {seconds:.0f} s", flush=True)
    minutes = (time.monotonic() - begin) / 60
    print(f"== all parts took {minutes:.1f} min")
    if minutes > BUDGET_MINUTES:
        print(f"== that is more than the {BUDGET_MINUTES} min that everything may take")
    for failure in context.failures:
        print(f"failed: {failure}")
    print(f"{context.passed} passed, {context.failed} failed")
    return 1 if context.failed or not context.passed else 0


sys.exit(main(sys.argv[1:]))
