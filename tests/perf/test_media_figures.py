# SPDX-License-Identifier: AGPL-3.0-or-later
"""P14: a photo of 12 megapixels is answered at once, ready soon, and costs the server no memory."""
import re
import time

import pytest

from support import pictures
from support.api import person
from support.waiting import wait_until

ANSWER_SECONDS, READY_SECONDS, GROWTH_KIB = 0.5, 1.5, 16 * 1024


def resident_kib(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def upload(api, photo):
    """Seconds until the answer, and until the picture is there."""
    began = time.monotonic()
    medium = api.post("/api/v2/media", 202, files={"file": ("photo.jpg", photo, "image/jpeg")})
    answered = time.monotonic() - began
    path = f"/api/v1/media/{medium['id']}"
    wait_until(lambda: api.call("GET", path, None).status_code == 200, 60, "the photo to be ready")
    return answered, time.monotonic() - began


@pytest.fixture(scope="module")
def alice(server):
    return person(server, "alice")


def test_a_photo_of_12_megapixels(server, alice, request):
    photo = pictures.picture(size=(4000, 3000), quality=92)
    upload(alice, photo)
    before = resident_kib(server)
    times = [upload(alice, photo) for _ in range(5)]
    growth = resident_kib(server) - before
    answered, ready = (sorted(column)[len(times) // 2] for column in zip(*times))
    print(f"P14: answered in {answered * 1000:.0f} ms, ready in {ready * 1000:.0f} ms, memory {growth:+d} KiB")
    assert growth < GROWTH_KIB
    if not request.config.getoption("--smoke"):
        assert answered < ANSWER_SECONDS and ready < READY_SECONDS
