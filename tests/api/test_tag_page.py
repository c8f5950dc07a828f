# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of a hashtag: what anybody may see, and nothing that runs."""
import pytest

from support import world
from support.api import person
from support.far import far_actor

pytestmark = pytest.mark.limit(60)


def get(server, path, language="en"):
    return server.get(path, headers={"Accept": "text/html", "Accept-Language": language})


def tag(server, name, text, *tags, **keywords):
    post = world.publish(server, name, text, **keywords)
    for one in tags:
        server.database.rows("insert into post_tags (post_id, name) values (%s, %s)", (post, one))
    return post


@pytest.fixture(name="town", scope="module")
def town_(server):
    for name in ("ada", "bob"):
        person(server, name)
    tag(server, "ada", "<p>for all</p>", "fête")
    tag(server, "bob", f"<p>{world.EVIL}</p>", "fête", spoiler=world.EVIL)
    for visibility in ("unlisted", "followers", "direct"):
        tag(server, "ada", f"<p>{visibility}-post</p>", "fête", visibility=visibility)
    tag(server, "ada", "<p>another matter</p>", "autre")
    return server


@pytest.mark.parametrize("path", ["/tags/f%C3%AAte", "/tags/F%C3%8ATE", "/tags/fe%CC%82te"])
def test_all_spellings_of_a_hashtag_are_one_page(town, path):
    page = get(town, path)
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert "<h1>#fête</h1>" in page.text and "for all" in page.text and "another matter" not in page.text
    assert f'<link rel="canonical" href="{town.url}/tags/f%C3%AAte">' in page.text


def test_only_what_is_for_all_is_on_the_page(town):
    page = get(town, "/tags/f%C3%AAte").text
    for visibility in ("unlisted", "followers", "direct"):
        assert f"{visibility}-post" not in page
    person(town, "gone")
    tag(town, "gone", "<p>of the suspended</p>", "fête")
    assert "of the suspended" in get(town, "/tags/f%C3%AAte").text
    town.database.rows("update actors set suspended_at = now() where handle = 'gone'")
    assert "of the suspended" not in get(town, "/tags/f%C3%AAte").text


def test_the_page_runs_nothing_and_is_in_no_index(town):
    page = get(town, "/tags/f%C3%AAte")
    assert "<script" not in page.text and "<img src=x" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert '<meta name="robots" content="noindex' in page.text


def test_the_page_speaks_the_reader_s_language(town):
    assert "Public posts with this hashtag" in get(town, "/tags/nothing").text
    page = get(town, "/tags/nothing", "fr").text
    assert "Les messages publics avec ce hashtag" in page and "Rien n’a encore été publié ici." in page


@pytest.mark.parametrize("path", ["/tags/", "/tags/a%20b", "/tags/12", "/tags/%23", "/tags/x?max_id=abc", "/tags/x?max_id=-1",
                                  "/tags/x?max_id=99999999999999999999", "/tags/" + "x" * 300])
def test_what_is_no_hashtag_or_page_is_not_found(town, path):
    assert get(town, path).status_code == 404


def test_posts_of_elsewhere_lead_to_where_they_are(town):
    far = far_actor(town.database, "far")
    post = world.new_id()
    town.database.rows(
        "insert into posts (id, actor_id, uri, url, conversation_id, html, created_at, fetched_at, visibility) values (%s, %s,"
        " 'https://far.example/p/1', 'https://far.example/@far/1', %s, '<p>from afar</p>', now(), now(), 'public')", (post, far, post))
    town.database.rows("insert into post_tags (post_id, name) values (%s, 'loin')", (post,))
    page = get(town, "/tags/loin").text
    assert "from afar" in page and 'href="https://far.example/@far/1"' in page and "@far@far.example" in page


def test_where_timelines_are_for_members_the_page_shows_no_posts(server_factory):
    server = server_factory(settings={"instance.public_timelines": "false"})
    person(server, "ada")
    tag(server, "ada", "<p>among us</p>", "nous")
    page = get(server, "/tags/nous")
    assert page.status_code == 200 and "among us" not in page.text and "for its members only" in page.text
