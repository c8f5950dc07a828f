# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the C tests of what accepted activities do, each on a database of its own."""
import re

import pytest

from conftest import migrate
from support import processes
from support.server import binary


@pytest.mark.parametrize("program, cases, direct", [
    ("comptoir-inbox-test", 18, {}), ("comptoir-inbox-cases-test", 25, {}), ("comptoir-inbox-owner-test", 2, {}),
    ("comptoir-inbox-direct-test", 11, {}), ("comptoir-inbox-cases-test", 25, {"TEST_INBOX_DIRECTLY": "1"}),
    ("comptoir-inbox-owner-test", 2, {"TEST_INBOX_DIRECTLY": "1"})])
def test_accepted_activities_do_what_they_should(empty_database, program, cases, direct):
    migrate(empty_database)
    values = processes.environment(CMOCKA_MESSAGE_OUTPUT="TAP", COMPTOIR_DATABASE_URL=empty_database.owner_url, **direct)
    result = processes.run([binary(program)], env=values)
    failed = re.findall(r"^not ok.*$", result.stdout, re.M)
    assert result.returncode == 0 and not failed, "\n".join(failed) + "\n" + result.stdout[-3000:] + result.stderr[-3000:]
    assert len(re.findall(r"^ok ", result.stdout, re.M)) >= cases
