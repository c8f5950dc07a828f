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


@pytest.mark.parametrize("path", ["/", "/about", "/@fleurs", "/@nobody", "/tags/nothing", "/authorize_interaction?uri=https://a.example/@b"])
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


@pytest.fixture(scope="module")
def harvest(server):
    """A hashtag that many posts have, of two people and another server."""
    database = server.database
    server.create_account("nina", options=("--display-name", "Nina Petit"))
    posts = [world.publish(server, "nina", f'<p>Vendanges, jour {number}. <a href="{server.url}/tags/vendanges" class="mention hashtag"'
                           ' rel="tag">#<span>vendanges</span></a></p>') for number in range(24)]
    posts.append(world.publish(server, "fleurs", f"<p>Harvest {world.EVIL}</p>", language="en", spoiler="Wine"))
    for post in posts:
        database.rows("insert into post_tags (post_id, name) values (%s, 'vendanges')", (post,))
    question = posts[23]
    database.rows("update posts set kind = 'question' where id = %s", (question,))
    database.rows("insert into polls (post_id, is_multiple, ends_at, voters) values (%s, false, now() + interval '1 day', 3)", (question,))
    for position, (title, votes) in enumerate((("Rouge", 2), ("Blanc", 1))):
        database.rows("insert into poll_options (post_id, position, title, votes) values (%s, %s, %s, %s)", (question, position, title, votes))
    database.rows("insert into pins (actor_id, post_id) values (%s, %s)", (world.actor_id(database, "nina"), posts[3]))
    return posts


def test_a_hashtag_has_a_page_with_older_ones_below_it(server, harvest, tmp_path):
    picture = tmp_path / "tag.png"
    page, console = browse(server.url + "/tags/Vendanges", "--dump-dom", "--accept-lang=fr")
    assert console == [] and "<script" not in page
    assert "<h1>#vendanges</h1>" in page and "Les messages publics avec ce hashtag" in page
    assert page.count("<article") == 20 and "Vendanges, jour 23." in page and "jour 4." not in page
    older = re.search(r'<a rel="next" href="([^"]+)">Messages plus anciens</a>', page).group(1)
    below, console = browse(server.url + older, "--dump-dom", "--accept-lang=en")
    assert console == [] and below.count("<article") == 5 and "Newest posts" in below and 'rel="next"' not in below
    assert re.search(r'<dt lang="fr">Rouge</dt><dd>2</dd>', page)
    assert re.search(r'<span lang="en">Wine</span>', page) and '<div class="content e-content" lang="en">' in page
    _, console = browse(server.url + "/tags/vendanges", f"--screenshot={picture}", "--window-size=390,1600", "--accept-lang=fr")
    assert console == [] and picture.stat().st_size > 20000


def test_a_profile_shows_its_pinned_posts_polls_and_older_posts(server, harvest, tmp_path):
    picture = tmp_path / "profile.png"
    page, console = browse(server.url + "/@nina", "--dump-dom", "--accept-lang=en")
    assert console == [] and len(harvest) == 25
    assert page.index("Pinned") < page.index("Vendanges, jour 3.") < page.index("Recent posts") < page.index("Vendanges, jour 23.")
    assert page.count("<article") == 21 and re.search(r"Rouge</dt><dd>2</dd>", page)
    older = re.search(r'<a rel="next" href="([^"]+)">Older posts</a>', page).group(1)
    below, console = browse(older, "--dump-dom", "--accept-lang=fr")
    assert console == [] and below.count("<article") == 4 and "Épinglés" not in below and "Vendanges, jour 0." in below
    assert "Messages les plus récents" in below and "noindex" in below
    _, console = browse(server.url + "/@nina", f"--screenshot={picture}", "--window-size=1000,1600")
    assert console == [] and picture.stat().st_size > 20000
