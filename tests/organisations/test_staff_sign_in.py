"""Staff are found by their login, and neither a stranger nor who was disabled is let in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from tests.support.clock import Clock
from wallet.base.deps import Deps
from wallet.organisations.model import Staff
from wallet.organisations.sign_in import find_staff
from wallet.web.oidc.exchange import Answer
from wallet.web.oidc.finish import Found, Refusal


def found(deps: Deps, claims: dict[str, Any], login_claim: str = "sub") -> Found | Refusal:
    """Whom these claims mean."""
    with deps.db.begin() as tx:
        return find_staff(tx, Answer(claims, "", None), login_claim=login_claim)


def test_a_login_is_found_in_the_claim_that_is_set(deps: Deps) -> None:
    row = deps.db.row(select(Staff.id).where(Staff.login == "desk-zhao"))
    assert row is not None
    assert found(deps, {"sub": "desk-zhao"}) == Found(row.id)
    claims = {"sub": "other", "employee": {"number": "desk-zhao"}}
    assert found(deps, claims, "employee.number") == Found(row.id)


@pytest.mark.parametrize(
    "login",
    ["", "nobody", "desk-zhao ", "DESK-ZHAO", "desk-zhao\x00", "%", 7, None, ["desk-zhao"], True],
)
def test_a_login_that_nobody_has_is_unknown(deps: Deps, login: Any) -> None:
    assert found(deps, {"sub": login}) == "staff_unknown"


def test_a_disabled_member_of_staff_is_refused(deps: Deps, clock: Clock) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(Staff).where(Staff.login == "desk-zhao").values(disabled_at=clock.now))
    assert found(deps, {"sub": "desk-zhao"}) == "staff_disabled"
