# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the C tests of this folder (*_test.c), each on a database of its own."""
import glob
import os
import re

import pytest

from conftest import migrate
from support import processes
from support.server import binary

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = sorted(glob.glob(os.path.join(HERE, "*_test.c")))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: os.path.basename(path)[:-len("_test.c")])
def test_what_a_c_test_says_of_the_database_holds(empty_database, source):
    with open(source, encoding="utf-8") as file:
        cases = len(re.findall(r"\bcmocka_unit_test\w*\(", file.read()))
    assert cases > 0
    migrate(empty_database)
    values = processes.environment(CMOCKA_MESSAGE_OUTPUT="TAP", COMPTOIR_DATABASE_URL=empty_database.owner_url)
    result = processes.run([binary("comptoir-" + os.path.basename(source)[:-2].replace("_", "-"))], env=values, seconds=120,
                           cwd=os.path.join(HERE, "..", "unit"))  # where paths to golden files begin
    failed = re.findall(r"^not ok.*$", result.stdout, re.M)
    assert result.returncode == 0 and not failed, "\n".join(failed) + "\n" + result.stdout[-3000:] + result.stderr[-3000:]
    assert len(re.findall(r"^ok ", result.stdout, re.M)) >= cases
