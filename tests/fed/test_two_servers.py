# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two servers of ours in conversation, each with a database of its own."""
import pytest

from support.fedify import PUBLIC
from support.federated import ACTIVITY_JSON, Person
from support.waiting import wait_until

pytestmark = pytest.mark.limit(180)


class Towns:
    """The shop lives here, the customer there; they follow one another."""

    def __init__(self, here, there):
        self.here, self.there = here, there
        self.shop, self.guest = Person(here, "shop"), Person(here, "guest")
        self.customer, self.neighbour = Person(there, "customer"), Person(there, "neighbour")

    def befriend(self):
        self.customer.follow(self.shop.uri)
        self.shop.follow(self.customer.uri)
        for one, other in ((self.customer, self.shop), (self.shop, self.customer)):
            one.follows(other.uri)
            other.is_followed_by(one.uri)


@pytest.fixture
def towns(federated_factory):
    return Towns(federated_factory(accounts=("shop", "guest")), federated_factory(accounts=("customer", "neighbour")))


@pytest.fixture
def friends(towns):
    towns.befriend()
    return towns


def show(person, uri):
    return person.server.act("show", uri)


def count(server, column, uri):
    return server.one(f"select c.{column} from post_counts c join posts p on p.id = c.post_id where p.uri = %s", uri) or 0


def test_a_thread_with_answers_likes_boosts_and_reactions_is_the_same_on_both_sides(friends):
    here, there, shop, customer = friends.here, friends.there, friends.shop, friends.customer
    post = shop.post("New scarves, in #wool and #silk", cw="Fashion")
    there.wait_for_post(post)
    assert there.rows("select spoiler_text, is_sensitive, visibility from posts where uri = %s", post) == [("Fashion", True, "public")]
    tags = there.rows("select t.name from post_tags t join posts p on p.id = t.post_id where p.uri = %s order by 1", post)
    assert tags == [("silk",), ("wool",)]
    handle = f"@shop@127.0.0.1:{here.port}"
    answer = customer.post(f"{handle} Is there a red one?", reply_to=post)
    here.wait_for_post(answer)
    again = shop.post(f"@customer@127.0.0.1:{there.port} Two of them", reply_to=answer)
    there.wait_for_post(again)
    for server in (here, there):
        assert server.rows("select p.uri from posts r join posts p on p.id = r.in_reply_to_id where r.uri in (%s, %s)"
                           " order by r.id", answer, again) == [(post,), (answer,)]
        assert len(server.rows("select distinct conversation_id from posts where uri in (%s, %s, %s)", post, answer, again)) == 1
    customer.act("favourite", post)
    customer.act("boost", post)
    customer.act("react", post, "🧣")
    here.wait_for_row("select 1 from reactions r join posts p on p.id = r.post_id where p.uri = %s and emoji = '🧣'", post)
    wait_until(lambda: (count(here, "favourites", post), count(here, "boosts", post)) == (1, 1), 20)
    kinds = {kind for (kind,) in here.rows("select n.kind from notifications n where n.actor_id = %s", shop.id())}
    assert kinds >= {"follow", "mention", "favourite", "boost"}
    customer.act("unfavourite", post)
    customer.act("unboost", post)
    wait_until(lambda: (count(here, "favourites", post), count(here, "boosts", post)) == (0, 0), 20)


def test_edits_and_deletions_travel_and_leave_tombstones(friends):
    here, there, shop = friends.here, friends.there, friends.shop
    post = shop.post("Open until six")
    there.wait_for_post(post)
    shop.act("edit", post, "Open until seven")
    there.wait_for_row("select 1 from posts where uri = %s and html like %s and revision = 2", post, "%seven%")
    assert there.one("select count(*) from post_revisions r join posts p on p.id = r.post_id where p.uri = %s", post) == 1
    shop.act("delete", post)
    there.wait_until_none("select 1 from posts where uri = %s", post)
    path = post[len(here.url):]
    gone = here.get(path, headers=ACTIVITY_JSON)
    assert gone.status_code == 410 and gone.json()["type"] == "Tombstone"
    assert there.one("select count(*) from tombstones where uri = %s", post) == 1


