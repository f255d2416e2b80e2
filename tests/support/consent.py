"""A question to the holder as tests tell it: a desk of the bank asks, the phone answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.people import Machine, Visitor
from tests.support.showing import show, verify
from wallet.base.deps import Deps
from wallet.showing.model import Claim, Verification

BANK_ACCOUNT: Final = "bank-merchant-account"
"""An item of the bank that asks; sees three fields of the food permit, four of a business licence."""
ASKED: Final = ["number", "operator_name", "business_items"]
"""What it sees of a food permit, in the order of the catalogue."""
BANK: Final = "鄂尔多斯蓝城农村商业银行（演示）"


def asked(holder: Visitor, desk: Visitor, *types: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A showing that the bank has scanned, and the pending verdict."""
    code = show(holder, *types)
    return code, verify(desk, code["text"], BANK_ACCOUNT)


def answer(holder: Visitor, code: dict[str, Any], allow: object) -> TestResponse:
    """The holder's answer."""
    return holder.post(f"/api/v1/me/codes/{code['id']}/consent", {"allow": allow})


def recall(desk: Visitor | Machine, verdict: dict[str, Any]) -> dict[str, Any]:
    """The verification, as its desk reads it again."""
    got = desk.get(f"/api/v1/verifications/{verdict['id']}")
    assert got.status_code == 200, got.text
    members: dict[str, Any] = got.get_json()
    return members


def outcome(verdict: dict[str, Any]) -> tuple[str, str]:
    """Verdict and reason; a verdict that is not accepted carries no field."""
    if verdict["verdict"] != "accepted":
        assert verdict["licences"] == [], verdict
    return verdict["verdict"], verdict["reason"]


def stored(deps: Deps, verdict: dict[str, Any]) -> tuple[str, str, str]:
    """State of the claim, verdict and reason of the verification that has it."""
    with deps.db.read() as tx:
        row = tx.execute(
            select(Claim.state, Verification.verdict, Verification.reason)
            .join(Verification, Verification.id == Claim.verification_id)
            .where(Verification.id == verdict["id"])
        ).one()
    return row.state, row.verdict, row.reason


def let_time_pass(data: Path, seconds: int) -> None:
    """Let every open question of a demo that runs have been put so many seconds earlier.

    Its clock cannot be moved from here, its rows can.
    """
    with closing(sqlite3.connect(data / "liangzheng.db", timeout=30)) as db, db:
        for table, state in (("claims", "state"), ("verifications", "verdict")):
            rows = db.execute(f"SELECT rowid, at FROM {table} WHERE {state} = 'pending'")
            for row, at in rows.fetchall():
                earlier = datetime.fromisoformat(at) - timedelta(seconds=seconds)
                text = earlier.strftime("%Y-%m-%d %H:%M:%S.%f")
                db.execute(f"UPDATE {table} SET at = ? WHERE rowid = ?", (text, row))
