"""Two counters print of the same licences at once: no licence has more copies than it may, and nobody waits in a circle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from tests.support.counter import ask_copy, begun
from tests.support.people import Visitor
from tests.support.showing import refusal
from wallet import numbers
from wallet.base.deps import Deps
from wallet.counter.model import Copy

ROUNDS = 4


def test_in_any_order_each_licence_keeps_its_limit(
    app: Flask, wang: Visitor, liu: Visitor, deps: Deps
) -> None:
    asked = []
    for staff, backwards in ((wang, False), (liu, True)) * ROUNDS:
        session = begun(app, staff)
        good = sorted(one["identifier"] for one in session["licences"] if one["status"] == "valid")
        asked.append((staff, session, good[::-1] if backwards else good[:2]))
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(lambda one: ask_copy(*one[:2], licences=one[2]), asked))
    refused = [refusal(one) for one in answers if one.status_code != 201]
    assert set(refused) == {(409, "too_many_copies")}
    counted = select(Copy.licence_id, func.count().label("made")).group_by(Copy.licence_id)
    made = [row.made for row in deps.db.rows(counted)]
    assert max(made) == numbers.COPIES_MAX
    assert len(answers) - len(refused) == numbers.COPIES_MAX
