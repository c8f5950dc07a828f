# SPDX-License-Identifier: AGPL-3.0-or-later
"""`comptoir org|member|role|audit`: who belongs to an organisation, what each may do, and the log of it, which tells of
every change to itself."""
import itertools
import json
import os
import re
import threading

import psycopg2
import pytest

from support.api import person
from support.waiting import wait_until

FOUNDER_GRANTS = {"owner", "agent-lead", "account.speak"}


class Shop:
    """An organisation with people of its own on a server that others use as well: the names below stand for theirs."""
    counter = itertools.count()

    def __init__(self, server):
        self.server, self.database = server, server.database
        self.suffix = f"q{next(self.counter)}q"
        for name in ("marie", "luc"):
            person(server, name + self.suffix)
        self.command("org", "create", "fleurs", "--name", "Fleurs de Marie", "--founder", "marie", "--account", "fleurs",
                     "--language", "fr", "--country", "FR")
        self.id = int(as_json(self, "org", "show", "fleurs")["id"])

    def command(self, *arguments, check=True):
        known = re.compile(r"(fleurs(-support)?|autre|neuf|marie|luc|member\d)")
        result = self.server.command(*(one + self.suffix if known.fullmatch(one) else one for one in arguments), check=check)
        result.stdout, result.stderr = result.stdout.replace(self.suffix, ""), result.stderr.replace(self.suffix, "")
        return result

    def actor(self, name):
        return self.database.value("select id from actors where handle = %s and domain_id is not null", (name + self.suffix,))


@pytest.fixture
def shop(server):
    """marie, who founded fleurs, and luc, who has not joined."""
    return Shop(server)


def as_json(server, *arguments):
    return json.loads(server.command(*arguments, "--json").stdout)


def members(server, slug="fleurs"):
    return {one["username"]: one for one in as_json(server, "member", "list", slug)}


def granted(member):
    return {one.get("role") or one.get("permission") for one in member["grants"]}


def fails(server, *arguments, code, says):
    result = server.command(*arguments, check=False)
    assert result.returncode == code, (arguments, result.returncode, result.stderr)
    assert says in result.stderr, result.stderr


def actions(server, slug="fleurs"):
    return [one["action"] for one in reversed(as_json(server, "audit", "list", slug))]


def test_a_founder_owns_leads_and_speaks(shop):
    founder = members(shop)["marie"]
    assert founder["state"] == "active" and granted(founder) == FOUNDER_GRANTS
    organisation = as_json(shop, "org", "show", "fleurs")
    assert organisation["name"] == "Fleurs de Marie" and organisation["country"] == "FR"
    assert [one["username"] for one in organisation["accounts"]] == ["fleurs"]
    assert shop.database.value("select kind from actors where id = %s", (shop.actor("fleurs"),)) == "Organization"
    assert shop.database.value("select count(*) from users where actor_id = %s", (shop.actor("fleurs"),)) == 0


def test_founding_is_all_or_nothing(shop):
    fails(shop, "org", "create", "autre", "--account", "fleurs", code=6, says="taken")
    fails(shop, "org", "show", "autre", code=5, says="no organisation 'autre'")
    fails(shop, "org", "create", "fleurs", "--account", "neuf", code=6, says="already")
    assert shop.actor("neuf") is None
    assert shop.command("audit", "verify", "fleurs").stdout.startswith("3 entries of 1 organisations")


@pytest.mark.parametrize("arguments, says", [
    (["Fleurs"], "short name"), (["-x"], "unknown option"), (["x", "--kind", "cult"], "no kind"),
    (["x", "--time-zone", "Mars/Olympus"], "no time zone"), (["x", "--country", "fr"], "two capitals"),
    (["x", "--language", "de"], "en or fr"), (["x", "--name", "n" * 201], "at most 200"), (["x", "--founder", "nobody"], "nobody"),
])
def test_what_makes_no_organisation_is_said(shop, arguments, says):
    result = shop.command("org", "create", *arguments, check=False)
    assert result.returncode != 0 and says in result.stderr, result.stderr
    assert "x" not in [one["slug"] for one in as_json(shop, "org", "list")]


def test_a_second_account_has_a_purpose_of_its_own(shop):
    shop.command("org", "add-account", "fleurs", "fleurs-support", "--kind", "service", "--purpose", "support")
    accounts = {one["username"]: one["purpose"] for one in as_json(shop, "org", "show", "fleurs")["accounts"]}
    assert accounts == {"fleurs": "brand", "fleurs-support": "support"}
    fails(shop, "org", "add-account", "fleurs", "x", "--purpose", "fun", code=2, says="no purpose")
    fails(shop, "org", "add-account", "fleurs", "x", "--kind", "person", code=2, says="organization, service or group")


