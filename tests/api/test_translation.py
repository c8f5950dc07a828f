# SPDX-License-Identifier: AGPL-3.0-or-later
"""Translations by the server that the operator named, and what is said when it is not there."""
import http.server
import json
import threading

import pytest

from support.api import person


class Translator(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked, spoil, moves = [], None, None

    def answer(self, body, status=200):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.moves)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        Translator.asked.append(self.path)
        if self.moves:
            self.answer(b"", 302)
        else:
            self.answer([{"code": "en", "name": "English", "targets": ["en", "fr"]}, {"code": "x\"y", "targets": ["en"]}])

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Translator.asked.append(question)
        if self.spoil is not None:
            self.answer(*self.spoil)
            return
        self.answer({"translatedText": [text.replace("good", "bon") + "<script>x()</script>" for text in question["q"]],
                     "detectedLanguage": [{"language": "en", "confidence": 90}] * len(question["q"])})

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def translator():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Translator)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


@pytest.fixture
def translating(server_factory, translator):
    Translator.asked, Translator.spoil, Translator.moves = [], None, None
    return server_factory({"translation.url": f"http://127.0.0.1:{translator}/", "translation.api_key": "k3y"})


def test_a_status_is_translated_with_all_its_texts(translating):
    anna, ben = person(translating, "anna"), person(translating, "ben")
    status = anna.post("/api/v1/statuses", data={"status": "good day", "spoiler_text": "good & bad", "poll[options][]": ["good", "bad"],
                                                 "poll[expires_in]": 600})
    translating.database.rows("update posts set language = null where id = %s returning 1", (status["id"],))  # as some servers send them
    answer = ben.post(f"/api/v1/statuses/{status['id']}/translate", data={"lang": "fr"})
    assert answer["content"] == "<p>bon day</p>" and answer["spoiler_text"] == "bon & bad"
    assert answer["poll"] == {"id": status["poll"]["id"], "options": [{"title": "bon"}, {"title": "bad"}]}
    assert (answer["language"], answer["detected_source_language"], answer["provider"]) == ("fr", "en", "LibreTranslate")
    assert answer["media_attachments"] == []
    assert Translator.asked == [{"q": ["<p>good day</p>", "good &amp; bad", "good", "bad"], "source": "auto", "target": "fr",
                                 "format": "html", "api_key": "k3y"}]
    assert anna.get("/api/v2/instance")["configuration"]["translation"]["enabled"] is True
    for _ in range(2):
        assert ben.get("/api/v1/instance/translation_languages") == {"en": ["fr"]}
    assert Translator.asked.count("/languages") == 1


def test_what_is_not_for_all_is_shown_to_no_translator(translating):
    anna = person(translating, "clara")
    status = anna.post("/api/v1/statuses", data={"status": "good secret", "visibility": "direct"})
    anna.post(f"/api/v1/statuses/{status['id']}/translate", 403)
    anna.post("/api/v1/statuses/1/translate", 404)
    assert Translator.asked == []


def test_a_translator_that_fails_is_503(translating):
    anna = person(translating, "dora")
    status = anna.post("/api/v1/statuses", data={"status": "good"})
    for spoil in ((b"no json", 200), ({"translatedText": "one"}, 200), ({"translatedText": []}, 200),
                  ({"translatedText": [1, 2]}, 200), ({}, 500), (b"[" * 600 * 1024, 200)):
        Translator.spoil = spoil
        assert anna.post(f"/api/v1/statuses/{status['id']}/translate", 503)["error"]


def test_only_the_named_server_is_asked(translating, translator):
    Translator.moves = f"http://127.0.0.1:{translating.port}/api/v1/instance"
    assert person(translating, "emma").get("/api/v1/instance/translation_languages", 503)["error"]
    assert Translator.asked == ["/languages"]


def test_without_a_translator_nothing_is_translated(server):
    anna = person(server, "anna")
    status = anna.post("/api/v1/statuses", data={"status": "good"})
    assert anna.post(f"/api/v1/statuses/{status['id']}/translate", 404)["error"] == "Record not found"
    assert anna.get("/api/v1/instance/translation_languages") == {}
    assert anna.get("/api/v2/instance")["configuration"]["translation"]["enabled"] is False
