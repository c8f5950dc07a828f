# SPDX-License-Identifier: AGPL-3.0-or-later
"""Markers: how far one has read."""
import threading

from support.api import Api, make_token, person
from support.told import DATE
from support.waiting import wait_until

PATH = "/api/v1/markers"


def test_a_marker_is_set_read_and_counted(server):
    app = person(server, "marge")
    assert app.get(PATH, **{"timeline[]": ["home", "notifications"]}) == {}
    marker = app.post(PATH, data={"home[last_read_id]": "103194548672408537"})
    assert set(marker) == {"home"}
    assert marker["home"]["last_read_id"] == "103194548672408537" and marker["home"]["version"] == 1
    assert DATE.match(marker["home"]["updated_at"])
    assert app.post(PATH, json={"home": {"last_read_id": "5"}, "notifications": {"last_read_id": 7}}) == app.get(
        PATH, **{"timeline[]": ["home", "notifications"]})
    found = app.get(PATH, **{"timeline[]": "home"})
    assert set(found) == {"home"} and found["home"]["version"] == 2 and found["home"]["last_read_id"] == "5"
    assert app.get(PATH) == {} and app.get(PATH, **{"timeline[]": "direct"}) == {}
    assert set(app.get(f"{PATH}?timeline%5B%5D=notifications")) == {"notifications"}


def test_what_is_no_id_is_refused_and_nothing_sets_nothing(server):
    app = person(server, "milo")
    app.post(PATH, status=422, data={"home[last_read_id]": "soon"})
    assert app.post(PATH) == {}
    assert app.get(PATH, **{"timeline[]": ["home", "notifications"]}) == {}


def test_markers_are_somebodys_own(server):
    one, other = person(server, "mona"), person(server, "manu")
    one.post(PATH, data={"home[last_read_id]": 9})
    assert other.get(PATH, **{"timeline[]": "home"}) == {}
    second_app = Api(server, make_token(server.database, "mona"))
    assert second_app.get(PATH, **{"timeline[]": "home"})["home"]["last_read_id"] == "9"


def test_two_who_set_it_at_once_do_not_overwrite_one_another(server):
    app = person(server, "mick")
    app.post(PATH, data={"home[last_read_id]": 1})
    connection = server.database.connect("superuser")
    connection.autocommit = False
    cursor = connection.cursor()
    cursor.execute("update markers set version = version + 1, last_read_id = 2 where actor_id = %s", (app.id,))
    answers = []
    thread = threading.Thread(target=lambda: answers.append(app.call("POST", PATH, None, data={"home[last_read_id]": 3})))
    thread.start()
    wait_until(lambda: server.database.value("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") > 0, 10)
    connection.commit()
    connection.close()
    thread.join()
    assert answers[0].status_code == 409 and answers[0].json() == {"error": "Conflict during update, please try again"}
    assert app.get(PATH, **{"timeline[]": "home"})["home"]["last_read_id"] == "2"
