"""Two moves at once never make a ring between them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from tests.support.people import Visitor, sign_in
from tests.support.units import CITY, new_unit, usable_code

UNITS = "/api/v1/units"


def test_of_two_moves_into_each_other_one_is_refused(app: Flask) -> None:
    sun = sign_in(app, "manager-sun")
    codes = [usable_code("1", "150602", f"MADEM91{n:02}") for n in range(2)]
    for code in codes:
        made = sun.post(UNITS, new_unit(code=code, parent=CITY, kinds=["managing"]))
        assert made.status_code == 201, made.text
    gate = Barrier(2)

    def move(who: Visitor, one: str, below: str) -> int:
        gate.wait()
        return who.patch(f"{UNITS}/{one}", {"parent": below}).status_code

    movers = [sign_in(app, "manager-sun"), sign_in(app, "manager-sun")]
    with ThreadPoolExecutor(2) as threads:
        statuses = list(threads.map(move, movers, codes, codes[::-1]))
    assert sorted(statuses) == [200, 422]