def test_members_come_rest_and_go(shop):
    shop.command("member", "add", "fleurs", "luc", "--role", "writer")
    assert granted(members(shop)["luc"]) == {"writer"}
    fails(shop, "member", "add", "fleurs", "luc", code=6, says="member already")
    shop.command("member", "suspend", "fleurs", "luc")
    assert members(shop)["luc"]["state"] == "suspended"
    shop.command("member", "restore", "fleurs", "luc")
    shop.command("member", "remove", "fleurs", "luc")
    assert "luc" not in members(shop)
    fails(shop, "member", "grant", "fleurs", "luc", "--role", "writer", code=5, says="no member")
    shop.command("member", "add", "fleurs", "luc")
    assert granted(members(shop)["luc"]) == set(), "who comes back has nothing of what they had"
    assert actions(shop)[-6:] == ["member.add", "grant.give", "member.suspend", "member.activate", "member.leave", "member.add"]


def test_grants_are_for_one_account_and_until_a_day(shop):
    shop.command("member", "add", "fleurs", "luc")
    shop.command("member", "grant", "fleurs", "luc", "--permission", "account.speak", "--account", "fleurs", "--until", "2099-01-31")
    one, = members(shop)["luc"]["grants"]
    assert one["permission"] == "account.speak" and one["expires_at"].startswith("2099-01-31T23:59:59")
    assert one["account_id"] == as_json(shop, "org", "show", "fleurs")["accounts"][0]["id"]
    shop.command("member", "grant", "fleurs", "luc", "--permission", "account.speak", "--account", "fleurs", "--until", "2099-02-28")
    assert len(members(shop)["luc"]["grants"]) == 1, "the same grant takes the new end"
    fails(shop, "member", "grant", "fleurs", "luc", "--role", "writer", "--until", "2001-01-01", code=2, says="in the past")
    fails(shop, "member", "grant", "fleurs", "luc", "--role", "writer", "--until", "soon", code=2, says="no time")
    fails(shop, "member", "grant", "fleurs", "luc", "--role", "emperor", code=2, says="no role 'emperor'")
    fails(shop, "member", "grant", "fleurs", "luc", "--permission", "account.fly", code=2, says="no permission 'account.fly'")
    fails(shop, "member", "grant", "fleurs", "luc", "--role", "writer", "--account", "marie", code=5, says="no account of fleurs")
    fails(shop, "member", "withdraw", "fleurs", "luc", "--role", "writer", code=5, says="not given that")
    shop.command("member", "withdraw", "fleurs", "luc", "--permission", "account.speak", "--account", "fleurs")
    assert members(shop)["luc"]["grants"] == []


def test_an_account_of_another_organisation_is_none_of_this_one(shop):
    shop.command("org", "create", "autre", "--account", "autre")
    shop.command("member", "add", "fleurs", "luc")
    fails(shop, "member", "grant", "fleurs", "luc", "--role", "agent", "--account", "autre", code=5, says="no account of fleurs")


def test_somebody_can_always_give_rights(shop):
    for arguments in (["remove", "fleurs", "marie"], ["suspend", "fleurs", "marie"], ["withdraw", "fleurs", "marie", "--role", "owner"],
                      ["grant", "fleurs", "marie", "--role", "owner", "--until", "2099-01-01"]):
        fails(shop, "member", *arguments, code=6, says="nobody would be left")
    assert granted(members(shop)["marie"]) == FOUNDER_GRANTS and members(shop)["marie"]["state"] == "active"
    shop.command("member", "add", "fleurs", "luc", "--role", "owner")
    shop.command("member", "remove", "fleurs", "marie")
    assert set(members(shop)) == {"luc"}


def test_a_founder_may_be_left_with_less(shop):
    shop.command("member", "withdraw", "fleurs", "marie", "--permission", "account.speak")
    shop.command("member", "withdraw", "fleurs", "marie", "--role", "agent-lead")
    assert granted(members(shop)["marie"]) == {"owner"}


