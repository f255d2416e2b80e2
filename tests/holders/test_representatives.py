"""Who acts for a child or an organisation is entered from a document, within what the law allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.people import sign_in
from tests.support.representatives import (
    FATHER,
    child,
    company,
    end,
    enter,
    new,
    person_born,
    persona,
    renamed,
)
from tests.support.showing import events
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.deps import Deps
from wallet.errors import Conflict, DomainError, Invalid, NotFound
from wallet.holders.age import birthday
from wallet.holders.model import REFERENCE, Representative
from wallet.holders.representatives.enter import Named, NewRepresentative
from wallet.queue.fan_out import fan_out


def slug_of(act: Callable[[], object], kind: type[DomainError] = Invalid) -> str:
    with pytest.raises(kind) as refused:
        act()
    return refused.value.slug


def born_years_ago(clock: Clock, years: int, days: int = 0) -> Named:
    """Somebody who is so many years old today, or will be in so many days."""
    today = local_day(clock.now)
    return person_born(today.replace(year=today.year - years) + timedelta(days=days))


def last_days(deps: Deps) -> list[date | None]:
    return [
        row.ends_on
        for row in deps.db.rows(
            select(Representative.ends_on).where(Representative.basis.is_not(None))
        )
    ]


def test_a_guardian_acts_until_the_eve_of_the_18th_birthday_and_the_document_is_kept_sealed(
    deps: Deps, clock: Clock
) -> None:
    assert enter(deps, clock, new(persona("delegate-li"), child()))
    rows = deps.db.rows(select(Representative).where(Representative.reference_sealed.is_not(None)))
    assert {row.ends_on for row in rows} == {date(2035, 5, 17)}
    assert "演示-0001" in {deps.vault.open(row.reference_sealed, REFERENCE) for row in rows}
    name, fields = events(deps, "representative.")[-1]
    assert (name, fields["role"]) == ("representative.entered", "guardian")
    assert "张禾" not in str(fields)


def test_entered_twice_it_is_there_once(deps: Deps, clock: Clock) -> None:
    assert enter(deps, clock, new(persona("delegate-li"), child()))
    assert not enter(deps, clock, new(persona("delegate-li"), child()))
    assert enter(deps, clock, new(persona("delegate-li"), child(), local_day(clock.now)))


def test_an_earlier_last_day_counts_and_a_later_one_does_not(deps: Deps, clock: Clock) -> None:
    soon = local_day(clock.now) + timedelta(days=30)
    enter(deps, clock, new(persona("delegate-li"), child(), soon))
    enter(deps, clock, new(persona("holder-li"), child(), date(2099, 1, 1)))
    assert {soon, date(2035, 5, 17)} <= set(last_days(deps))


def test_who_is_18_has_no_guardian_and_who_is_18_tomorrow_has(deps: Deps, clock: Clock) -> None:
    tomorrow = born_years_ago(clock, 18, days=1)
    assert enter(deps, clock, new(persona("delegate-li"), tomorrow))
    grown = born_years_ago(clock, 18)
    refused = slug_of(lambda: enter(deps, clock, new(persona("delegate-li"), grown)))
    assert refused == "representative"


def test_who_is_18_today_is_a_guardian_and_who_is_18_tomorrow_is_not(
    deps: Deps, clock: Clock
) -> None:
    assert enter(deps, clock, new(born_years_ago(clock, 18), child()))
    refused = slug_of(lambda: enter(deps, clock, new(born_years_ago(clock, 18, 1), child())))
    assert refused == "representative"


def test_a_child_whose_number_tells_no_birthday_needs_a_last_day(deps: Deps, clock: Clock) -> None:
    abroad = Named("414", "E12345678", "安娜")
    guardian = persona("delegate-li")
    assert slug_of(lambda: enter(deps, clock, new(guardian, abroad))) == "representative"
    today = local_day(clock.now)
    assert enter(deps, clock, new(guardian, abroad, today))
    yesterday = today - timedelta(days=1)
    assert slug_of(lambda: enter(deps, clock, new(guardian, abroad, yesterday))) == "representative"


def test_nobody_is_their_own_guardian(deps: Deps, clock: Clock) -> None:
    own = Named("414", "E12345678", "安娜")
    entered = new(own, own, local_day(clock.now))
    assert slug_of(lambda: enter(deps, clock, entered)) == "representative"


def test_a_name_that_the_library_knows_otherwise_enters_nobody(deps: Deps, clock: Clock) -> None:
    wrong = new(renamed(persona("delegate-li"), "李那"), child())
    assert slug_of(lambda: enter(deps, clock, wrong), Conflict) == "holder_name"
    wrong = new(persona("delegate-li"), renamed(child(), "张和"))
    assert slug_of(lambda: enter(deps, clock, wrong), Conflict) == "holder_name"


@pytest.mark.parametrize("name", ["=1+1", "李\n娜", "李" * 1001, "\u202e娜李"])
def test_a_name_that_is_none_is_refused_of_whom_nobody_knows_too(
    deps: Deps, clock: Clock, name: str
) -> None:
    unknown = person_born(date(1990, 1, 2), name)
    assert slug_of(lambda: enter(deps, clock, new(unknown, child()))) == "representative"


def test_without_a_document_nobody_is_entered(deps: Deps, clock: Clock) -> None:
    for basis, reference in (("", "演示-1"), ("户口簿", "")):
        entered = NewRepresentative(persona("delegate-li"), child(), basis, reference, None)
        assert slug_of(lambda given=entered: enter(deps, clock, given)) == "representative"  # type: ignore[misc]


def test_a_child_has_so_many_guardians_and_not_one_more(deps: Deps, clock: Clock) -> None:
    born = birthday(date(1960, 1, 1), 0)
    for number in range(numbers.GUARDIANS_MAX - 1):
        assert enter(deps, clock, new(person_born(born + timedelta(days=number)), child()))
    one_more = new(person_born(date(1970, 1, 1)), child())
    assert slug_of(lambda: enter(deps, clock, one_more), Conflict) == "too_many_guardians"
    end(deps, clock, persona(FATHER), child())
    assert enter(deps, clock, one_more)


def test_an_organisation_with_an_administrator_gets_no_other_unless_they_are_replaced(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    entered = new(persona("holder-li"), company())
    assert slug_of(lambda: enter(deps, clock, entered), Conflict) == "administrator_exists"
    assert enter(deps, clock, entered, replace_all=True)
    listed = sign_in(app, "holder-li").get("/api/v1/me/administrators").get_json()["items"]
    assert [(row["name"], row["state"]) for row in listed] == [("李明", "active")]
    assert sign_in(app, FATHER).get("/api/v1/me/administrators").get_json()["items"] == []
    assert [name for name, _ in events(deps, "representative.")[-2:]] == [
        "representative.entered",
        "representative.ended",
    ]


def test_who_stays_is_entered_with_replace_and_the_others_go(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    enter(deps, clock, new(persona("delegate-li"), child()))
    assert not enter(deps, clock, new(persona("delegate-li"), child()), replace_all=True)
    held = sign_in(app, FATHER).get("/api/v1/me/licences").get_json()["items"]
    assert "张禾" not in {row["holder"] for row in held}


def test_what_replaced_administrators_had_asked_of_others_is_closed(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    asked = persona("delegate-li")
    body = {"organisation": company().code, **vars(asked)}
    assert sign_in(app, FATHER).post("/api/v1/me/administrators", body).status_code == 201
    enter(deps, clock, new(persona("holder-li"), company()), replace_all=True)
    assert sign_in(app, "delegate-li").get("/api/v1/me/administrators").get_json()["items"] == []
    name, fields = events(deps, "administrator.")[-1]
    assert (name, fields["by"], fields["account"]) == ("administrator.ended", "operator", None)
    while fan_out(deps, clock.now):
        pass
    told = sign_in(app, "delegate-li").get("/api/v1/me/inbox").get_json()["items"]
    assert told[0]["act"] == "acting_withdrawn"


def test_what_those_who_stay_had_asked_of_others_goes_on(
    app: Flask, deps: Deps, clock: Clock
) -> None:
    body = {"organisation": company().code, **vars(persona("delegate-li"))}
    assert sign_in(app, FATHER).post("/api/v1/me/administrators", body).status_code == 201
    assert not enter(deps, clock, new(persona(FATHER), company()), replace_all=True)
    (asked,) = sign_in(app, "delegate-li").get("/api/v1/me/administrators").get_json()["items"]
    assert asked["state"] == "offered"


def test_a_guardian_is_no_administrator_of_the_child(app: Flask) -> None:
    father = sign_in(app, FATHER)
    listed = father.get("/api/v1/me/administrators").get_json()["items"]
    assert {row["organisation"]["code"] for row in listed} == {company().code}
    body = {"organisation": child().code, **vars(persona("holder-li"))}
    assert father.post("/api/v1/me/administrators", body).status_code == 404


def test_what_was_never_entered_cannot_be_ended(deps: Deps, clock: Clock) -> None:
    with pytest.raises(NotFound):
        end(deps, clock, persona("holder-li"), child())
