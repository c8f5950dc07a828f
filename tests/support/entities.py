# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers of the client API held against the table of entities: what has to be there, of which type, and what was seen
at all. Members newer than what the server claims may be missing, but not be wrong."""
import json
import os
import re

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


def load(name):
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        return json.load(file)


ENTITIES = load("entities.json")["entities"]
DATETIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
DATE = re.compile(r"^\d{4}-\d\d-\d\d$")


def fields_of(entity):
    table = ENTITIES[entity]
    return {**(fields_of(table["extends"]) if "extends" in table else {}), **table["fields"]}


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


SIMPLE = {
    "string": lambda value: isinstance(value, str),
    "id": lambda value: isinstance(value, str) and value.isdigit(),
    "url": lambda value: isinstance(value, str) and re.match(r"^(https?|wss?)://[^/\s]+", value) is not None,
    "datetime": lambda value: isinstance(value, str) and DATETIME.match(value) is not None,
    "date": lambda value: isinstance(value, str) and DATE.match(value) is not None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "hash": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def version_tuple(text):
    return tuple(int(part) for part in text.split(".")[:2])


class Conformance:
    """claimed: the version that the server says it is, such as "4.5"."""

    def __init__(self, claimed):
        self.claimed = version_tuple(claimed)
        self.seen = set()    # "Status", "Status.poll"
        self.faults = []

    def fault(self, where, text):
        self.faults.append(f"{where}: {text}")

    def check(self, kind, value, where):
        """kind: an entity, "[Entity]", or a simple type."""
        if kind.startswith("["):
            if not isinstance(value, list):
                return self.fault(where, f"no array: {value!r:.100}")
            for number, item in enumerate(value):
                self.check(kind[1:-1], item, f"{where}[{number}]")
        elif kind in SIMPLE:
            if not SIMPLE[kind](value):
                self.fault(where, f"no {kind}: {value!r:.100}")
        else:
            self.check_entity(kind, value, where)
        return None

    def check_entity(self, entity, value, where):
        if not isinstance(value, dict):
            return self.fault(where, f"no {entity}: {value!r:.100}")
        self.seen.add(entity)
        return self.check_members(entity, fields_of(entity), value, where)

    def check_members(self, name, fields, value, where):
        for key, field in fields.items():
            if key not in value:
                newer = version_tuple(field.get("since", "0.1.0")) > self.claimed
                if not field.get("optional") and not newer:
                    self.fault(where, f"{name} has no {key}")
                continue
            self.check_member(f"{name}.{key}", field, value[key], f"{where}.{key}")

    def check_member(self, name, field, value, where):
        if value is None:
            if not field.get("nullable"):
                self.fault(where, "is null")
            return
        self.seen.add(name)
        self.check(field["type"], value, where)
        if "values" in field:
            for one in value if isinstance(value, list) else [value]:
                if one not in field["values"]:
                    self.fault(where, f"{one!r} is none of {field['values']}")
        if "fields" in field:
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    self.check_members(name, field["fields"], item, where)

    def unseen(self):
        """Entities, and members that are not newer than what is claimed, that no answer has shown."""
        missing = []
        for entity in ENTITIES:
            if entity not in self.seen:
                missing.append(entity)
                continue
            # What is inherited was seen when the entity that it comes from showed it.
            missing += self.unseen_members(entity, ENTITIES[entity]["fields"])
        return sorted(set(missing))

    def unseen_members(self, name, fields):
        missing = []
        for key, field in fields.items():
            if f"{name}.{key}" not in self.seen:
                if version_tuple(field.get("since", "0.1.0")) <= self.claimed:
                    missing.append(f"{name}.{key}")
            else:
                missing += self.unseen_members(f"{name}.{key}", field.get("fields", {}))
        return missing
