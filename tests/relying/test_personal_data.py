"""Names, numbers and codes of people lie nowhere in clear: not in a row, not in the file."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.people import Visitor
from tests.support.showing import DRIVING, IDENTITY, ask, events, show, verify, withdraw
from wallet.base.clock import local_day, read_clock
from wallet.base.deps import Deps
from wallet.demo.data import load
from wallet.migrations.metadata import METADATA


def secrets_of_the_demo() -> set[str]:
    """Every name, number, code and address of the demo's people and companies, and why the status
    of their licences was changed."""
    demo = load(local_day(read_clock()))
    people = {value for holder in demo.holders.values() for value in (holder.name, holder.code)}
    staff = {member.name for member in demo.staff.values()}
    licences = {licence.number for licence in demo.licences}
    parties = {value for row in demo.licences for party in row.holders
               for value in (party.code, party.name)}  # fmt: skip
    faces = {
        str(value)
        for licence in demo.licences
        for key, value in licence.fields.items()
        if key.endswith(("name", "address", "_id", "person", "contact", "premises"))
    }
    reasons = {row.status_reason for row in demo.licences if row.status_reason}
    return people | staff | licences | parties | faces | reasons


def in_clear(texts: set[str], stored: bytes) -> list[str]:
    """Those of the texts that the bytes contain, as UTF-8 or as JSON escapes."""
    return sorted(
        text
        for text in texts
        if text.encode() in stored or json.dumps(text)[1:-1].encode() in stored
    )


def as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def test_no_personal_value_lies_in_the_database_in_clear(
    li: Visitor, granddaughter: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    used, withdrawn = show(li, DRIVING), show(li)
    assert verify(zhao, used["text"], IDENTITY)["verdict"] == "accepted"
    assert withdraw(li, withdrawn).status_code == 204
    verify(zhao, withdrawn["text"])
    ask(zhao, used["text"], "no-such-item")
    delegated = show(granddaughter, "senior-card", role="delegate")
    assert verify(zhao, delegated["text"], IDENTITY)["verdict"] == "accepted"

    secret = secrets_of_the_demo()
    assert {"李明", "150602199003077513", "王秀英", "赵静"} <= secret
    with deps.db.read() as tx:
        tables = {
            name: b"\n".join(as_bytes(value) for row in tx.execute(select(table)) for value in row)
            for name, table in METADATA.tables.items()
        }
    assert all(tables[name] for name in ("audit_events", "licence_fields", "holders", "uses"))
    assert {name: found for name, data in tables.items() if (found := in_clear(secret, data))} == {}

    assert in_clear({"机动车驾驶证"}, tables["licence_types"])  # what is in clear is found

    names = [used["text"], withdrawn["text"], used["id"], delegated["id"]]
    assert in_clear(set(names), b"".join(tables.values())) == []


def test_the_files_of_the_data_folder_hold_no_personal_value(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    assert verify(zhao, show(li)["text"])["verdict"] == "accepted"
    secret = secrets_of_the_demo()
    files = [
        path
        for path in deps.config.data.rglob("*")
        if path.is_file() and path.name != "demo-clients.json"  # the demo's people, for testers
    ]
    assert files
    found = {path.name: in_clear(secret, path.read_bytes()) for path in files}
    assert found == {path.name: [] for path in files}


def test_an_audit_event_carries_ids_and_no_value_of_a_licence(
    li: Visitor, zhao: Visitor, deps: Deps
) -> None:
    verdict = verify(zhao, show(li, DRIVING)["text"], IDENTITY)
    ((_, fields),) = events(deps)
    values = {field["value"] for row in verdict["licences"] for field in row["fields"]}
    written = json.dumps(fields, ensure_ascii=False)
    assert [value for value in values if value in written] == []
    assert verdict["licences"][0]["identifier"] not in written
