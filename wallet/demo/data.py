"""Reads the demo's JSON files into typed rows; touches no database.

Days that must stay near the day of seeding are written `{"days": -30}` in the files (30 days
before it), so that "expires in 26 days" stays true; `load` turns them into dates.
"""

import base64
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from wallet.demo.rows import (
    BasisDocument,
    Channel,
    Child,
    Client,
    CodeLabel,
    Delegation,
    DemoData,
    FaceField,
    FieldValue,
    Holder,
    Licence,
    LicenceType,
    Organisation,
    Party,
    Staff,
    StatusCode,
    Unit,
    UseItem,
)

FOLDER = Path(__file__).parent / "data"


def load(today: date) -> DemoData:
    """The demo data as of the local day `today`.

    Raises `TypeError` or `KeyError` if a file does not have the members of its row.
    """
    seeds = _read("licences.json")
    return DemoData(
        units=load_units(),
        licence_types=[_licence_type(row) for row in _read("licence_types.json")],
        use_items=[UseItem(**row) for row in _read("use_items.json")],
        basis_documents=[_basis_document(row) for row in _read("basis_documents.json")],
        holders=load_holders(),
        staff=load_staff(),
        clients={name: Client(**row) for name, row in _read("clients.json").items()},
        channels=[Channel(**row) for row in _read("channels.json")],
        licences=[_licence(row, today) for row in seeds["licences"]],
        delegations=[_delegation(row, today) for row in seeds["delegations"]],
    )


def load_units() -> list[Unit]:
    """The tree of units, parents first."""
    return [Unit(**row) for row in _read("units.json")]


def load_holders() -> dict[str, Holder]:
    """The holders who sign in, by persona."""
    return {name: _holder(row) for name, row in _read("people.json")["holders"].items()}


def load_staff() -> dict[str, Staff]:
    """Who works at the units, by persona."""
    return {name: Staff(**row) for name, row in _read("people.json")["staff"].items()}


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _licence_type(row: dict[str, Any]) -> LicenceType:
    return LicenceType(
        **row
        | {
            "collected_since": date.fromisoformat(row["collected_since"]),
            "status_codes": [StatusCode(**code) for code in row["status_codes"]],
            "fields": [_face_field(face) for face in row["fields"]],
        }
    )


def _face_field(row: dict[str, Any]) -> FaceField:
    return FaceField(**row | {"codes": [CodeLabel(**code) for code in row.get("codes", [])]})


def _basis_document(row: dict[str, Any]) -> BasisDocument:
    until = row["effective_to"]
    return BasisDocument(
        **row
        | {
            "effective_from": date.fromisoformat(row["effective_from"]),
            "effective_to": date.fromisoformat(until) if until else None,
        }
    )


def _holder(row: dict[str, Any]) -> Holder:
    organisation, child = row.get("organisation"), row.get("child")
    return Holder(
        **row
        | {
            "organisation": Organisation(**organisation) if organisation else None,
            "child": Child(**child) if child else None,
        }
    )


def _licence(row: dict[str, Any], today: date) -> Licence:
    days = {key: _day(row[key], today) for key in ("issued_on", "valid_from")}
    until = row["valid_until"]
    return Licence(
        **row
        | days
        | {
            "valid_until": _day(until, today) if until else None,
            "holders": [Party(**party) for party in row["holders"]],
            "fields": {key: _value(key, value, today) for key, value in row["fields"].items()},
        }
    )


def _delegation(row: dict[str, Any], today: date) -> Delegation:
    return Delegation(**row | {key: _day(row[key], today) for key in ("granted_on", "valid_until")})


def _day(value: str | dict[str, int], today: date) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return today + timedelta(days=value["days"])


def _value(key: str, value: Any, today: date) -> FieldValue:
    """A face field's value: photos are files in `portraits/`, relative days become ISO text."""
    if key == "photo":
        return base64.b64encode((FOLDER / "portraits" / value).read_bytes()).decode("ascii")
    if isinstance(value, dict):
        return _day(value, today).isoformat()
    checked: FieldValue = value
    return checked