def test_polls_count_votes_from_elsewhere_once_and_tell_the_result(friends):
    here, there, shop, customer = friends.here, friends.there, friends.shop, friends.customer
    poll = shop.post("Which colour?", poll=["Red", "Blue"])
    there.wait_for_post(poll)
    customer.act("vote", poll, "1")
    here.wait_for_row("select 1 from poll_options o join posts p on p.id = o.post_id where p.uri = %s and o.title = 'Blue'"
                      " and o.votes = 1", poll)
    code, _ = customer.act("vote", poll, "0", check=False)
    assert code != 0
    assert here.one("select voters from polls o join posts p on p.id = o.post_id where p.uri = %s", poll) == 1
    here.rows("update polls set ends_at = now() - interval '1 second'")
    here.act("close-polls")
    there.wait_for_row("select 1 from polls o join posts p on p.id = o.post_id where p.uri = %s and o.closed_at is not null"
                       " and o.voters = 1", poll)


def test_private_posts_reach_followers_and_mentioned_people_only(friends):
    here, there, shop, customer = friends.here, friends.there, friends.shop, friends.customer
    followers_only = shop.post("For regulars", "private")
    direct = shop.post(f"@customer@127.0.0.1:{there.port} Your order is ready", "direct")
    for uri, visibility in ((followers_only, "followers"), (direct, "direct")):
        assert there.wait_for_post(uri)[2] == visibility
        assert there.get(f"/users/customer/statuses/{uri.rsplit('/', 1)[1]}").status_code == 404
        assert here.get(uri[len(here.url):], headers=ACTIVITY_JSON).status_code == 404
    neighbour_id = friends.neighbour.id()
    mentioned = there.rows("select m.actor_id from post_mentions m join posts p on p.id = m.post_id where p.uri = %s", direct)
    assert (neighbour_id,) not in mentioned and (customer.id(),) in mentioned
    assert here.rows("select inbox_url from deliveries d join activities_out a on a.id = d.activity_id join posts p on"
                     " p.id = a.post_id where p.uri = %s", direct) == [(customer.uri + "/inbox",)]


def test_several_followers_behind_one_shared_inbox_get_one_delivery(friends):
    here, there, shop, neighbour = friends.here, friends.there, friends.shop, friends.neighbour
    neighbour.follow(shop.uri)
    shop.is_followed_by(neighbour.uri)
    post = shop.post("Hello everybody")
    there.wait_for_post(post)
    assert here.rows("select inbox_url, recipients from deliveries d join activities_out a on a.id = d.activity_id"
                     " join posts p on p.id = a.post_id where p.uri = %s", post) == [(there.url + "/inbox", 2)]


def test_quotes_ask_for_permission_and_can_be_taken_back(friends):
    here, there, shop, customer = friends.here, friends.there, friends.shop, friends.customer
    post = shop.post("Our manifesto")
    closed = shop.post("Not to be quoted", quote_policy="nobody")
    for uri in (post, closed):
        there.wait_for_post(uri)
    quote = customer.post("Well said", quote=post)
    there.wait_for_row("select 1 from posts where uri = %s and quote_state = 'accepted' and quote_authorization_uri is not null", quote)
    here.wait_for_row("select 1 from posts where uri = %s and quote_state = 'accepted'", quote)
    refused = customer.post("Badly said", quote=closed)
    there.wait_for_row("select 1 from posts where uri = %s and quote_state = 'rejected'", refused)
    shop.act("revoke-quote", quote)
    there.wait_for_row("select 1 from posts where uri = %s and quote_state = 'revoked'", quote)


