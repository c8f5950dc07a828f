# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waiting for a condition with a limit, instead of sleeping a fixed time."""
import time


def wait_until(condition, seconds=10, what=None, interval=0.02):
    """The first true value of condition(); AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            name = what or getattr(condition, "__name__", "the condition")
            raise AssertionError(f"waited {seconds} s in vain for {name}")
        time.sleep(interval)
