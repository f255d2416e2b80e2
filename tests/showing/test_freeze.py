"""A freeze voids all showings of an account for good; after it the account shows anew."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.clock import Clock
from tests.support.consent import answer, asked, outcome, recall, stored
from tests.support.people import Visitor, sign_in
from tests.support.showing import (
    FOOD,
    SENIOR,
    created,
    events,
    identifier_of,
    next_code,
    open_code,
    refusal,
    show,
    state,
    verify,
    withdraw,
)
from wallet import numbers
from wallet.base.clock import rfc3339
from wallet.base.deps import Deps
from wallet.holders.model import Account

API = "/api/v1/me"


def freeze(deps: Deps, login: str, at: datetime | None) -> None:
    values = {"frozen_at": at} if at is None else {"frozen_at": at, "void_before": at}
    with deps.db.begin() as tx:
        changed = tx.execute(update(Account).where(Account.login == login).values(values))
        assert changed.rowcount == 1


def test_a_frozen_account_opens_and_refreshes_nothing(
    li: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    clock.advance(1)
    freeze(deps, "holder-li", clock.now)
    assert refusal(open_code(li, identifier_of(li, FOOD))) == (409, "frozen")
    assert refusal(next_code(li, code)) == (409, "withdrawn")
    freeze(deps, "holder-li", None)
    created(next_code(li, created(open_code(li, identifier_of(li, FOOD)))))
    assert refusal(next_code(li, code)) == (409, "withdrawn")
    assert state(li, code)["state"] == "withdrawn"


@pytest.mark.parametrize("before", [True, False])
def test_codes_drawn_before_the_freeze_stay_void_and_those_after_it_are_good(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock, *, before: bool
) -> None:
    code = show(li)
    clock.advance(1)
    freeze(deps, "holder-li", clock.now)
    verdict = verify(zhao, code["text"])
    assert (verdict["reason"], verdict["licences"]) == ("withdrawn", [])
    freeze(deps, "holder-li", None)
    again = code if before else show(li)
    assert verify(zhao, again["text"])["reason"] == ("withdrawn" if before else "ok")


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
    clock.advance(1)
    freeze(deps, "holder-elder", clock.now)
    assert refusal(next_code(granddaughter, code)) == (409, "withdrawn")
    assert refusal(open_code(granddaughter, identifier)) == (409, "grantor_frozen")
    assert verify(zhao, code["text"], "senior-allowance")["reason"] == "withdrawn"
    freeze(deps, "holder-elder", None)
    assert refusal(next_code(granddaughter, code)) == (409, "withdrawn")
    assert verify(zhao, code["text"], "senior-allowance")["reason"] == "withdrawn"
    again = show(granddaughter, SENIOR, role="delegate")
    assert verify(zhao, again["text"], "senior-allowance")["verdict"] == "accepted"


def test_another_accounts_freeze_touches_nobody_else(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    freeze(deps, "holder-company", clock.now)
    assert verify(zhao, show(li)["text"])["verdict"] == "accepted"


def frozen_at(holder: Visitor) -> str | None:
    told: str | None = holder.get(f"{API}/freeze").get_json()["frozen_at"]
    return told


def test_a_holder_freezes_and_unfreezes_and_twice_is_once(
    li: Visitor, zhao: Visitor, deps: Deps, clock: Clock
) -> None:
    code = show(li)
    clock.advance(1)
    assert frozen_at(li) is None
    first = rfc3339(clock.now)
    for _ in range(2):
        assert li.post(f"{API}/freeze").status_code == 204
        clock.advance(5)
        assert frozen_at(li) == first
    assert verify(zhao, code["text"])["reason"] == "withdrawn"
    told = state(li, code)
    assert (told["state"], told["reason"]) == ("withdrawn", "frozen")
    for _ in range(2):
        assert li.post(f"{API}/unfreeze").status_code == 204
        assert frozen_at(li) is None
    told = state(li, code)
    assert (told["state"], told["reason"]) == ("withdrawn", None)
    assert verify(zhao, code["text"])["reason"] == "withdrawn"
    assert verify(zhao, show(li)["text"])["verdict"] == "accepted"
    names = [name for name, _ in events(deps, "account.")]
    assert names == ["account.frozen", "account.unfrozen"]


def test_another_session_of_the_account_freezes_what_the_lost_phone_shows(
    app: Flask, li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    code = show(li)
    assert sign_in(app, "holder-li").post(f"{API}/freeze").status_code == 204
    assert verify(zhao, code["text"])["reason"] == "withdrawn"
    assert refusal(open_code(li, identifier_of(li, FOOD))) == (409, "frozen")


def test_who_shows_again_signs_the_lost_phone_out(app: Flask, li: Visitor) -> None:
    new_phone = sign_in(app, "holder-li")
    assert new_phone.post(f"{API}/freeze").status_code == 204
    assert li.get(f"{API}/freeze").status_code == 200
    assert new_phone.post(f"{API}/unfreeze").status_code == 204
    assert refusal(li.get(f"{API}/freeze")) == (401, "not_signed_in")
    assert new_phone.get(f"{API}/freeze").status_code == 200


def test_freezing_asks_for_nothing_more_and_unfreezing_for_a_step_up(
    li: Visitor, clock: Clock
) -> None:
    clock.advance(numbers.STEP_UP_FRESH)
    assert li.post(f"{API}/freeze").status_code == 204
    assert refusal(li.post(f"{API}/unfreeze")) == (403, "step_up_required")
    assert frozen_at(li) is not None


def test_a_withdrawn_and_a_used_showing_stay_what_they_were(
    li: Visitor, zhao: Visitor, clock: Clock
) -> None:
    withdrawn, used = show(li), show(li)
    withdraw(li, withdrawn)
    verify(zhao, used["text"])
    li.post(f"{API}/freeze")
    told = state(li, withdrawn)
    assert (told["state"], told["reason"]) == ("withdrawn", None)
    assert state(li, used)["state"] == "used"


@pytest.mark.parametrize("late", [False, True])
def test_a_freeze_takes_back_what_a_desk_is_asking_for(
    li: Visitor, bank: Visitor, deps: Deps, clock: Clock, late: bool
) -> None:
    code, verdict = asked(li, bank)
    other, settled = asked(li, bank)
    answer(li, other, True)
    clock.advance(90 if late else 89)
    li.post(f"{API}/freeze")
    reason = "consent_expired" if late else "withdrawn"
    claim = "expired" if late else "withdrawn"
    assert stored(deps, verdict) == (claim, "refused", reason)
    assert outcome(recall(bank, verdict)) == ("refused", reason)
    assert refusal(answer(li, code, True)) == (409, reason)
    li.post(f"{API}/unfreeze")
    assert outcome(recall(bank, verdict)) == ("refused", reason)
    assert outcome(recall(bank, settled)) == ("accepted", "ok")


@pytest.mark.parametrize("who", ["holder-elder", "delegate-li"])
def test_grantor_and_delegate_each_take_back_what_the_delegate_is_asked(
    app: Flask, granddaughter: Visitor, bank: Visitor, li: Visitor, deps: Deps, who: str
) -> None:
    code = show(granddaughter, SENIOR, role="delegate")
    verdict = verify(bank, code["text"], "bank-senior-service")
    mine, of_li = asked(li, bank)
    assert sign_in(app, who).post(f"{API}/freeze").status_code == 204
    assert stored(deps, verdict) == ("withdrawn", "refused", "withdrawn")
    assert outcome(recall(bank, of_li)) == ("pending", "consent_pending")
    assert answer(li, mine, True).status_code == 204
