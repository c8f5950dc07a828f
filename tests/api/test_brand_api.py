# SPDX-License-Identifier: AGPL-3.0-or-later
"""/api/brand/v1 itself: who is let in from where, problem documents, repeated requests, and what openapi.json says."""
import pytest

from support.api import Api, make_token, person

SCOPES = "read write brand:read brand:publish brand:inbox brand:listen brand:admin"


def test_errors_are_problem_documents(server):
    marie = person(server, "problem1", scopes=SCOPES)
    for api, method, path, status, word in (
            (Api(server), "GET", "/orgs", 401, "unauthorised"), (marie, "GET", "/nothing", 404, "not-found"),
            (marie, "PATCH", "/problems/conflict", 405, "method-not-allowed")):
        answer = api.call(method, "/api/brand/v1" + path, None)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), (path, answer.text)
        problem = answer.json()
        assert problem["type"].endswith("/api/brand/v1/problems/" + word) and problem["status"] == status
        assert problem["title"] and problem["detail"]
