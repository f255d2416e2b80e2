"""The wallet page says what each card can do today."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.clock import Clock
from tests.support.library import licence_id
from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.showing import FOOD, identifier_of
from wallet.base.clock import local_day
from wallet.licences.model import Licence


@pytest.mark.parametrize("days", [1, 0])
def test_a_card_says_from_which_day_a_licence_is_in_force(
    app: Flask, clock: Clock, days: int
) -> None:
    li = sign_in(app, "holder-li")
    identifier = identifier_of(li, FOOD)
    first_day = local_day(clock.now) + timedelta(days=days)
    deps = deps_of(app)
    with deps.db.begin() as tx:
        tx.execute(
            update(Licence)
            .where(Licence.id == licence_id(deps, identifier))
            .values(valid_from=first_day)
        )
    still_to_come = days > 0
    for path in ("/wallet", f"/wallet/{identifier}"):
        page = li.get(path).text
        assert (f"自 {first_day} 起生效" in page) == still_to_come
        assert (f'data-show-code="{identifier}"' in page) != still_to_come
