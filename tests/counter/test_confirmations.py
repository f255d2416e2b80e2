"""The second staff member: of the same unit, never the same person, once, and for exactly what was shown."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from tests.licences.delegations.test_at_once import at_once
from tests.support.acts import CONFIRMATIONS, confirm, decline, prepared, state_of, waiting
from tests.support.applications import day_in
from tests.support.clock import Clock
from tests.support.counter import ALLOWANCE, ASSISTANCES, begun, licence_in, person
from tests.support.delegations import listed, person_of
from tests.support.library import licence_id
from tests.support.people import Visitor, sign_in
from tests.support.showing import refusal
from tests.support.staff import staff_of
from tests.support.units import HALL, add_member, told
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.counter.acts.confirm import confirm_act
from wallet.counter.acts.lapse import lapse_acts
from wallet.counter.acts.model import CONTENT, AssistedAct
from wallet.counter.acts.prepare import prepare_delegation
from wallet.counter.assist import end_assistance
from wallet.licences.delegations.offer import NewDelegation
from wallet.licences.model import Licence
from wallet.numbers import DECLINE_REASON_MAX
from wallet.organisations.model import Staff, Unit


def test_a_colleague_reads_who_asks_for_whom_on_what_evidence_and_what_will_be_done(
    app: Flask, wang: Visitor, liu: Visitor
) -> None:
    act = prepared(wang, begun(app, wang))
    [one] = waiting(liu)
    assert one == liu.get(f"{CONFIRMATIONS}/{act['id']}").get_json()
    assert (one["asked_by"], one["terminal"]) == ("王芳", "帮办代办 1 号台")
    assert (one["holder"], one["evidence"], one["matter"]) == ("王*", "card_seen", "申领高龄津贴")
    assert one["content"] == act["content"]
    assert person(app)["code"] not in str(one)
    assert "王秀英" not in str(one)


def test_nobody_confirms_the_own_act_or_one_of_another_unit(
    app: Flask, wang: Visitor, liu: Visitor
) -> None:
    act = prepared(wang, begun(app, wang))["id"]
    seen = liu.get(f"{CONFIRMATIONS}/{act}").get_json()["seen"]
    add_member(app, "counter-elsewhere", HALL, ["counter"])
    for other in (wang, sign_in(app, "counter-elsewhere")):
        assert waiting(other) == []
        assert refusal(other.get(f"{CONFIRMATIONS}/{act}")) == (404, "act_unknown")
        assert refusal(confirm(other, act, seen=seen)) == (404, "act_unknown")
    assert told(app, "act.confirmed") == []


def test_it_ends_with_its_session_whoever_ends_it(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)["id"]
    wang.delete(f"{ASSISTANCES}/{session['id']}")
    assert waiting(liu) == []
    assert refusal(confirm(liu, act)) == (409, "assistance_ended")
    again = prepared(wang, begun(app, wang))["id"]
    clock.advance(numbers.ASSISTANCE_LIFE - 1)
    assert [one["id"] for one in waiting(liu)] == [again]
    clock.advance(1)
    assert waiting(liu) == []
    liu = sign_in(app, "counter-liu")  # who has not just proved who they are may not confirm
    assert refusal(confirm(liu, again)) == (409, "assistance_ended")
    assert told(app, "act.confirmed") == []


def test_only_what_was_shown_is_confirmed(app: Flask, wang: Visitor, liu: Visitor) -> None:
    session = begun(app, wang)
    one, other = prepared(wang, session), prepared(wang, session, ends_on=day_in(3))
    seen = liu.get(f"{CONFIRMATIONS}/{one['id']}").get_json()["seen"]
    assert refusal(confirm(liu, other["id"], seen=seen)) == (409, "act_changed")
    assert state_of(wang, session, other["id"])["state"] == "waiting"


def test_who_declines_says_why_and_the_colleague_reads_it(
    app: Flask, wang: Visitor, liu: Visitor
) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)["id"]
    for reason in ("", " ", "一" * (DECLINE_REASON_MAX + 1), "否\u202e"):
        assert confirm(liu, act, answer="decline", reason=reason).status_code == 422
    assert decline(liu, act, "一" * DECLINE_REASON_MAX).get_json()["state"] == "declined"
    assert decline(liu, act).status_code == 200  # once more
    assert state_of(wang, session, act)["reason"] == "一" * DECLINE_REASON_MAX
    assert refusal(confirm(liu, act)) == (409, "act_settled")
    assert len(told(app, "act.declined")) == 1


def test_everything_is_looked_at_again_when_it_is_confirmed(
    app: Flask, deps: Deps, wang: Visitor, liu: Visitor, elder: Visitor
) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)["id"]
    with deps.db.begin() as tx:
        revoked = update(Licence).where(Licence.id == licence_id(deps, licence_in(session)))
        tx.execute(revoked.values(status="revoked"))
    assert refusal(confirm(liu, act)) == (409, "licence_revoked")
    assert state_of(wang, session, act)["state"] == "waiting"
    assert [one["state"] for one in listed(elder)] == ["active"]


def test_whoever_confirms_has_proved_a_moment_ago_who_they_are(
    app: Flask, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    act = prepared(wang, begun(app, wang))["id"]
    clock.advance(numbers.STEP_UP_FRESH)
    assert refusal(confirm(liu, act)) == (403, "step_up_required")


def test_two_confirmations_at_once_do_it_once(
    app: Flask, deps: Deps, wang: Visitor, liu: Visitor, elder: Visitor, clock: Clock
) -> None:
    before = len(listed(elder))
    act = prepared(wang, begun(app, wang))["id"]
    seen = liu.get(f"{CONFIRMATIONS}/{act}").get_json()["seen"]
    add_member(app, "counter-third", unit_code(deps), ["counter"])
    colleagues = [staff_of(deps, "counter-liu"), staff_of(deps, "counter-third")]
    calls = [partial(confirm_act, deps, one, act, seen, clock.now) for one in colleagues * 2]
    refused = at_once(*calls)
    assert sorted(refused) == ["", "", "act_settled", "act_settled"]
    assert len(listed(elder)) == before + 1
    assert len(told(app, "act.confirmed")) == 1


def test_the_same_prepared_twice_at_once_is_one_act(
    app: Flask, deps: Deps, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    last = local_day(clock.now) + timedelta(days=9)
    li = person_of("holder-li")
    new = NewDelegation(
        **li, licences=[licence_in(session)], items=None, starts_on=None, ends_on=last
    )
    asking = staff_of(deps, "counter-wang")
    calls = [partial(prepare_delegation, deps, asking, session["id"], new, clock.now)] * 4
    assert at_once(*calls) == [""] * 4
    assert len(waiting(liu)) == 1


def test_the_code_of_a_delegate_is_kept_no_longer_than_the_act_waits(
    app: Flask, deps: Deps, wang: Visitor, liu: Visitor, clock: Clock
) -> None:
    session, code = begun(app, wang), person_of("holder-li")["code"]
    for settle, items in ((decline, None), (confirm, [ALLOWANCE])):
        act = prepared(wang, session, items=items)["id"]
        assert code in str(liu.get(f"{CONFIRMATIONS}/{act}").get_json())
        settle(liu, act)
        assert code not in str(liu.get(f"{CONFIRMATIONS}/{act}").get_json())
        assert code not in str(state_of(wang, session, act))
    for row in deps.db.rows(select(AssistedAct.content_sealed)):
        assert code not in deps.vault.open(row.content_sealed, CONTENT)


def test_a_colleague_reads_what_was_asked_for_a_day_more(
    app: Flask, wang: Visitor, clock: Clock
) -> None:
    act = prepared(wang, begun(app, wang))["id"]
    over = clock.now + timedelta(seconds=numbers.ASSISTANCE_LIFE)
    for seconds, status in ((-1, 200), (0, 404)):
        clock.now = over + timedelta(seconds=numbers.CONFIRMATION_READ + seconds)
        liu = sign_in(app, "counter-liu")
        assert liu.get(f"{CONFIRMATIONS}/{act}").status_code == status


def test_a_confirmation_and_the_end_of_the_session_at_once_leave_one_of_both(
    app: Flask, deps: Deps, wang: Visitor, liu: Visitor, elder: Visitor, clock: Clock
) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)["id"]
    seen = liu.get(f"{CONFIRMATIONS}/{act}").get_json()["seen"]
    later = clock.now + timedelta(seconds=1)
    confirmed, ended = at_once(
        partial(confirm_act, deps, staff_of(deps, "counter-liu"), act, seen, later),
        partial(end_assistance, deps, staff_of(deps, "counter-wang"), session["id"], later),
    )
    assert ended == ""
    assert confirmed in ("", "assistance_ended")
    assert len(listed(elder)) == 1 + (confirmed == "")


def unit_code(deps: Deps) -> str:
    found: Any = deps.db.row(
        select(Unit.code).join(Staff, Staff.unit_id == Unit.id).where(Staff.login == "counter-wang")
    )
    return str(found.code)


def test_what_nobody_confirmed_keeps_no_code_once_its_session_is_over(
    app: Flask, wang: Visitor, liu: Visitor, deps: Deps, clock: Clock
) -> None:
    session = begun(app, wang)
    act = prepared(wang, session)
    code = act["content"]["delegation"]["code"]
    clock.advance(numbers.ASSISTANCE_LIFE - 1)
    assert lapse_acts(deps, clock.now, 10) == 0
    clock.advance(1)
    assert lapse_acts(deps, clock.now, 10) == 1
    assert lapse_acts(deps, clock.now, 10) == 0
    [row] = deps.db.rows(select(AssistedAct))
    assert code not in deps.vault.open(row.content_sealed, CONTENT)
    assert (row.outcome, row.decided_at) == ("ended", None)
    liu = sign_in(app, "counter-liu")
    assert refusal(confirm(liu, act["id"])) == (409, "assistance_ended")