def test_the_printed_matrix_is_that_of_the_program(shop):
    roles = {one["name"]: one["permissions"] for one in as_json(shop, "role", "list")}
    assert list(roles) == ["owner", "admin", "editor-in-chief", "writer", "legal", "agent", "agent-lead", "analyst", "recruiter", "reader"]
    assert all("account.speak" not in permissions for permissions in roles.values()), "nobody speaks by a role"
    assert roles["writer"] == {"analytics.read": "all", "draft.comment": "all", "draft.schedule": "own", "draft.write": "all",
                               "listen.read": "all"}
    assert roles["agent"]["inbox.assign"] == "own" and roles["agent-lead"]["inbox.assign"] == "all"
    holders = {permission: {name for name, one in roles.items() if permission in one} for permission in
               ("org.roles", "org.members", "org.audit", "draft.approve", "draft.approve_legal", "inbox.reply", "job.manage",
                "account.interact", "post.delete", "inbox.export")}
    assert holders == {
        "org.roles": {"owner"}, "org.members": {"owner", "admin"}, "org.audit": {"owner", "admin", "legal"},
        "draft.approve": {"editor-in-chief"}, "draft.approve_legal": {"legal"}, "inbox.reply": {"agent", "agent-lead"},
        "job.manage": {"owner", "recruiter"}, "account.interact": {"editor-in-chief", "agent", "agent-lead"},
        "post.delete": {"owner", "admin", "editor-in-chief", "legal", "agent-lead"}, "inbox.export": {"owner", "legal", "agent-lead"}}
    text = shop.command("role", "list", "fleurs").stdout
    known = {name for name, in shop.database.rows("select name from permissions")}
    assert known == {line.split()[0] for line in text.splitlines()[1:-1]}


def test_an_organisation_makes_roles_of_its_own(shop):
    shop.command("role", "create", "fleurs", "nuit", "--permissions", "inbox.read,inbox.reply", "--own", "inbox.assign")
    own, = [one for one in as_json(shop, "role", "list", "fleurs") if one["is_own"]]
    assert own["permissions"] == {"inbox.read": "all", "inbox.reply": "all", "inbox.assign": "own"}
    assert all(not one["is_own"] for one in as_json(shop, "role", "list"))
    fails(shop, "role", "create", "fleurs", "nuit", "--permissions", "inbox.read", code=6, says="already")
    fails(shop, "role", "create", "fleurs", "x", "--permissions", "inbox.eat", code=2, says="no permission 'inbox.eat'")
    fails(shop, "role", "create", "fleurs", "x", code=2, says="give --permissions")
    shop.command("member", "add", "fleurs", "luc", "--role", "nuit")
    shop.command("role", "remove", "fleurs", "nuit")
    assert granted(members(shop)["luc"]) == set()
    fails(shop, "role", "remove", "fleurs", "owner", code=6, says="comes with the program")
    fails(shop, "role", "remove", "fleurs", "nuit", code=5, says="no role 'nuit'")


def test_a_role_of_another_organisation_is_none_of_this_one(shop):
    shop.command("org", "create", "autre")
    shop.command("role", "create", "autre", "nuit", "--permissions", "inbox.read")
    shop.command("member", "add", "fleurs", "luc")
    fails(shop, "member", "grant", "fleurs", "luc", "--role", "nuit", code=2, says="no role 'nuit'")


def test_a_role_waits_for_the_second_factor_where_it_is_demanded(shop):
    shop.command("role", "demand-second-factor", "fleurs", "owner")
    waiting = {one.get("role"): one["waits_for_second_factor"] for one in members(shop)["marie"]["grants"]}
    assert waiting["owner"] and not waiting["agent-lead"]
    shop.database.rows("update users set totp_sealed = '\\x00' where actor_id = %s returning 1", (shop.actor("marie"),))
    assert not any(one["waits_for_second_factor"] for one in members(shop)["marie"]["grants"])
    shop.command("role", "waive-second-factor", "fleurs", "owner")
    assert actions(shop)[-2:] == ["role.demand_second_factor", "role.waive_second_factor"]


# ---- the log ----

def test_every_deed_is_in_the_log_with_its_door(shop):
    entries = as_json(shop, "audit", "list", "fleurs")
    assert [one["action"] for one in entries] == ["member.found", "account.create", "organisation.create"]
    assert [one["number"] for one in entries] == [3, 2, 1] and {one["door"] for one in entries} == {"command"}
    assert entries[1]["data"] == {"purpose": "brand"}
    assert [one["number"] for one in as_json(shop, "audit", "list", "fleurs", "--before", "3", "--count", "1")] == [2]


def test_what_was_refused_is_not_in_the_log(shop):
    fails(shop, "member", "remove", "fleurs", "marie", code=6, says="nobody")
    assert len(actions(shop)) == 3


