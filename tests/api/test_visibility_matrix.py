# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who sees what, everywhere: four visibilities, nine readers, every surface on which a post can appear. Each cell is one
test; what is expected of it is worked out from three rules, not written down."""
import itertools

import pytest

from support.act import act
from support.api import Api, new_id, person

VISIBILITIES = ("public", "unlisted", "private", "direct")
READERS = ("nobody", "stranger", "follower", "mentioned", "author", "blocked", "blocking", "muting", "domain_blocking")
FOLLOWING = ("follower", "muting", "domain_blocking")
REMOTE = "https://far.example/users/lointaine"


def may_see(reader, visibility):
    """What may be shown to them when they ask for it."""
    if reader in ("blocked", "blocking"):
        return False
    if visibility in ("public", "unlisted") or reader in ("mentioned", "author"):
        return True
    return visibility == "private" and reader in FOLLOWING


def wants(reader, visibility):
    """What comes to them unasked, in lists."""
    return may_see(reader, visibility) and reader not in ("muting", "domain_blocking")


class World:
    """One author, whose posts are of every visibility, each with a word that stands nowhere else, a poll and a tag. The
    reader who blocks a domain is told of the same posts by an author elsewhere."""

    def __init__(self, server):
        self.server = server
        self.api = {"nobody": Api(server)}
        for name in READERS[1:]:
            self.api[name] = person(server, name)
        person(server, "echo")
        for name in FOLLOWING:
            if name != "domain_blocking":
                act(server, "follow", name, "author")
        self.root = act(server, "post", "author", "racine")
        self.sql("update actors set is_discoverable = true where id = %s", self.id("author"))
        self.preview = new_id()
        self.sql("insert into previews (id, url, state, title) values (%s, 'https://press.example/', 'ready', 'Press')", self.preview)
        self.posts = {visibility: self.make(visibility) for visibility in VISIBILITIES}
        self.make_remote()
        act(server, "block", "author", "blocked")
        act(server, "block", "blocking", "author")
        self.sql("insert into mutes (id, muter_id, muted_id) values (%s, %s, %s)", new_id(), self.id("muting"), self.id("author"))
        self.lists = {}
        for name in FOLLOWING:
            self.lists[name] = new_id()
            self.sql("insert into lists (id, actor_id, title) values (%s, %s, 'l')", self.lists[name], self.id(name))
            self.sql("insert into list_members (list_id, actor_id, id) values (%s, %s, %s)", self.lists[name], self.author(name), new_id())
        for name, visibility in itertools.product(READERS[1:], VISIBILITIES):
            post, _ = self.post(name, visibility)
            self.sql("insert into bookmarks (id, actor_id, post_id) values (%s, %s, %s)", new_id(), self.id(name), post)
            self.sql("insert into favourites (id, actor_id, post_id, uri) values (%s, %s, %s, %s)", new_id(), self.id(name), post,
                     f"https://x.example/{new_id()}")
        self.sql("delete from home_timelines where true")

    def sql(self, statement, *values):
        self.server.database.rows(statement + " returning 1", values)

    def id(self, name):
        return int(self.api[name].id)

    def author(self, reader):
        return self.remote_id if reader == "domain_blocking" else self.id("author")

    def post(self, reader, visibility):
        """(id, word) of the post that the reader is asked about."""
        return self.remote[visibility] if reader == "domain_blocking" else self.posts[visibility]

    def make(self, visibility):
        word = f"mot{new_id()}"
        made = act(self.server, "post", "author", f"@mentioned {word} #matrice", visibility, "", self.root["uri"], "oui|non")
        self.hang(int(made["id"]), self.id("author"))
        return int(made["id"]), word

    def hang(self, post, author):
        echo = self.server.database.value("select id from actors where handle = 'echo'")
        self.sql("insert into boosts (id, actor_id, post_id, uri) values (%s, %s, %s, %s)", new_id(), echo, post, f"https://x.example/{new_id()}")
        self.sql("insert into pins (actor_id, post_id) values (%s, %s)", author, post)
        self.sql("insert into post_previews (post_id, preview_id) values (%s, %s)", post, self.preview)

    def make_remote(self):
        self.remote_id, self.remote = new_id(), {}
        self.sql("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, followers_url, created_at, updated_at,"
                 " fetched_at, is_discoverable) values (%s, 'Person', 'lointaine', 'lointaine', 'far.example', %s, %s, %s, %s, now(),"
                 " now(), now(), true)",
                 self.remote_id, REMOTE, REMOTE, REMOTE + "/inbox", REMOTE + "/followers")
        self.sql("insert into follows (id, follower_id, followed_id, state, uri) values (%s, %s, %s, 'accepted', %s)", new_id(),
                 self.id("domain_blocking"), self.remote_id, f"https://x.example/{new_id()}")
        for visibility in VISIBILITIES:
            post, word = new_id(), f"mot{new_id()}"
            self.sql("insert into posts (id, actor_id, uri, url, visibility, kind, html, created_at, conversation_id, in_reply_to_id,"
                     " in_reply_to_actor_id, fetched_at) values (%s, %s, %s, %s, %s, 'question', %s, now(), %s, %s, %s, now())", post,
                     self.remote_id, f"{REMOTE}/{post}", f"{REMOTE}/{post}", visibility.replace("private", "followers"),
                     f"<p>{word}</p>", int(self.root["id"]), int(self.root["id"]), self.remote_id)
            self.sql("insert into post_tags (post_id, name) values (%s, 'matrice')", post)
            self.sql("insert into polls (post_id, is_multiple) values (%s, false)", post)
            self.hang(post, self.remote_id)
            self.remote[visibility] = (post, word)
        self.sql("insert into actor_domain_blocks (id, actor_id, domain) values (%s, %s, 'far.example')", new_id(), self.id("domain_blocking"))

    def echo_id(self):
        return self.server.database.value("select id from actors where handle = 'echo'")


@pytest.fixture(scope="module")
def world(server):
    return World(server)


def answers(path):
    """Whether the path answers at all; {} is the post."""
    return lambda world, reader, post, word: world.api[reader].call("GET", path.format(post), None).status_code == 200


def tells(path, **parameters):
    """Whether the word stands in the answer, if there is one."""
    def ask(world, reader, post, word):
        target = path.format(post, author=world.author(reader), echo=world.echo_id(), root=world.root["id"],
                             list=world.lists.get(reader, 17))
        answer = world.api[reader].call("GET", target, None, params={"limit": 40, **parameters})
        assert answer.status_code in (200, 401, 404), answer.text
        return answer.status_code == 200 and word in answer.text
    return ask


def page(path, accept):
    def ask(world, reader, post, word):
        answer = world.api[reader].call("GET", path.format(post), None, headers={"Accept": accept})
        return answer.status_code == 200 and word in answer.text
    return ask


def seen(reader, visibility):
    return may_see(reader, visibility)


def wanted(reader, visibility):
    return wants(reader, visibility)


def when_public(reader, visibility):
    return visibility == "public" and wants(reader, visibility)


def at_home(reader, visibility):
    return reader == "author" or (reader in FOLLOWING and wants(reader, visibility))


def open_to_all(reader, visibility):
    """Pages and documents know no reader: an app's token means nothing to them."""
    return visibility in ("public", "unlisted")


