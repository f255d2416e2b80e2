"""The main job as tests tell it: a holder shows, a desk verifies, and what the library keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import event, func, select, update
from werkzeug.test import TestResponse

from tests.support.people import Machine, Visitor
from tests.support.shared import deps_of
from verify.jws import decode_bytes
from wallet.base.audit import AuditEvent
from wallet.base.clock import SHANGHAI
from wallet.base.deps import Deps
from wallet.licences.model import IDENTIFIER, Licence
from wallet.migrations.metadata import METADATA

FOOD: Final = "food-operation-permit"
DRIVING: Final = "driving-licence"
OPERATOR: Final = "special-equipment-operator"
SUSPENDED: Final = "special-equipment-registration"
EXPIRED: Final = "public-place-hygiene-permit"
MARRIAGE: Final = "marriage-certificate"
SENIOR: Final = "senior-card"

RENEWAL: Final = "food-permit-renewal"
"""Item of desk-zhao's hall; sees four fields of the food permit, asks for no consent."""
OPEN_A_SHOP: Final = "open-a-shop"
"""Another item of that hall, which sees the food permit too."""
IDENTITY: Final = "identity-at-counter"
"""An item of that hall that sees photo, name and gender of several types."""


def identifier_of(holder: Visitor, type_code: str, role: str = "own") -> str:
    """The identifier of a holder's licence of that type."""
    items = holder.get("/api/v1/me/licences").get_json()["items"]
    found: str = next(
        row["identifier"]
        for row in items
        if (row["type"]["code"], row["role"]) == (type_code, role)
    )
    return found


def show(holder: Visitor, *type_codes: str, role: str = "own") -> dict[str, Any]:
    """Open a showing of the holder's licences of these types (the food permit); gives the code."""
    identifiers = [identifier_of(holder, code, role) for code in type_codes or (FOOD,)]
    return created(open_code(holder, *identifiers))


def open_code(holder: Visitor, *identifiers: str) -> TestResponse:
    """Ask for a showing of these licences."""
    return holder.post("/api/v1/me/codes", {"licences": list(identifiers)})


def next_code(holder: Visitor, showing: dict[str, Any]) -> TestResponse:
    """Ask for the next code of a showing."""
    return holder.post(f"/api/v1/me/codes/{showing['id']}/next")


def withdraw(holder: Visitor, showing: dict[str, Any]) -> TestResponse:
    """Withdraw a showing."""
    return holder.delete(f"/api/v1/me/codes/{showing['id']}")


def state(holder: Visitor, showing: dict[str, Any]) -> dict[str, Any]:
    """What the phone is told of a showing."""
    answer = holder.get(f"/api/v1/me/codes/{showing['id']}")
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def ask(desk: Visitor | Machine, text: str, item: str = RENEWAL, **more: Any) -> TestResponse:
    """Send a code to verification."""
    return desk.post("/api/v1/verifications", {"code": text, "item": item, **more})


def verify(desk: Visitor | Machine, text: str, item: str = RENEWAL, **more: Any) -> dict[str, Any]:
    """Send a code to verification; gives the verdict, which there must be."""
    answer = ask(desk, text, item, **more)
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def created(answer: TestResponse) -> dict[str, Any]:
    """The members of a 201."""
    assert answer.status_code == 201, answer.text
    members: dict[str, Any] = answer.get_json()
    return members


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Status and slug of a problem."""
    assert answer.mimetype == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["slug"]


def fields_of(verdict: dict[str, Any]) -> list[list[str]]:
    """The keys of the fields of a verdict, licence by licence."""
    return [[field["key"] for field in row["fields"]] for row in verdict["licences"]]


def set_licence(deps: Deps, identifier: str, **values: Any) -> None:
    """Change a licence's row, as an issuer's change would."""
    where = Licence.identifier_index == deps.vault.index(identifier, IDENTIFIER)
    with deps.db.begin() as tx:
        assert tx.execute(update(Licence).where(where).values(**values)).rowcount == 1


def row_counts(deps: Deps) -> dict[str, int]:
    """How many rows each table has."""
    with deps.db.read() as tx:
        return {
            name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
        }


def events(deps: Deps, prefix: str = "verification.") -> list[tuple[str, dict[str, Any]]]:
    """Audit events by name and fields, oldest first."""
    with deps.db.read() as tx:
        rows = tx.execute(select(AuditEvent.name, AuditEvent.fields).order_by(AuditEvent.id))
        return [(row.name, row.fields) for row in rows if row.name.startswith(prefix)]


@contextmanager
def new_events(deps: Deps) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The verification events that the block adds; filled when it ends."""
    before = len(events(deps))
    added: list[tuple[str, dict[str, Any]]] = []
    yield added
    added += events(deps)[before:]


@contextmanager
def counted_statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that the app's database runs in the block, without BEGIN and the like."""
    db = deps_of(app).db
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT")):
            statements.append(" ".join(statement.split()))

    engines = {db.engine, db.single}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", count)


def instant(text: str) -> datetime:
    """A time of an answer."""
    return datetime.fromisoformat(text)


def midnight_after(now: datetime) -> datetime:
    """The start of the next local day."""
    local = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return local + timedelta(days=1)


def claims_of(text: str) -> dict[str, Any]:
    """The claims of a code, unchecked."""
    payload = text.partition("#")[2].split(".")[1]
    claims: dict[str, Any] = json.loads(decode_bytes(payload))
    return claims
