"""A history is found by indexes, however many uses there are of others."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import Connection, insert, select, text

from tests.licences.delegations.test_plans import plan
from tests.support.clock import Clock
from tests.support.delegations import principal_of
from tests.support.people import Visitor
from tests.support.showing import SENIOR, show, verify
from wallet.base.database import Base
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType
from wallet.holders.model import Holder
from wallet.licences.model import Licence, LicenceHolder
from wallet.showing.filters import WantedUses, wanted_uses
from wallet.showing.model import Use, Verification
from wallet.showing.uses import uses

_OTHERS = 2_000
_USES_OF_EACH = 10


@pytest.fixture
def many(deps: Deps, li: Visitor, zhao: Visitor, clock: Clock) -> Deps:
    """A library in which many others hold licences, and have shown them."""
    verify(zhao, show(li)["text"])
    with deps.db.begin() as tx:
        holders = _copies(tx, Holder, _OTHERS, code_index=16)
        licences = _copies(tx, Licence, _OTHERS, identifier_index=16, number_index=16)
        sealed = {"position": 0, "name_sealed": b"x", "name_index": b"x"}
        held = [
            {"licence_id": licence, "holder_id": holder, **sealed}
            for licence, holder in zip(licences, holders, strict=True)
        ]
        tx.execute(insert(LicenceHolder), held)
        judged = dict(tx.execute(select(Verification)).mappings().first() or {})
        rows = [
            judged | {"id": secrets.token_urlsafe(16), "jti": secrets.token_urlsafe(12)}
            for _ in range(_OTHERS * _USES_OF_EACH)
        ]
        tx.execute(insert(Verification), rows)
        uses_of_others = [
            {"verification_id": row["id"], "licence_id": licences[number % _OTHERS], "fields": []}
            for number, row in enumerate(rows)
        ]
        tx.execute(insert(Use), uses_of_others)
    with deps.db.begin() as tx:
        tx.execute(text("ANALYZE"))
    return deps


def _copies(tx: Connection, table: type[Base], count: int, **unique: int) -> list[int]:
    """So many rows like the first, each unlike the others where it must be; gives their ids."""
    columns = table.__table__.columns
    first = dict(tx.execute(select(table).limit(1)).mappings().one())
    del first["id"]
    rows = [
        first | {name: secrets.token_bytes(size) for name, size in unique.items()}
        for _ in range(count)
    ]
    tx.execute(insert(table), rows)
    latest = select(columns.id).order_by(columns.id.desc()).limit(count)
    return list(tx.execute(latest).scalars())


def test_who_was_let_show_by_others_reads_what_is_theirs_and_no_more(
    many: Deps, granddaughter: Visitor, zhao: Visitor, clock: Clock
) -> None:
    shown = show(granddaughter, SENIOR, role="delegate")
    verify(zhao, shown["text"], "senior-allowance")
    principal = principal_of(many, "delegate-li")
    with many.db.read() as tx:
        which = wanted_uses(tx, many, principal, clock.now, WantedUses())
    query = (
        select(Use)
        .join(Verification, Verification.id == Use.verification_id)
        .join(Licence, Licence.id == Use.licence_id)
        .join(LicenceType, LicenceType.id == Licence.type_id)
        .where(which)
    )
    asked = plan(many, query)
    for table in ("uses", "verifications"):
        assert f"Seq Scan on {table}" not in asked, asked
        assert f"SCAN {table}" not in asked, asked
    page = uses(many, principal, clock.now, 50, None)
    assert [(use.role, use.item) for use in page.items] == [("delegate", "senior-allowance")]
