# SPDX-License-Identifier: AGPL-3.0-or-later
"""Previews of pages that posts link to: read once, with the guard and the limits of all requests, shown as cards whose
pictures are ours, counted as trends. Pages are hostile (ADVISORIES 9, 75, 76, 143)."""
import html
import json
import time

import pytest

from support import pictures
from support.api import Api, new_id, person
from support.entities import Conformance
from support.far import far_actor, follow
from support.peers import Peer, answer, redirect
from support.server import Server, binary
from support.site import Site
from support.waiting import wait_until
from support.world import update_actor

pytestmark = pytest.mark.limit(120)

PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Un titre</title>
<meta property="og:title" content="Les pivoines &amp; le froid"><meta property="og:description" content="Six jours en vase.">
<meta property="og:site_name" content="Le Journal"><meta property="og:image" content="/photo.jpg">
<meta property="og:image:alt" content="Un bouquet"><meta name="author" content="Anne Martin">
<meta property="article:published_time" content="2026-03-01T08:00:00+01:00"></head><body>...</body></html>"""


class Pages(Site):
    """One web site: what lies under a path, and what was asked for."""

    def put(self, path, body, kind="text/html; charset=utf-8", status=200):
        data = body.encode() if isinstance(body, str) else body
        self.documents[path] = answer(status, data, [("Content-Type", kind)])
        return self.url(path)


@pytest.fixture(name="server", scope="module")
def server_(database):
    program = Server(database, settings={"federation.allow_addresses": "127.0.0.1", "media.helper": binary("comptoir-media")})
    try:
        program.start()
        program.command("domain", "block", "blocked.example")
        program.stop()
        program.start()
        yield program
    finally:
        program.remove()


@pytest.fixture(name="sites")
def sites_():
    """Makes sites: of each the pages are read one after another."""
    made = []

    def make():
        made.append(Pages())
        return made[-1]
    yield make
    for site in made:
        site.close()


@pytest.fixture(name="pages")
def pages_(sites):
    return sites()


@pytest.fixture(name="anna", scope="module")
def anna_(server):
    return person(server, "anna")


def say(api, text, **data):
    return api.post("/api/v1/statuses", data={"status": text, **data})


def card_of(api, post, seconds=40):
    return wait_until(lambda: api.get(f"/api/v1/statuses/{post['id']}")["card"], seconds, "the card")


def is_done(server, post):
    """The job of the post has come to an end."""
    wait_until(lambda: not server.database.value("select count(*) from jobs where kind = 'preview' and key = %s", (str(post["id"]),)),
               40, "the job of the preview")


def has_no_card(api, post):
    is_done(api.server, post)
    return api.get(f"/api/v1/statuses/{post['id']}")["card"] is None


def test_a_link_becomes_a_card_whose_picture_is_ours(server, anna, pages):
    pages.put("/photo.jpg", pictures.with_location(), "image/jpeg")
    url = pages.put("/pivoines", PAGE)
    post = say(anna, f"Lu ce matin : {url}#haut")
    card = card_of(anna, post)
    conformance = Conformance("4.5.0")
    conformance.check("PreviewCard", card, "card")
    assert conformance.faults == []
    assert card["url"] == url and card["type"] == "link" and card["language"] == "fr"
    assert card["title"] == "Les pivoines & le froid" and card["description"] == "Six jours en vase."
    assert card["author_name"] == "Anne Martin" and card["provider_name"] == "Le Journal"
    assert card["provider_url"] == pages.url("/") and card["published_at"] == "2026-03-01T07:00:00.000Z"
    assert card["authors"] == [{"name": "Anne Martin", "url": "", "account": None}]
    assert card["html"] == "" and card["embed_url"] == "" and card["image_description"] == "Un bouquet"
    assert card["image"].startswith(server.url + "/media/proxy/") and card["blurhash"]
    assert (card["width"], card["height"]) == (640, 480)
    picture = server.get(card["image"][len(server.url):])
    assert picture.status_code == 200 and b"Secret" not in picture.content
    assert pages.asked("/photo.jpg") == ["/photo.jpg"]


def test_equal_links_are_read_once(anna, pages):
    url = pages.put("/once", PAGE.replace("/photo.jpg", ""))
    posts = [say(anna, f"{number} {url}") for number in range(3)]
    assert {card_of(anna, post)["url"] for post in posts} == {url}
    assert pages.asked("/once") == ["/once"]


def test_a_card_that_is_old_is_read_anew_when_it_is_linked_to_again(server, anna, pages):
    url = pages.put("/news", "<title>Hier</title>")
    assert card_of(anna, say(anna, url))["title"] == "Hier"
    pages.put("/news", "<title>Aujourd’hui</title>")
    assert card_of(anna, say(anna, f"again {url}"))["title"] == "Hier"
    server.database.rows("update previews set fetched_at = now() - interval '15 days' where url = %s returning 1", (url,))
    assert card_of(anna, say(anna, f"anew {url}"))["title"] == "Aujourd’hui"
    assert len(pages.asked("/news")) == 2
    # A page that has gone is remembered as it was.
    pages.put("/news", "gone", status=404)
    server.database.rows("update previews set fetched_at = now() - interval '15 days' where url = %s returning 1", (url,))
    post = say(anna, f"gone {url}")
    is_done(server, post)
    assert server.database.value("select title from previews where url = %s and state = 'ready'", (url,)) == "Aujourd’hui"


def test_watchers_hear_of_the_card(server, anna, pages):
    url = pages.put("/told", PAGE.replace("/photo.jpg", ""))
    with anna.session.get(f"{server.url}/api/v1/streaming/user", stream=True, timeout=30) as stream:
        post = say(anna, f"watch {url}")
        assert post["card"] is None
        lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
        seen = None
        while seen is None:
            if next(lines) == "event: status.update":
                seen = json.loads(next(lines)[len("data: "):])
        assert seen["id"] == post["id"] and seen["card"]["url"] == url and seen["edited_at"] is None
    assert anna.get(f"/api/v1/statuses/{post['id']}/history")[-1]["content"] == post["content"]


def test_an_edit_changes_the_card(anna, pages):
    one, other = pages.put("/one", "<title>One</title>"), pages.put("/other", "<title>Other</title>")
    post = say(anna, one)
    assert card_of(anna, post)["title"] == "One"
    path = f"/api/v1/statuses/{post['id']}"
    anna.put(path, data={"status": f"rather {other}"})
    anna.wait_for(path, lambda found: found["card"] and found["card"]["title"] == "Other", 40)
    anna.put(path, data={"status": "nothing"})
    anna.wait_for(path, lambda found: found["card"] is None, 40)


def test_posts_with_files_and_links_to_ourselves_or_to_posts_have_no_card(server, anna, pages):
    url = pages.put("/seen", "<title>Seen</title>")
    files = {"file": ("a.jpg", pictures.with_location(), "image/jpeg")}
    medium = anna.call("POST", "/api/v2/media", None, files=files).json()
    wait_until(lambda: anna.call("GET", f"/api/v1/media/{medium['id']}", None).status_code == 200, 20, "the file")
    with_file = anna.post("/api/v1/statuses", data={"status": url, "media_ids[]": [medium["id"]]})
    assert server.database.value("select count(*) from jobs where kind = 'preview' and key = %s", (with_file["id"],)) == 0
    assert anna.get(f"/api/v1/statuses/{with_file['id']}")["card"] is None
    assert has_no_card(anna, say(anna, f"ours {server.url}/about"))
    assert has_no_card(anna, say(anna, f"and @anna #seen {with_file['url']}"))
    assert pages.asked("/seen") == []
    # The first link that leads to a page counts.
    assert card_of(anna, say(anna, f"{server.url}/about and {url}"))["title"] == "Seen"


def remote_post(server, author, text, **columns):
    post = new_id()
    columns = {"visibility": "public", **columns}
    server.database.rows(
        f"insert into posts (id, actor_id, uri, url, conversation_id, html, created_at, fetched_at, {', '.join(columns)}) values"
        f" (%s, %s, %s, %s, %s, %s, now(), now(), {', '.join(['%s'] * len(columns))}) returning 1",
        (post, author, f"https://far.example/p/{post}", f"https://far.example/@far/{post}", post, text, *columns.values()))
    server.database.rows("insert into jobs (id, kind, key) values (%s, 'preview', %s) returning 1", (new_id(), str(post)))
    server.database.rows("select pg_notify('comptoir_wake', '8')")
    return {"id": post}


def test_links_of_elsewhere_are_read_when_somebody_here_gets_to_see_them(server, anna, pages):
    known, unknown = far_actor(server.database, "known"), far_actor(server.database, "unknown")
    follow(server.database, anna.id, known)
    urls = [pages.put(f"/far/{number}", f"<title>{number}</title>") for number in range(4)]
    links = [f'<p><a href="{html.escape(url)}" rel="nofollow">x</a></p>' for url in urls]
    assert card_of(anna, remote_post(server, known, links[0], visibility="unlisted"))["title"] == "0"
    assert card_of(anna, remote_post(server, unknown, links[1]))["title"] == "1"
    for number, columns in ((2, {"visibility": "unlisted"}), (3, {"in_reply_to_uri": "https://far.example/p/0"})):
        is_done(server, remote_post(server, unknown, links[number], **columns))
        assert pages.asked(f"/far/{number}") == []


def test_a_note_that_comes_from_elsewhere_gets_its_card_within_a_minute(server, anna, pages):
    database = server.database
    url = pages.put("/read", "<title>Read there</title>")
    author = pages.add_actor("nora")
    note = pages.add_note("/notes/1", author, content=f'<p>See <a href="{url}">this</a></p>', published=None)
    pages.documents["/notes/1"].pop("published")
    found = anna.get("/api/v2/search", q=note, resolve="true", type="statuses")["statuses"][0]
    due = database.value("select due_at - now() < interval '61 seconds' from jobs where kind = 'preview' and key = %s", (found["id"],))
    assert due is not False
    database.rows("update jobs set due_at = now() where kind = 'preview' and key = %s returning 1", (found["id"],))
    database.rows("select pg_notify('comptoir_wake', '8')")
    assert card_of(anna, found)["title"] == "Read there"


def test_previews_of_no_post_are_forgotten(server):
    database = server.database
    for age, name in ((31, "old"), (29, "young")):
        database.rows("insert into previews (id, url, state, created_at) values (%s, %s, 'none', now() - %s * interval '1 day') returning 1",
                      (new_id(), f"https://{name}.example/", age))

    def left():
        database.rows("update jobs set due_at = now() where kind = 'forget' and leased_until is null")
        database.rows("select pg_notify('comptoir_wake', '8')")
        return database.value("select array_agg(url) from previews where url in ('https://old.example/', 'https://young.example/')")
    wait_until(lambda: left() == ["https://young.example/"], 20, "the old one to be forgotten")


def test_mentions_hashtags_and_quotes_of_elsewhere_are_no_links(server, pages):
    author = far_actor(server.database, "tagger")
    url = pages.put("/profile", "<title>Profile</title>")
    for text in (f'<a href="{url}" class="u-url mention">@x</a>', f'<a href="{url}" class="mention hashtag" rel="tag">#x</a>',
                 f'<a href="{url}" rel="tag">#x</a>', f'<span class="quote-inline">RE: <a href="{url}">x</a></span>',
                 '<a href="javascript:alert(1)">x</a><a href="ftp://x.example/">x</a>'):
        is_done(server, remote_post(server, author, f"<p>{text}</p>"))
    assert pages.asked("/profile") == []


@pytest.mark.parametrize("name, kind, status", [
    ("json", "application/json", 200), ("picture", "image/svg+xml", 200), ("text", "text/plain", 200), ("absent", "text/html", 404),
    ("refused", "text/html", 403)])
def test_what_is_no_page_has_no_card(anna, pages, name, kind, status):
    url = pages.put(f"/no/{name}", "<title>No</title>", kind, status)
    assert has_no_card(anna, say(anna, f"{name} {url}"))
    assert pages.asked(f"/no/{name}") == [f"/no/{name}"]


def test_pages_of_one_server_are_read_one_after_another(anna, pages):
    """However many are linked to at once: never two at a time, and a second apart."""
    began = []

    def reply(_request):
        began.append(time.monotonic())
        return answer(200, b"<title>Slow</title>", [("Content-Type", "text/html")])
    pages.documents["*"] = reply
    for post in [say(anna, pages.url(f"/pace/{number}")) for number in range(3)]:
        card_of(anna, post)
    gaps = [later - earlier for earlier, later in zip(began, began[1:])]
    assert len(gaps) == 2 and min(gaps) > 0.3


def test_a_page_without_a_title_has_no_card(anna, pages):
    assert has_no_card(anna, say(anna, pages.put("/mute", "<p>nothing</p>")))


def test_a_page_that_fails_just_now_is_asked_again(server, anna, pages):
    url = pages.put("/ill", "<title>No</title>", status=503)
    post = say(anna, url)
    wait_until(lambda: server.database.value("select last_error is not null and leased_until is null from jobs where kind ="
                                             " 'preview' and key = %s", (post["id"],)), 20, "the first try")
    pages.put("/ill", "<title>Well again</title>")
    server.database.rows("update jobs set due_at = now() where kind = 'preview' and key = %s returning 1", (post["id"],))
    server.database.rows("select pg_notify('comptoir_wake', '8')")
    assert card_of(anna, post)["title"] == "Well again"


def test_the_start_of_a_long_page_is_enough(anna, pages):
    page = "<title>Long</title>" + "<p>more and more</p>" * 200000
    assert card_of(anna, say(anna, pages.put("/long", page)))["title"] == "Long"


def test_redirects_are_followed_to_a_limit_and_only_where_we_may_go(server, anna, pages):
    """ADVISORIES 76: the guard judges each hop."""
    end = pages.put("/end", "<title>End</title>")
    pages.documents["/hop/1"] = redirect(end)
    assert card_of(anna, say(anna, pages.url("/hop/1")))["title"] == "End"
    for name, target in (("inside", "http://127.0.0.2:1/"), ("cloud", "http://169.254.169.254/latest/meta-data/"),
                         ("file", "file:///etc/passwd"), ("ours", f"{server.url}/about")):
        pages.documents[f"/to/{name}"] = redirect(target)
        assert has_no_card(anna, say(anna, pages.url(f"/to/{name}"))), name
    for number in range(8):
        pages.documents[f"/round/{number}"] = redirect(pages.url(f"/round/{number + 1}"))
    assert has_no_card(anna, say(anna, pages.url("/round/0")))
    assert pages.asked("/round/") == [f"/round/{number}" for number in range(6)]


def test_private_addresses_are_not_asked(anna):
    """ADVISORIES: SSRF by link preview. A peer that would answer listens where the guard does not let us go."""
    with_ears = Peer(lambda request, _sock: answer(200, b"<title>inside</title>", [("Content-Type", "text/html")]),
                     address="127.0.0.3")
    try:
        for url in (f"http://127.0.0.3:{with_ears.port}/", f"http://[::ffff:127.0.0.3]:{with_ears.port}/",
                    "http://10.0.0.1/", "http://192.168.1.1/admin", "http://[fd00::1]/"):
            assert has_no_card(anna, say(anna, f"look {url}")), url
        assert with_ears.connections == 0
    finally:
        with_ears.close()


def test_servers_that_are_blocked_are_not_asked(server, anna):
    assert has_no_card(anna, say(anna, "https://blocked.example/page"))
    assert server.database.value("select count(*) from previews where url like 'https://blocked.example/%%'") == 0


def test_markup_of_a_page_stays_text_and_active_content_goes(anna, pages):
    """ADVISORIES 9 and 75."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    url = pages.put("/evil", f"""<html lang='"><script>'><title>{evil}</title>