def test_a_locked_account_decides_about_followers(towns):
    here, there, shop, customer = towns.here, towns.there, towns.shop, towns.customer
    shop.act("profile", "locked=yes")
    customer.follow(shop.uri)
    here.wait_for_row("select 1 from follows where state = 'pending'")
    private = shop.post("Only for followers", "private")
    shop.act("reject", customer.uri)
    there.wait_until_none("select 1 from follows")
    customer.act("follow", shop.uri)
    here.wait_for_row("select 1 from follows where state = 'pending'")
    shop.act("accept", customer.uri)
    customer.follows(shop.uri)
    later = shop.post("Now you see me", "private")
    there.wait_for_post(later)
    assert not there.rows("select 1 from posts where uri = %s", private)


def test_a_block_ends_follows_and_what_waits(friends):
    here, there, shop, customer = friends.here, friends.there, friends.shop, friends.customer
    shop.act("block", customer.uri)
    there.wait_for_row("select 1 from blocks b join actors a on a.id = b.blocker_id where a.uri = %s", shop.uri)
    for server in (here, there):
        server.wait_until_none("select 1 from follows")
    hidden = shop.post("You do not get this")
    visible = friends.guest.post("Nobody there follows me")
    assert not here.rows("select 1 from deliveries d join activities_out a on a.id = d.activity_id join posts p on"
                         " p.id = a.post_id where p.uri in (%s, %s)", hidden, visible)
    code, _ = customer.act("follow", shop.uri, check=False)
    assert code != 0 or not here.rows("select 1 from follows where state = 'accepted'")


def test_new_keys_are_believed_at_once(friends):
    here, there, shop = friends.here, friends.there, friends.shop
    first = shop.post("Signed with the old key")
    there.wait_for_post(first)
    before = there.one("select public_pem from actor_keys where uri = %s", shop.uri + "#main-key")
    there.rows("update actors set fetched_at = now() - interval '1 hour' where uri = %s", shop.uri)
    shop.act("rotate-keys")
    second = shop.post("Signed with the new key")
    there.wait_for_post(second, seconds=40)
    there.wait_for_row("select 1 from actor_keys where uri = %s and public_pem <> %s", shop.uri + "#main-key", before)


def test_a_profile_and_its_pins_travel(friends):
    here, there, shop = friends.here, friends.there, friends.shop
    shop.act("profile", "name=The Shop", "bio=Since 1920")
    there.wait_for_row("select 1 from actors where uri = %s and display_name = 'The Shop' and summary_html like %s", shop.uri, "%1920%")
    post = shop.post("Read this first")
    there.wait_for_post(post)
    shop.act("pin", post)
    there.wait_for_row("select 1 from pins x join posts p on p.id = x.post_id where p.uri = %s", post)
    shop.act("unpin", post)
    there.wait_until_none("select 1 from pins")


def test_moving_house_takes_the_followers_along(friends):
    here, there, shop, guest, customer = friends.here, friends.there, friends.shop, friends.guest, friends.customer
    code, _ = shop.act("move", guest.uri, check=False)
    assert code != 0, "the new house does not know of it"
    guest.act("alias", shop.uri)
    shop.act("move", guest.uri)
    customer.follows(guest.uri)
    there.wait_until_none("select 1 from follows f join actors a on a.id = f.followed_id where a.uri = %s and f.follower_id = %s",
                          shop.uri, customer.id())


def test_a_deleted_account_is_gone_everywhere(friends):
    here, there, shop = friends.here, friends.there, friends.shop
    post = shop.post("My last words")
    there.wait_for_post(post)
    shop.act("delete-account")
    there.wait_until_none("select 1 from posts where uri = %s", post)
    there.wait_for_row("select 1 from actors where uri = %s and deleted_at is not null", shop.uri)
    # Whoever does not sign may get what was kept in memory for some seconds.
    wait_until(lambda: here.get("/users/shop", headers=ACTIVITY_JSON).status_code == 410, 20, "the document to be gone")
    there.wait_until_none("select 1 from follows")


def test_followers_are_told_of_a_suspension(friends):
    here, shop = friends.here, friends.shop
    here.act("suspend", shop.uri)
    here.wait_for_row("select 1 from deliveries d join activities_out a on a.id = d.activity_id"
                      " where a.type = 'Update' and d.state = 'accepted'")


