# SPDX-License-Identifier: AGPL-3.0-or-later
"""A company whose every word needs approval, seen from a second server: polls count votes from elsewhere, edits and boosts
wait, deleting needs a right alone; and its team hears who elsewhere quotes it."""
import pytest

from support.listener import Listener
from support.waiting import wait_until
from test_scenes_brand import ROOT, Company

pytestmark = pytest.mark.limit(180)


class Bound(Company):
    """marie may speak and is bound, eva approves."""

    def __init__(self, federated_factory):
        super().__init__(federated_factory)
        self.eva = self.join("eva", "editor-in-chief")

    def bind(self, *kinds):
        return self.marie.post(f"{ROOT}/approval_policies", 201, json={"name": "all " + " ".join(kinds), "binds_speakers": True,
                                                                       "kinds": list(kinds), "steps": [{"permission": "draft.approve"}]})

    def waiting(self):
        return self.marie.get(f"{ROOT}/drafts", state="in_review")

    def let_pass(self, draft):
        self.eva.post(f"{ROOT}/drafts/{draft['id']}/approve", json={"version": draft["version"]})
        assert self.eva.post(f"{ROOT}/drafts/{draft['id']}/publish")["state"] == "published"

    def grounds(self, post_id):
        return [ground for ground, in self.server.rows("select ground from releases where post_id = %s order by number", post_id)]


@pytest.fixture
def bound(federated_factory):
    return Bound(federated_factory)


def test_a_poll_to_followers_counts_votes_from_elsewhere_without_anybodys_approval(bound):
    here, there = bound.server, bound.there
    bound.bind("post", "edit", "boost")
    refused = bound.app("marie").call("POST", "/api/v1/statuses", 422, json={
        "status": "Red or white?", "visibility": "private", "poll": {"options": ["Red", "White"], "expires_in": 3600}}).json()
    assert "draft" in refused["error"] and not here.rows("select 1 from posts")
    bound.let_pass(bound.waiting()[0])
    number, uri = bound.arrives("Red or white?")
    post = here.one("select id::text from posts where uri = %s", uri)
    assert there.one("select visibility from posts where id = %s", number) == "followers"
    bound.ada.act("vote", uri, "1")
    here.wait_for_row("select 1 from poll_options where post_id = %s and title = 'White' and votes = 1", post)
    results = bound.marie.get(f"{ROOT}/polls/{post}/results")
    assert (results["n"], [one["votes"] for one in results["options"]], results["options"][1]["share"]) == (1, [0, 1], 1)
    here.rows("update polls set ends_at = now() - interval '1 second' returning 1")
    here.act("close-polls")
    there.wait_for_row("select 1 from polls where post_id = %s and closed_at is not null and voters = 1", number)
    assert bound.marie.get(f"{ROOT}/polls/{post}/results")["is_over"] is True
    grounds = bound.grounds(post)
    assert grounds[0] == "approved" and len(grounds) >= 2 and set(grounds[1:]) == {"counters"}
    assert [one["ground"] for one in bound.marie.get(f"{ROOT}/objects/{post}/provenance")["steps"]] == ["approved"]


def test_edits_and_boosts_wait_and_deleting_needs_a_right_alone(bound):
    here, there, app = bound.server, bound.there, bound.app("marie")
    post = app.post("/api/v1/statuses", data={"status": "As it was said"})
    number, uri = bound.arrives("As it was said")
    bound.bind("edit", "boost")
    assert "draft" in app.call("PUT", f"/api/v1/statuses/{post['id']}", 422, data={"status": "As it is said"}).json()["error"]
    assert "draft" in app.call("POST", f"/api/v1/statuses/{post['id']}/reblog", 422).json()["error"]
    sent = here.one("select count(*) from activities_out where type in ('Update', 'Announce')")
    assert sent == 0 and "was said" in here.one("select html from posts where id = %s", post["id"])
    boost, edit = bound.waiting()
    assert (boost["kind"], edit["kind"]) == ("boost", "edit")
    bound.let_pass(edit)
    there.wait_for_row("select 1 from posts where id = %s and html like '%%As it is said%%' and revision > 1", number)
    bound.let_pass(boost)
    there.wait_for_row("select 1 from boosts where post_id = %s", number)
    assert bound.grounds(post["id"]) == ["spoken", "approved", "approved"]
    app.call("PUT", f"/api/v1/statuses/{post['id']}/interaction_policy", 200, json={"quote_approval_policy": "nobody"})
    app.call("POST", f"/api/v1/statuses/{post['id']}/unreblog")
    there.wait_until_none("select 1 from boosts where post_id = %s", number)
    app.call("DELETE", f"/api/v1/statuses/{post['id']}")
    there.wait_until_none("select 1 from posts where id = %s", number)
    assert not bound.waiting()


def test_the_team_hears_who_elsewhere_quotes_it_and_who_may_not(bound):
    app = bound.app("marie")
    team, ended = Listener(bound.eva), []
    try:
        for policy, notice in (("public", "quote.accepted"), ("nobody", "quote.refused")):
            text = f"Quoted by {policy}"
            post = app.post("/api/v1/statuses", data={"status": text, "quote_approval_policy": "public"})
            _, uri = bound.arrives(text)
            if policy == "nobody":
                bound.server.rows("update posts set quote_policy = 'nobody' where id = %s returning 1", post["id"])
            quote = bound.ada.post(f"Look at {policy}", quote=uri)
            event = wait_until(lambda notice=notice: [one for name, one in team.events if name == notice], 30, notice)
            ended.append(event)
            assert event == [{"id": event[0]["id"], "post_id": post["id"], "account_id": bound.account, "policy": policy,
                              "url": bound.there.one("select url from posts where uri = %s", quote)}]
    finally:
        team.close()
    assert len(ended) == 2
