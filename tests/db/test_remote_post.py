# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the programs that turn remote objects and activities into rows, each on a database of its own."""
import os
import re

import pytest

from conftest import migrate
from support import processes
from support.server import binary

UNIT_TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit")


@pytest.mark.parametrize("program, least", [("comptoir-remote-post-test", 10), ("comptoir-remote-edit-test", 5),
                                            ("comptoir-inbox-post-test", 20)])
def test_remote_posts_keep_their_promises(empty_database, program, least):
    migrate(empty_database)
    values = processes.environment(CMOCKA_MESSAGE_OUTPUT="TAP", COMPTOIR_DATABASE_URL=empty_database.owner_url)
    result = processes.run([binary(program)], env=values, cwd=UNIT_TESTS)
    failed = re.findall(r"^not ok.*$", result.stdout, re.M)
    assert result.returncode == 0 and not failed, "\n".join(failed) + "\n" + result.stdout[-3000:] + result.stderr[-3000:]
    assert len(re.findall(r"^ok ", result.stdout, re.M)) >= least
