# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public pages in a real browser: they show, run nothing, and break no policy of their own."""
import os
import re
import shutil
import subprocess
import tempfile

import pytest

from support import world

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module", autouse=True)
def florist(server):
    world.create_florist(server)


def browse(url, *options):
    """(page as the browser built it, what the console said)"""
    with tempfile.TemporaryDirectory(prefix="comptoir-web-") as profile:
        result = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={profile}", "--enable-logging=stderr", "--v=0", "--timeout=20000", *options, url],
            capture_output=True, text=True, timeout=50, check=False, env={**os.environ, "HOME": profile})
    assert result.returncode == 0, result.stderr
    console = [line for line in result.stderr.splitlines() if ":CONSOLE" in line]
    return result.stdout, console


@pytest.mark.parametrize("path", ["/", "/about", "/@fleurs", "/@nobody", "/authorize_interaction?uri=https://a.example/@b"])
def test_a_page_shows_without_a_word_on_the_console(server, path):
    page, console = browse(server.url + path, "--dump-dom")
    assert re.search(r"<main id=\"content\">.*<h1", page, re.S)
    assert console == []


def test_hostile_texts_run_nothing(server):
    server.create_account("mallory")
    world.update_actor(server.database, "mallory", display_name=world.EVIL, summary_html=world.EVIL, is_discoverable=True)
    world.publish(server, "mallory", f"<p>{world.EVIL}</p>", spoiler=world.EVIL)
    page, console = browse(server.url + "/@mallory", "--dump-dom")
    assert console == []
    assert "<title>owned</title>" not in page and "<script" not in page and "<img src=\"x\"" not in page


def test_the_style_sheet_is_applied(server, tmp_path):
    """The pages with and without it must not look alike."""
    picture = tmp_path / "page.png"
    _, console = browse(server.url + "/@fleurs", f"--screenshot={picture}", "--window-size=390,1200")
    assert console == [] and picture.stat().st_size > 20000