@pytest.mark.parametrize("role", ["comptoir_web", "superuser"])
def test_the_log_takes_new_entries_only(shop, role):
    for sql in ("update audit_log set action = 'a.b'", "delete from audit_log", "truncate audit_log"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            shop.database.rows(sql, user=role)


def tamper(server, sql, *values):
    """As somebody who owns the database does."""
    connection = server.database.connect("superuser")
    cursor = connection.cursor()
    cursor.execute("set session_replication_role = replica")
    cursor.execute(sql.replace("ORG", str(server.id)), values)
    assert cursor.rowcount > 0
    connection.commit()
    connection.close()


def faults(server, *arguments):
    result = server.command("audit", "verify", "fleurs", *arguments, "--json", check=False)
    found = [(one["number"], one["fault"]) for one in json.loads(result.stdout)["faults"]]
    assert (result.returncode != 0) == bool(found)
    return found


@pytest.mark.parametrize("column, value", [
    ("at", "at + interval '1 microsecond'"), ("user_id", "7"), ("membership_id", "7"), ("door", "'api'"), ("action", "'member.none'"),
    ("target", "target || '0'"), ("data", "data || ' '"), ("previous_hash", "sha256('x')"), ("hash", "sha256('x')"),
    ("user_id", "0"), ("membership_id", "0"), ("number", "number + 1000"), ("organisation_id", "organisation_id + 1"),
])
def test_a_changed_column_is_found(shop, column, value):
    assert faults(shop) == []
    tamper(shop, f"update audit_log set {column} = {value} where organisation_id = ORG and number = 2")
    found = faults(shop)
    if column == "number":
        assert (1002, "was changed after it was written") in found
    elif column == "organisation_id":
        assert (2, "is missing, and perhaps more after it") in found
        stray = shop.command("audit", "verify", check=False).stdout
        tamper(shop, "delete from audit_log where organisation_id = ORG + 1")
        assert f"organisation {shop.id + 1}: entry 2 was changed after it was written" in stray
    else:
        assert (2, "was changed after it was written") in found


def test_swapped_entries_are_found(shop):
    tamper(shop, "update audit_log set number = case number when 2 then 1003 else 1002 end where organisation_id = ORG and number in (2, 3)")
    tamper(shop, "update audit_log set number = number - 1000 where organisation_id = ORG and number > 1000")
    assert [number for number, fault in faults(shop) if fault == "was changed after it was written"] == [2, 3]


def test_entries_without_a_head_are_found(shop):
    tamper(shop, "delete from audit_heads where organisation_id = ORG")
    assert faults(shop) == [(3, "is not the one that the database's own head names")]


def test_an_entry_beyond_the_head_is_found(shop):
    tamper(shop, """insert into audit_log select organisation_id, 4, at, user_id, membership_id, door, action, target, data, hash,
        sha256(hash || convert_to(audit_field(organisation_id::text) || audit_field('4') || audit_field((extract(epoch from at) * 1000000)::bigint::text)
        || audit_field(user_id::text) || audit_field(membership_id::text) || audit_field(door) || audit_field(action) || audit_field(target)
        || audit_field(data), 'UTF8')) from audit_log where organisation_id = ORG and number = 3""")
    assert faults(shop) == [(4, "is not the one that the database's own head names")]


def test_an_entry_that_is_gone_is_found(shop):
    tamper(shop, "delete from audit_log where organisation_id = ORG and number = 2")
    assert [number for number, fault in faults(shop) if "missing" in fault] == [2]


def test_last_entries_that_are_gone_are_found_by_the_head_of_the_database(shop):
    tamper(shop, "delete from audit_log where organisation_id = ORG and number >= 2")
    assert [number for number, fault in faults(shop) if "missing" in fault] == [3]


def recompute(server):
    """Writes the whole chain anew over what is there, heads and all: nothing in the database shows it."""
    tamper(server, """
        do $$ declare one record; last bytea := decode(repeat('00', 32), 'hex'); begin
            for one in select * from audit_log where organisation_id = ORG order by number loop
                last := sha256(last || convert_to(audit_field(one.organisation_id::text) || audit_field(one.number::text)
                    || audit_field((extract(epoch from one.at) * 1000000)::bigint::text) || audit_field(one.user_id::text)
                    || audit_field(one.membership_id::text) || audit_field(one.door) || audit_field(one.action)
                    || audit_field(one.target) || audit_field(one.data), 'UTF8'));
                update audit_log as l set hash = last, previous_hash = coalesce((select p.hash from audit_log as p
                    where p.organisation_id = ORG and p.number = one.number - 1), decode(repeat('00', 32), 'hex')) where l.organisation_id = ORG and l.number = one.number;
            end loop;
            update audit_heads set hash = last, count = (select max(number) from audit_log where organisation_id = ORG),
                recorded_count = 0 where organisation_id = ORG;
        end $$; select 1""")


@pytest.fixture
def recorded(shop):
    """The heads are in the file beside the database."""
    shop.database.rows("update jobs set due_at = now() where kind = 'audit_heads' returning 1")
    shop.database.rows("select pg_notify('comptoir_wake', '8')")
    wait_until(lambda: shop.database.value("select recorded_count from audit_heads where organisation_id = %s",
                                           (shop.id,)) == 3, 30, "the heads to be recorded")
    return shop


def test_history_that_was_written_anew_is_found_by_the_file_of_heads(recorded):
    server = recorded
    assert faults(server) == []
    tamper(server, "update audit_log set data = '{\"purpose\":\"press\"}' where organisation_id = ORG and number = 2")
    recompute(server)
    assert faults(server) == [(3, "is not the one that the file of heads names")]


def test_last_entries_that_are_gone_with_their_head_are_found_by_the_file_of_heads(recorded):
    server = recorded
    tamper(server, "delete from audit_log where organisation_id = ORG and number = 3")
    recompute(server)
    assert faults(server) == [(3, "is in the file of heads, and is missing")]


def test_a_whole_log_that_is_gone_is_found_by_the_file_of_heads(recorded):
    server = recorded
    tamper(server, "delete from audit_log where organisation_id = ORG")
    tamper(server, "delete from audit_heads where organisation_id = ORG")
    assert faults(server) == [(3, "is in the file of heads, and is missing")]


@pytest.fixture
def heads_file(recorded):
    """Its path; as it was afterwards, for it is that of other organisations too."""
    path = os.path.join(recorded.server.directory, "data", "audit-heads")
    with open(path, encoding="ascii") as file:
        before = file.read()
    yield path
    if os.path.exists(path + ".away"):
        os.rename(path + ".away", path)
    with open(path, "w", encoding="ascii") as file:
        file.write(before)


@pytest.mark.parametrize("change", ["without its lines", "cut in its last line", "empty", "removed"])
def test_what_is_gone_from_the_file_of_heads_is_found(recorded, heads_file, change):
    with open(heads_file, encoding="ascii") as file:
        lines = file.read().splitlines(keepends=True)
    mine = [line for line in lines if line.split()[1] == str(recorded.id)]
    others = "".join(line for line in lines if line not in mine)
    assert mine
    texts = {"without its lines": others, "cut in its last line": others + "".join(mine)[:-20], "empty": ""}
    if change == "removed":
        os.rename(heads_file, heads_file + ".away")
    else:
        with open(heads_file, "w", encoding="ascii") as file:
            file.write(texts[change])
    assert faults(recorded) == [(3, "was written to the file of heads, and is not in it any more")]


def test_a_copy_of_the_file_of_heads_may_be_old(recorded, heads_file):
    copy = heads_file + ".copy"
    with open(copy, "w", encoding="ascii") as file:
        file.write("")
    os.chmod(copy, 0o644)
    assert faults(recorded, "--heads", copy) == []


def test_a_changed_line_of_the_file_of_heads_is_found(recorded, heads_file):
    with open(heads_file, encoding="ascii") as file:
        text = file.read()
    line = next(one for one in text.splitlines() if one.split()[1] == str(recorded.id))
    with open(heads_file, "w", encoding="ascii") as file:
        file.write(text.replace(line, line.replace(f" {recorded.id} 3 ", f" {recorded.id} 2 ")))
    assert (2, "is not the one that the file of heads names") in faults(recorded)
    with open(heads_file, "w", encoding="ascii") as file:
        file.write(text.replace(line, line[:-4]))
    result = recorded.command("audit", "verify", "fleurs", check=False)
    assert result.returncode != 0 and "it is no head" in result.stderr


def test_entries_written_after_the_file_are_no_fault(recorded):
    server = recorded
    server.command("member", "add", "fleurs", "luc")
    assert faults(server) == []


def test_writers_at_once_make_one_chain(shop):
    for number in range(6):
        person(shop.server, f"member{number}{shop.suffix}")
    threads = [threading.Thread(target=shop.command, args=("member", "add", "fleurs", f"member{number}")) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults(shop) == [] and len(actions(shop)) == 9


def test_the_log_outlives_the_people(shop):
    shop.command("member", "add", "fleurs", "luc")
    shop.command("account", "delete", "luc", "--yes")
    assert faults(shop) == [] and "member.add" in actions(shop)
