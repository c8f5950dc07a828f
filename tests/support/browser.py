# SPDX-License-Identifier: AGPL-3.0-or-later
"""A browser without scripts: cookies, forms, redirects within the server."""
import html.parser
import re
import urllib.parse

import requests


class Forms(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.form = [], None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.form = {"action": attributes.get("action"), "method": attributes.get("method", "get"), "fields": {}}
            self.forms.append(self.form)
        elif tag in ("input", "textarea") and self.form is not None and attributes.get("name"):
            if attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes:
                self.form["fields"][attributes["name"]] = attributes.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


class Browser:
    def __init__(self, server, language="en"):
        self.server = server
        self.session = requests.Session()
        self.session.headers.update({"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": language,
                                     "User-Agent": "Mozilla/5.0 (X11; Linux) Tests"})
        self.page = None

    def request(self, method, path, follow=True, **keywords):
        headers = {"Origin": self.server.url} if method != "GET" else {}
        headers.update(keywords.pop("headers", {}))
        url = urllib.parse.urljoin(self.server.url, path)
        self.page = self.session.request(method, url, allow_redirects=False, timeout=30, headers=headers, **keywords)
        while follow and self.page.status_code == 302:
            target = urllib.parse.urljoin(self.server.url, self.page.headers["Location"])
            if not target.startswith(self.server.url + "/"):
                break
            self.page = self.session.get(target, allow_redirects=False, timeout=30)
        return self.page

    def get(self, path, follow=True, **keywords):
        return self.request("GET", path, follow, **keywords)

    def form(self, action):
        parser = Forms()
        parser.feed(self.page.text)
        for form in parser.forms:
            if form["action"] == action:
                return form
        raise AssertionError(f"no form for {action} on:\n{self.page.status_code} {self.page.text[:3000]}")

    def submit(self, action, follow=True, without=(), headers=None, **fields):
        """Sends the form of this page that has that action, with these fields changed."""
        form = self.form(action)
        data = {name: value for name, value in {**form["fields"], **fields}.items() if name not in without and value is not None}
        return self.request(form["method"].upper(), action, follow, data=data, headers=headers or {})

    def sign_in(self, login, password, next_path=None):
        self.get("/auth/sign_in" + (f"?next={urllib.parse.quote(next_path, safe='')}" if next_path else ""))
        return self.submit("/auth/sign_in", login=login, password=password)

    @property
    def location(self):
        return self.page.headers.get("Location")

    def text(self):
        return re.sub(r"<[^>]+>", " ", self.page.text)


def query_of(url):
    return {name: values[0] for name, values in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query).items()}
