# SPDX-License-Identifier: AGPL-3.0-or-later
"""What apps require of the entities of this part, and paging by Link."""
import re

DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
TYPES = {"mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "admin.sign_up",
         "admin.report", "quote", "quoted_update", "severed_relationships"}


def is_digits(value):
    return isinstance(value, str) and value.isdigit()


def check_account(account):
    assert is_digits(account["id"]) and account["acct"] and DATE.match(account["created_at"])
    assert account["avatar"].startswith("http") and account["header"].startswith("http")


def check_status(status):
    assert is_digits(status["id"]) and isinstance(status["content"], str) and DATE.match(status["created_at"])
    check_account(status["account"])


def check_notification(notification):
    assert is_digits(notification["id"]) and int(notification["id"]) < 2 ** 53
    assert notification["type"] in TYPES and notification["group_key"] and DATE.match(notification["created_at"])
    check_account(notification["account"])
    assert ("event" in notification) == (notification["type"] == "severed_relationships")
    if notification["type"] in ("follow", "follow_request", "admin.sign_up", "admin.report", "severed_relationships"):
        assert "status" not in notification
    else:
        check_status(notification["status"])


def links(answer):
    """{rel: path with query} of a Link header."""
    found = {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers.get("Link", ""))}
    return {rel: url[url.index("/api/"):] for rel, url in found.items()}
