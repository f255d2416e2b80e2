"""Who acts for whom is told to whoever did not bring it about, in the inbox."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Flask

from tests.holders.test_administrators import PATH, accept, ask, asked, listed
from tests.support.clock import Clock
from tests.support.delegations import person_of
from tests.support.people import Visitor, sign_in
from tests.support.representatives import (
    FATHER,
    child,
    company,
    end,
    enter,
    new,
    person_born,
    persona,
)
from tests.support.shared import deps_of
from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.working_days import end_of_day
from wallet.holders.acting import announce_over
from wallet.holders.administrators.lapse import tell_of_lapsed
from wallet.queue.fan_out import fan_out

INBOX = "/api/v1/me/inbox?limit=200"


def told(app: Flask, clock: Clock, visitor: Visitor) -> list[tuple[str, str, str]]:
    """Act, holder and person of the entries on who acts for whom, oldest first."""
    while fan_out(deps_of(app), clock.now):
        pass
    items: list[dict[str, Any]] = visitor.get(INBOX).get_json()["items"]
    return [
        (one["act"], one["acting"]["holder"], one["acting"]["person"])
        for one in reversed(items)
        if "acting" in one
    ]


def administrators_told(app: Flask, clock: Clock, visitor: Visitor) -> list[tuple[str, str, str]]:
    return [one for one in told(app, clock, visitor) if one[1] == company().name]


def test_whoever_is_asked_and_those_who_asked_are_told_of_the_answer_and_the_end(
    app: Flask, clock: Clock
) -> None:
    boss, li, name = sign_in(app, FATHER), sign_in(app, "holder-li"), company().name
    ask(boss, person_of("holder-li"))
    assert told(app, clock, li) == [("acting_asked", name, "李明")]
    accept(li, asked(li))
    assert administrators_told(app, clock, boss) == [("acting_accepted", name, "李明")]
    (id,) = [one["id"] for one in listed(boss) if one["name"] == "李明"]
    assert boss.delete(f"{PATH}/{id}").status_code == 204
    assert administrators_told(app, clock, boss)[1:] == [("acting_removed", name, "李明")]
    assert told(app, clock, li) == [
        ("acting_asked", name, "李明"),
        ("acting_removed", name, "李明"),
    ]


def test_who_declines_or_leaves_is_told_of_to_the_organisation_alone(
    app: Flask, clock: Clock
) -> None:
    boss, li, name = sign_in(app, FATHER), sign_in(app, "holder-li"), company().name
    for yes in (False, True):
        ask(boss, person_of("holder-li"))
        accept(li, asked(li), yes=yes)
    (own,) = [one["id"] for one in listed(li) if one["mine"]]
    assert li.delete(f"{PATH}/{own}").status_code == 204
    assert [act for act, _, _ in administrators_told(app, clock, boss)] == [
        "acting_declined",
        "acting_accepted",
        "acting_left",
    ]
    assert [one for one in told(app, clock, li) if one[0] != "acting_asked"] == []
    assert {person for _, holder, person in told(app, clock, boss) if holder == name} == {"李明"}


def test_an_offer_that_is_taken_back_is_told_to_whoever_was_asked(app: Flask, clock: Clock) -> None:
    boss, li = sign_in(app, FATHER), sign_in(app, "holder-li")
    ask(boss, person_of("holder-li"))
    (offer,) = [one["id"] for one in listed(boss) if one["state"] == "offered"]
    assert boss.delete(f"{PATH}/{offer}").status_code == 204
    assert [act for act, _, _ in told(app, clock, li)] == ["acting_asked", "acting_withdrawn"]
    assert administrators_told(app, clock, boss) == []


def test_the_child_and_its_guardians_are_told_of_one_entered_and_of_one_ended(
    app: Flask, clock: Clock
) -> None:
    deps = deps_of(app)
    enter(deps, clock, new(persona("delegate-li"), child()))
    father, mother = sign_in(app, FATHER), sign_in(app, "delegate-li")
    entered = [("acting_entered", "张禾", "张磊"), ("acting_entered", "张禾", "李娜")]
    for guardian in (father, mother):
        assert told(app, clock, guardian) == entered
    end(deps, clock, persona("delegate-li"), child())
    assert told(app, clock, mother) == [("acting_ended", "张禾", "李娜")]
    assert told(app, clock, father) == [*entered, ("acting_ended", "张禾", "李娜")]
    assert "李娜不再是登记的张禾的监护人" in mother.get("/wallet/inbox").text


def test_an_entry_on_an_administrator_leads_to_the_administrators(app: Flask, clock: Clock) -> None:
    boss, li = sign_in(app, FATHER), sign_in(app, "holder-li")
    ask(boss, person_of("holder-li"))
    told(app, clock, li)
    (entry,) = [one for one in li.get(INBOX).get_json()["items"] if "acting" in one]
    opened = li.http.post(
        f"/wallet/inbox/{entry['id']}",
        data={"csrf_token": li.http.get_cookie("csrf_token").value},  # type: ignore[union-attr]
    )
    assert opened.headers["Location"] == "/wallet/administrators"
    assert li.post(f"/api/v1/me/inbox/{entry['id']}/read").get_json() == {"licence": None}


def test_an_organisation_hears_once_that_nobody_has_answered(app: Flask, clock: Clock) -> None:
    boss, deps = sign_in(app, FATHER), deps_of(app)
    nobody = person_born(date(1990, 1, 2))
    for person in (person_of("holder-li"), vars(nobody)):
        ask(boss, person)
    ended = clock.now + timedelta(days=numbers.DELEGATION_ANSWER_DAYS)
    assert tell_of_lapsed(deps, ended - timedelta(seconds=1), 100) == 0
    assert [tell_of_lapsed(deps, ended, 1) for _ in range(3)] == [1, 1, 0]
    # Whether there is such a person is told to nobody.
    lapsed = [one for one in told(app, clock, boss) if one[0] == "acting_lapsed"]
    assert lapsed == [("acting_lapsed", company().name, "")] * 2
    assert "没有在期限内接受" in boss.get("/wallet/inbox").text
    assert not [one for one in told(app, clock, sign_in(app, "holder-li")) if "lapsed" in one[0]]


def test_an_answered_invitation_does_not_lapse(app: Flask, clock: Clock) -> None:
    boss, li, deps = sign_in(app, FATHER), sign_in(app, "holder-li"), deps_of(app)
    ask(boss, person_of("holder-li"))
    assert accept(li, asked(li), yes=False).status_code == 204
    ended = clock.now + timedelta(days=numbers.DELEGATION_ANSWER_DAYS)
    assert tell_of_lapsed(deps, ended, 100) == 0


def test_on_the_day_after_the_last_both_are_told_once(app: Flask, clock: Clock) -> None:
    deps = deps_of(app)
    enter(deps, clock, new(persona("delegate-li"), child(), local_day(clock.now)))
    over = end_of_day(local_day(clock.now))
    assert announce_over(deps, over - timedelta(seconds=1), 100) == 0
    assert [announce_over(deps, over, 100) for _ in range(2)] == [1, 0]
    for guardian in ("delegate-li", FATHER):
        assert ("acting_over", "张禾", "李娜") in told(app, clock, sign_in(app, guardian))
