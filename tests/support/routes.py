# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of routes as the sources have it, and the operations of the Mastodon API (data/endpoints.json: what upstream's
documentation and code say of each)."""
import glob
import json
import os
import re

from support.server import REPOSITORY

ROUTE = re.compile(r'\{ HTTP_(?P<method>\w+), "(?P<path>[^"]+)",\s*(?P<handler>\w+),\s*\w+,\s*ROUTE_(?P<pool>\w+),'
                   r'\s*ACCESS_(?P<access>\w+),\s*(?P<scope>NULL|"[^"]*"),\s*LIMIT_\w+,\s*(?P<flags>[^,]*),')
ENDPOINTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "endpoints.json")


class Route:
    def __init__(self, match):
        self.method, self.path, self.access = match["method"], match["path"], match["access"]
        self.scopes = [] if match["scope"] == "NULL" else match["scope"].strip('"').split()
        self.flags = match["flags"].split(" | ")
        self.shape = (self.method, shape(self.path))

    def __repr__(self):
        return f"{self.method} {self.path}"


def shape(path):
    """The path with its parameters made equal: /api/v1/lists/{}"""
    return re.sub(r":\w+|\{[^}]*\}", "{}", path)


def routes():
    paths = [os.path.join(REPOSITORY, "server", "routes.c")]
    paths += sorted(glob.glob(os.path.join(REPOSITORY, "server", "routes", "*.inc")))
    found = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        here = [Route(match) for match in ROUTE.finditer(text)]
        assert len(here) == text.count("{ HTTP_"), f"{path}: a route has another form"
        found += here
    return found


def endpoints():
    """The operations: method (one), path, scope, tier, status and what else there is, for each method of its own."""
    with open(ENDPOINTS, encoding="utf-8") as file:
        rows = json.load(file)["rows"]
    return [{**row, "method": method, "shape": (method, shape(row["path"]))} for row in rows for method in row["method"].split("/")]
