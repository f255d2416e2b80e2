"""While an account is frozen all its showings are void; afterwards it shows again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from tests.support.clock import Clock
from tests.support.people import Visitor
from tests.support.showing import (
    FOOD,
    SENIOR,
    created,
    identifier_of,
    next_code,
    open_code,
    refusal,
    show,
    verify,
)
from wallet.base.deps import Deps
from wallet.holders.model import Account


def freeze(deps: Deps, login: str, at: datetime | None) -> None:
    with deps.db.begin() as tx:
        changed = tx.execute(update(Account).where(Account.login == login).values(frozen_at=at))
        assert changed.rowcount == 1


def test_a_frozen_account_opens_and_refreshes_nothing(
    li: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    freeze(deps, "holder-li", clock.now)
    assert refusal(open_code(li, identifier_of(li, FOOD))) == (409, "frozen")
    assert refusal(next_code(li, code)) == (409, "frozen")
    freeze(deps, "holder-li", None)
    created(open_code(li, identifier_of(li, FOOD)))
    created(next_code(li, code))


def test_codes_drawn_before_the_freeze_are_void_and_good_again_after_it(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    freeze(deps, "holder-li", clock.now)
    verdict = verify(zhao, code["text"])
    assert (verdict["reason"], verdict["licences"]) == ("withdrawn", [])
    freeze(deps, "holder-li", None)
    assert verify(zhao, code["text"])["verdict"] == "accepted"


def test_a_frozen_delegate_shows_nothing_and_the_grantor_still_does(
    granddaughter: Visitor, elder: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(granddaughter, SENIOR, role="delegate")
    freeze(deps, "delegate-li", clock.now)
    assert refusal(next_code(granddaughter, code)) == (409, "frozen")
    assert verify(zhao, code["text"], "senior-allowance")["reason"] == "withdrawn"
    assert verify(zhao, show(elder, SENIOR)["text"], "senior-allowance")["reason"] == "ok"


def test_a_frozen_grantor_takes_the_delegates_showings_along(
    granddaughter: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    identifier = identifier_of(granddaughter, SENIOR, "delegate")
    code = show(granddaughter, SENIOR, role="delegate")
    freeze(deps, "holder-elder", clock.now)
    assert refusal(next_code(granddaughter, code)) == (409, "frozen")
    assert refusal(open_code(granddaughter, identifier)) == (409, "frozen")
    assert verify(zhao, code["text"], "senior-allowance")["reason"] == "withdrawn"
    freeze(deps, "holder-elder", None)
    created(next_code(granddaughter, code))
    assert verify(zhao, code["text"], "senior-allowance")["verdict"] == "accepted"


def test_another_accounts_freeze_touches_nobody_else(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    freeze(deps, "holder-company", clock.now)
    assert verify(zhao, show(li)["text"])["verdict"] == "accepted"