def for_readers(rule):
    return lambda reader, visibility: reader != "nobody" and rule(reader, visibility)


SURFACES = {
    "status": (tells("/api/v1/statuses/{}"), seen),
    "several statuses": (tells("/api/v1/statuses?id[]={}"), seen),
    "context of itself": (answers("/api/v1/statuses/{}/context"), seen),
    "context of what it answers": (tells("/api/v1/statuses/{root}/context"), wanted),
    "history": (tells("/api/v1/statuses/{}/history"), seen),
    "source": (tells("/api/v1/statuses/{}/source"), for_readers(seen)),
    "boosters": (answers("/api/v1/statuses/{}/reblogged_by"), seen),
    "favouriters": (answers("/api/v1/statuses/{}/favourited_by"), seen),
    "quotes": (answers("/api/v1/statuses/{}/quotes"), for_readers(seen)),
    "poll": (answers("/api/v1/polls/{}"), seen),
    "profile": (tells("/api/v1/accounts/{author}/statuses"), seen),
    "featured": (tells("/api/v1/accounts/{author}/statuses", pinned="true"), seen),
    "profile of a booster": (tells("/api/v1/accounts/{echo}/statuses"), wanted),
    "home": (tells("/api/v1/timelines/home"), at_home),
    "public timeline": (tells("/api/v1/timelines/public"), when_public),
    "tag timeline": (tells("/api/v1/timelines/tag/matrice"), when_public),
    "link timeline": (tells("/api/v1/timelines/link", url="https://press.example/"), when_public),
    "list timeline": (tells("/api/v1/timelines/list/{list}"),
                      lambda reader, visibility: reader in FOLLOWING and visibility != "direct" and wants(reader, visibility)),
    "direct timeline": (tells("/api/v1/timelines/direct"),
                        lambda reader, visibility: visibility == "direct" and reader in ("mentioned", "author")),
    "bookmarks": (tells("/api/v1/bookmarks"), for_readers(seen)),
    "favourites": (tells("/api/v1/favourites"), for_readers(seen)),
}
DOCUMENTS = {
    "page": (page("/@author/{}", "text/html"), open_to_all),
    "document": (page("/users/author/statuses/{}", "application/activity+json"), open_to_all),
    "profile page": (page("/@author", "text/html"), open_to_all),
    "tag page": (page("/tags/matrice", "text/html"), lambda reader, visibility: visibility == "public"),
    "outbox": (page("/users/author/outbox?page=true", "application/activity+json"), open_to_all),
}
# Where it is enough that nothing comes out that the reader may not see.
LEAKS = {
    "notifications": tells("/api/v1/notifications"),
    "grouped notifications": tells("/api/v2/notifications"),
    "conversations": tells("/api/v1/conversations"),
    "search": lambda world, reader, post, word: tells("/api/v2/search", q=word)(world, reader, post, '"content":"<p>') and
    tells("/api/v2/search", q=word)(world, reader, post, word + "</p>"),
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("reader", READERS)
def test_a_surface_shows_a_reader_what_they_may_and_want_to_see(world, surface, reader):
    ask, rule = SURFACES[surface]
    shown = {visibility: ask(world, reader, *world.post(reader, visibility)) for visibility in VISIBILITIES}
    assert shown == {visibility: rule(reader, visibility) for visibility in VISIBILITIES}


@pytest.mark.parametrize("surface", DOCUMENTS)
@pytest.mark.parametrize("reader", ("nobody", "follower", "mentioned", "author"))
def test_pages_and_documents_show_everyone_the_same(world, surface, reader):
    ask, rule = DOCUMENTS[surface]
    shown = {visibility: ask(world, reader, *world.posts[visibility]) for visibility in VISIBILITIES}
    assert shown == {visibility: rule(reader, visibility) for visibility in VISIBILITIES}


@pytest.mark.parametrize("surface", LEAKS)
@pytest.mark.parametrize("reader", READERS)
def test_nothing_comes_out_beside(world, surface, reader):
    for visibility in VISIBILITIES:
        if not may_see(reader, visibility):
            assert not LEAKS[surface](world, reader, *world.post(reader, visibility)), visibility