<meta property="og:title" content="{html.escape(evil)}"><meta property="og:description" content="{html.escape(evil)}">
<meta property="og:image" content="javascript:alert(1)"><meta name="twitter:player" content="https://evil.example/frame">
<meta property="og:url" content="javascript:alert(1)"><link rel="canonical" href="https://bank.example/login">
<meta name="author" content='"onmouseover="alert(1)'>
<script type="application/ld+json">{{"@type": "Article", "author": {{"name": "x", "url": "javascript:alert(1)"}}}}</script>""")
    card = card_of(anna, say(anna, url))
    assert card["title"] == evil and card["description"] == evil
    assert card["image"] is None and card["embed_url"] == "" and card["html"] == "" and card["author_url"] == ""
    assert card["language"] is None and card["type"] == "link" and card["url"] == url


def test_pages_in_old_encodings_are_read(anna, pages):
    old = "<meta charset=iso-8859-1><title>Été à la crème – 5 €</title>".encode("windows-1252")
    assert card_of(anna, say(anna, pages.put("/old", old, "text/html")))["title"] == "Été à la crème – 5 €"


def test_the_author_is_shown_who_names_the_site_in_return(server, anna, pages):
    bob = far_actor(server.database, "bob")
    page = '<title>By him</title><meta name="fediverse:creator" content="@Bob@FAR.example">'
    assert card_of(anna, say(anna, pages.put("/by/1", page)))["authors"] == []
    server.database.rows("update actors set attribution_domains = '{0.1,127.0.0.1}' where id = %s returning 1", (bob,))
    card = card_of(anna, say(anna, pages.put("/by/2", page)))
    assert [one["account"]["id"] for one in card["authors"]] == [bob]


def test_oembed_gives_a_frame_of_the_site_alone(anna, sites):
    """ADVISORIES 9. Frames are https, which no page of this test is: what is said is not taken over, and the page stands."""
    frame = '<iframe src="https://other.example/x" srcdoc="<script>"></iframe><script>alert(1)</script>'
    answers = {"evil": {"type": "video", "html": frame}, "rich": {"type": "rich", "html": frame, "title": "Rich"},
               "photo": {"type": "photo", "url": "javascript:alert(1)"}, "list": [], "script": {"type": "video", "html": 5}}
    for name, told in answers.items():
        pages = sites()
        pages.put(f"/o/{name}.json", json.dumps(told), "application/json")
        url = pages.put(f"/o/{name}", f'<title>{name}</title><link rel="alternate" type="application/json+oembed"'
                        f' href="/o/{name}.json">')
        card = card_of(anna, say(anna, url))
        assert card["title"] == name and card["type"] == "link" and card["html"] == "" and card["embed_url"] == ""
        assert len(pages.asked(f"/o/{name}.json")) == 1


def test_the_frame_of_a_video_is_ours(server, anna, pages):
    url = pages.put("/film", "<title>Film</title>")
    post = say(anna, url)
    card_of(anna, post)
    server.database.rows("update previews set kind = 'video', embed_url = %s, width = 640, height = 360 where url = %s returning 1",
                         ("https://film.example/embed?a=1&b=\"><script>", url))
    server.database.rows("update posts set revision = revision + 1 where id = %s returning 1", (post["id"],))
    card = anna.get(f"/api/v1/statuses/{post['id']}")["card"]
    assert card["type"] == "video" and (card["width"], card["height"]) == (640, 360)
    assert card["html"].startswith('<iframe src="https://film.example/embed?a=1&amp;b=&quot;&gt;&lt;script&gt;" width="640" height="360"')
    assert " sandbox=" in card["html"] and "<script" not in card["html"]


# trends and the timeline of a link

def sum_up(server):
    database = server.database
    before = database.value("select now()")
    database.rows("update jobs set due_at = now() where kind = 'trends'")
    database.rows("select pg_notify('comptoir_wake', '8')")
    wait_until(lambda: database.value("select due_at > %s + interval '1 minute' and leased_until is null from jobs"
                                      " where kind = 'trends'", (before,)), 30, "the sum of trends")


@pytest.fixture(name="talk", scope="module")
def talk_(server):
    """Two who want to be found, and one who does not, link to one page; one of them to another, alone."""
    ada, bert, shy = (person(server, name) for name in ("ada", "bert", "shy"))
    for name in ("ada", "bert"):
        update_actor(server.database, name, is_discoverable=True)
    update_actor(server.database, "shy", is_discoverable=False)
    pages = Pages()
    common, alone = pages.put("/common", PAGE.replace("/photo.jpg", "")), pages.put("/alone", "<title>Alone</title>")
    posts = [say(api, f"talk {common}") for api in (ada, bert, shy)]
    for post in (*posts, say(ada, alone), say(ada, f"again {alone}"), say(ada, common, visibility="private")):
        card_of(ada if post["account"]["username"] == "ada" else bert if post["account"]["username"] == "bert" else shy, post)
    sum_up(server)
    pages.close()
    return common, alone, posts


def test_a_link_of_several_people_trends_with_its_history(server, talk):
    common, _, _ = talk
    found = Api(server).get("/api/v1/trends/links")
    conformance = Conformance("4.5.0")
    conformance.check("[Trends::Link]", found, "trends")
    assert conformance.faults == []
    assert [one["url"] for one in found] == [common]
    history = found[0]["history"]
    assert len(history) == 7 and sum(int(day["uses"]) for day in history) == 3
    assert all(isinstance(value, str) for day in history for value in day.values())
    assert Api(server).get("/api/v1/trends/links", offset=1) == []


def test_the_timeline_of_a_link_shows_those_who_want_to_be_found(server, talk):
    common, alone, posts = talk
    anyone = Api(server)
    found = anyone.get("/api/v1/timelines/link", url=common)
    assert [one["id"] for one in found] == [posts[1]["id"], posts[0]["id"]]
    assert [one["id"] for one in anyone.get("/api/v1/timelines/link", url=f"{common}#part", limit=1)] == [posts[1]["id"]]
    assert [one["id"] for one in anyone.get("/api/v1/timelines/link", url=common, max_id=posts[1]["id"])] == [posts[0]["id"]]
    assert [one["id"] for one in anyone.get("/api/v1/timelines/link", url=common, min_id=posts[0]["id"])] == [posts[1]["id"]]
    assert len(anyone.get("/api/v1/timelines/link", url=alone)) == 2
    for nothing in ("", "https://nobody.example/", "no url"):
        anyone.get("/api/v1/timelines/link", 404, url=nothing)
    reader = person(server, "reader")
    ada = server.database.value("select id from actors where handle = 'ada' and domain_id is not null")
    reader.post(f"/api/v1/accounts/{ada}/block")
    assert [one["id"] for one in reader.get("/api/v1/timelines/link", url=common)] == [posts[1]["id"]]


def test_that_a_link_was_told_in_private_is_nobody_s_business(server, anna, pages):
    url = pages.put("/secret", "<title>Secret</title>")
    assert card_of(anna, say(anna, url, visibility="private"))["url"] == url
    for api in (anna, Api(server)):
        api.get("/api/v1/timelines/link", 404, url=url)
        api.get("/api/v1/timelines/link", 404, url=url, max_id=1)
