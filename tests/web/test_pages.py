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


@pytest.fixture(scope="module")
def thread(server):
    """The path of a post in the middle of a conversation: a picture, a poll, two answers above and below."""
    database = server.database
    for name, shown in (("camille", "Camille Roux"), ("tom", "Tom Baker")):
        server.create_account(name, options=("--display-name", shown))
    first = world.publish(server, "camille", "<p>Vos anémones tiennent encore, dix jours après. Quel est le secret ?</p>")
    main = world.publish(server, "fleurs", "<p>De l’eau fraîche tous les deux jours, et la tige coupée en biais. Et vous, "
                         "que préférez-vous ?</p>", reply_to=first)
    database.rows("update posts set kind = 'question' where id = %s", (main,))
    database.rows("insert into polls (post_id, is_multiple, ends_at, voters) values (%s, false, now() + interval '1 day', 12)",
                  (main,))
    for position, (title, votes) in enumerate((("Pivoines", 7), ("Tulipes", 4), ("Dahlias", 1))):
        database.rows("insert into poll_options (post_id, position, title, votes) values (%s, %s, %s, %s)",
                      (main, position, title, votes))
    medium = world.new_id()
    database.rows("insert into media (id, name, actor_id, kind, state, mime_type, size_bytes, alt, remote_url) values (%s,"
                  " 'abcdefghijklmnopqrstuv', %s, 'image', 'ready', 'image/png', 1, 'Un bouquet rond', %s)",
                  (medium, world.actor_id(database, "fleurs"), f"{server.url}/assets/icon-192.png"))
    database.rows("insert into post_media (post_id, position, media_id) values (%s, 0, %s)", (main, medium))
    answer = world.publish(server, "tom", "<p>Peonies, always.</p>", language="en", reply_to=main)
    world.publish(server, "camille", "<p>Je note. Merci !</p>", reply_to=answer)
    world.publish(server, "tom", "<p>Only for friends</p>", visibility="followers", reply_to=main)
    return f"/@Fleurs/{main}"


def test_a_post_stands_in_its_conversation(server, thread):
    page, console = browse(server.url + thread, "--dump-dom", "--accept-lang=fr")
    assert console == []
    texts = ["Vos anémones tiennent", "De l’eau fraîche", "Peonies, always.", "Je note. Merci"]
    places = [page.index(text, page.index("<main")) for text in texts]
    assert places == sorted(places)
    assert "Only for friends" not in page
    assert "Un message de" in page and "Sondage" in page and "Réponses" in page
    assert 'alt="Un bouquet rond"' in page and re.search(r"Pivoines</dt><dd>7<", page)
    head = page[:page.index("</head>")]
    assert 'property="og:type" content="article"' in head and 'property="og:title" content="Fleurs de la Croix-Rousse: ' in head
    assert f'rel="canonical" href="{server.url}{thread}"' in head and "<script" not in page
    english, _ = browse(server.url + thread, "--dump-dom", "--accept-lang=en")
    assert "A post by" in english and "Replies" in english and "Poll" in english


def test_a_conversation_is_readable_on_a_phone(server, thread, tmp_path):
    picture = tmp_path / "thread.png"
    _, console = browse(server.url + thread, f"--screenshot={picture}", "--window-size=390,1700", "--accept-lang=fr")
    assert console == [] and picture.stat().st_size > 20000
