# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes local actors do things by the test tool comptoir-act, without a client API."""
import json

from support import processes
from support.server import binary


def act(server, verb, *arguments, check=True, seconds=60):
    """The JSON object that the deed gives. check=False: (exit code, error text) instead of an AssertionError."""
    result = processes.run([binary("comptoir-act"), server.config_path, verb, *map(str, arguments)], seconds=seconds,
                           env=processes.environment(**server.env))
    report = processes.sanitizer_report(result.stderr)
    assert not report, "a sanitizer reported:\n" + report
    if not check:
        return result.returncode, result.stderr
    assert result.returncode == 0, f"comptoir-act {verb} {arguments}: {result.returncode}\n{result.stderr}"
    return json.loads(result.stdout)
