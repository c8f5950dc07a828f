# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the Prometheus text format and what /proc says of a process."""
import os
import re

import requests

LINE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([^}]*)\})? ([^ ]+)$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')


def parse_metrics(text):
    """{(name, ((label, value), ...)): float}. A line that is neither comment nor sample is an AssertionError."""
    values = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = LINE.match(line)
        assert match, f"not a Prometheus sample: {line!r}"
        labels = tuple(sorted(LABEL.findall(match.group(3) or "")))
        key = (match.group(1), labels)
        assert key not in values, f"sample twice: {line!r}"
        values[key] = float(match.group(4))
    return values


def read_metrics(port):
    response = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5)
    assert response.status_code == 200, response.status_code
    return parse_metrics(response.text)


def metric(values, name, **labels):
    """One sample, 0 when it was never counted; without labels the sum over all of that name."""
    if labels:
        return values.get((name, tuple(sorted(labels.items()))), 0.0)
    return sum(value for (found, _), value in values.items() if found == name)


def process_cpu_seconds(pid):
    """User and system time of all threads, from schedstat (nanoseconds) since stat counts in 10 ms."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:
            continue
    return total / 1e9


def process_rss_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def process_open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def process_children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]
