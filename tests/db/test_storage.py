# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs comptoir-storage-test: what each function of storage/ promises, on a database of its own."""
import re

from support import processes
from support.server import binary


def test_storage_keeps_its_promises(migrated):
    values = processes.environment(CMOCKA_MESSAGE_OUTPUT="TAP", COMPTOIR_DATABASE_URL=migrated.owner_url)
    result = processes.run([binary("comptoir-storage-test")], env=values)
    failed = re.findall(r"^not ok.*$", result.stdout, re.M)
    assert result.returncode == 0 and not failed, "\n".join(failed) + "\n" + result.stdout[-3000:] + result.stderr[-3000:]
    assert len(re.findall(r"^ok ", result.stdout, re.M)) >= 20
