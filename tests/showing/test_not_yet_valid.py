"""A licence that is issued ahead of time is shown from its first day on, not before."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from tests.support.clock import Clock
from tests.support.library import licence_id
from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.showing import FOOD, created, identifier_of, open_code, refusal
from wallet.base.clock import local_day
from wallet.licences.model import Licence


def _starts_in(app: Flask, identifier: str, clock: Clock, days: int) -> None:
    deps = deps_of(app)
    with deps.db.begin() as tx:
        tx.execute(
            update(Licence)
            .where(Licence.id == licence_id(deps, identifier))
            .values(valid_from=local_day(clock.now) + timedelta(days=days))
        )


def test_a_licence_is_shown_from_its_first_day_on(app: Flask, clock: Clock) -> None:
    li = sign_in(app, "holder-li")
    identifier = identifier_of(li, FOOD)
    _starts_in(app, identifier, clock, days=1)
    assert refusal(open_code(li, identifier)) == (409, "licence_not_yet_valid")
    _starts_in(app, identifier, clock, days=0)
    created(open_code(li, identifier))