def test_reports_go_to_the_other_server_without_the_reporter(friends):
    here, there, customer, shop = friends.here, friends.there, friends.customer, friends.shop
    post = shop.post("Buy now!!!")
    there.wait_for_post(post)
    customer.act("report", shop.uri, "Too loud", post)
    row = here.wait_for_row("select a.uri, r.comment, cardinality(r.post_ids) from reports r join actors a on a.id = r.reporter_id")
    assert row == (there.url + "/actor", "Too loud", 1)


def test_authorised_fetch_answers_signed_readers_only(federated_factory):
    here = federated_factory({"federation.authorized_fetch": "true"}, accounts=("shop", "guest"))
    there = federated_factory({"federation.authorized_fetch": "true"}, accounts=("customer", "neighbour"))
    towns = Towns(here, there)
    towns.befriend()
    post = towns.shop.post("Come in")
    there.wait_for_post(post)
    assert here.get(post[len(here.url):], headers=ACTIVITY_JSON).status_code == 401
    assert here.get("/actor", headers=ACTIVITY_JSON).status_code == 200
    other = towns.guest.post("Read by whoever signs")
    there.act("resolve", other)
    assert there.rows("select 1 from posts where uri = %s", other)


def test_a_handle_leads_to_its_actor_and_back(federated_factory, authority):
    there = federated_factory(authority=authority, accounts=("customer",))
    here = federated_factory(authority=authority, accounts=("shop",))
    there.act("resolve", f"@shop@127.0.0.1:{here.port}")
    there.wait_for_row("select 1 from actors where uri = %s and is_handle_confirmed", here.actor("shop"))


def test_followers_that_the_other_side_forgot_are_found_by_synchronisation(friends):
    here, there, shop, customer, neighbour = friends.here, friends.there, friends.shop, friends.customer, friends.neighbour
    neighbour.follow(shop.uri)
    neighbour.follows(shop.uri)
    # The shop's side loses one follower without a word: the next followers-only post tells the other side.
    here.rows("delete from follows where follower_id = (select id from actors where uri = %s)", neighbour.uri)
    there.rows("update follows set id = 5 where follower_id = %s", neighbour.id())  # too old to be still on its way
    there.wait_for_post(shop.post("For regulars", "private"))
    there.wait_until_none("select 1 from follows f join actors a on a.id = f.follower_id where a.uri = %s and f.state = 'accepted'",
                          neighbour.uri, seconds=30)
    assert there.rows("select 1 from follows f join actors a on a.id = f.follower_id where a.uri = %s", customer.uri)


def test_a_blocked_domain_neither_speaks_nor_hears(friends):
    here, there, shop, customer = friends.here, friends.there, friends.shop, friends.customer
    here.rows("insert into domain_blocks (domain, severity) values ('127.0.0.1', 'suspend')")
    here.rows("notify comptoir_policy")
    wait_until(lambda: _refuses(here, customer), 90, "the block to be heard of")
    withheld = shop.post("Not for them")
    assert not here.rows("select 1 from deliveries d join activities_out a on a.id = d.activity_id join posts p on p.id = a.post_id"
                         " where p.uri = %s and d.state <> 'withheld'", withheld)
    assert not there.rows("select 1 from posts where uri = %s", withheld)


def _refuses(here, customer):
    code, _ = here.act("resolve", customer.post("Can you hear me?"), check=False)
    return code != 0


def test_public_words_carry_a_proof_that_outlives_forwarding(friends):
    here, there, shop, customer = friends.here, friends.there, friends.shop, friends.customer
    post = shop.post("Who comes on Sunday?")
    there.wait_for_post(post)
    answer = customer.post(f"@shop@127.0.0.1:{here.port} I do", reply_to=post)
    here.wait_for_post(answer)
    body = bytes(here.one("select body from activities_in where object_uri = %s or uri = %s", answer, answer + "/activity"))
    assert b'"eddsa-jcs-2022"' in body and PUBLIC.encode() in body
