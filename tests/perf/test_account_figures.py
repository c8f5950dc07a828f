# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the call costs that apps make most: verify_credentials, by 100 people whose followers change meanwhile."""
import json
import os
import re
import statistics
import subprocess
import threading

import pytest
import requests

from support.api import ALL_SCOPES, make_token
from support.far import far_actor
from support.metrics import process_children, process_cpu_seconds

PATH = "/api/v1/accounts/verify_credentials"
LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "accounts.lua")
BUDGET_US = 45
PEOPLE = 100

pytestmark = pytest.mark.limit(300)


@pytest.fixture
def smoke(request):
    return request.config.getoption("--smoke")


def cpu_seconds(server, postgres):
    pids = [server.pid, *process_children(postgres.process.pid)]
    return sum(process_cpu_seconds(pid) for pid in pids if os.path.exists(f"/proc/{pid}"))


def wrk(server, tokens, seconds):
    result = subprocess.run(["wrk", "-t2", "-c16", f"-d{seconds}s", "-s", LUA, server.url + PATH, "--", *tokens],
                            capture_output=True, text=True, timeout=seconds + 30, check=False)
    match = re.search(r"^REPORT (.*)$", result.stdout, re.M)
    assert match, result.stdout + result.stderr
    report = json.loads(match.group(1))
    assert report["requests"] > 0 and report["status_errors"] == 0
    return report


def change_now_and_then(server, ended):
    """Somebody changes a profile ten times a second, so that what is in memory has to be made anew."""
    session = requests.Session()
    number = 0
    while not ended.wait(0.1):
        number += 1
        session.patch(server.url + "/api/v1/accounts/update_credentials", data={"note": f"note {number}"}, timeout=30,
                      headers={"Authorization": f"Bearer {server.tokens[number % PEOPLE]}"})


def test_verify_credentials_costs_little(server_factory, postgres, smoke):
    server = server_factory(settings={"log.level": "warning"})
    server.create_account("first")
    domain = server.database.value("select id from domains where is_primary")
    names = ["first"]
    for number in range(1, PEOPLE):
        actor = far_actor(server.database, f"p{number}", f"127.0.0.1:{server.port}")
        server.database.rows("update actors set domain_id = %s, fetched_at = null where id = %s returning id", (domain, actor))
        server.database.rows("insert into users (id, actor_id, email, password_hash, locale, is_confirmed, created_at)"
                             " values (%s, %s, %s, '$argon2id$x', 'en', true, now()) returning id",
                             (actor, actor, f"p{number}@mail.example"))
        names.append(f"p{number}")
    server.tokens = [make_token(server.database, name, ALL_SCOPES) for name in names]
    costs, rates = [], []
    ended = threading.Event()
    changer = threading.Thread(target=change_now_and_then, args=(server, ended))
    changer.start()
    try:
        wrk(server, server.tokens, 1)
        for _ in range(1 if smoke else 5):
            before = cpu_seconds(server, postgres)
            report = wrk(server, server.tokens, 1 if smoke else 4)
            costs.append((cpu_seconds(server, postgres) - before) / report["requests"] * 1e6)
            rates.append(report["requests"] / report["seconds"])
    finally:
        ended.set()
        changer.join()
    cost = statistics.median(costs)
    verdict = "smoke" if smoke else "met" if cost <= BUDGET_US else "MISSED"
    print(f"\nFIGURE verify_credentials, CPU with PostgreSQL: {cost:.1f} us at {statistics.median(rates):.0f}/s"
          f" (budget {BUDGET_US} us): {verdict}", flush=True)
    assert smoke or cost <= BUDGET_US
