"""A desk judges what staff take back at the same moment: it is used or taken back, never both and never neither."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.support.clock import Clock
from tests.support.consent import outcome
from tests.support.counter import ALLOWANCE, ASSISTANCES, begun
from tests.support.hand_overs import became, handed, take_back
from tests.support.numbers import draw, take
from tests.support.people import Visitor, sign_in
from tests.support.showing import verify
from tests.support.units import told

ROUNDS = 4


@pytest.fixture
def wang(app: Flask, clock: Clock) -> Visitor:
    """Counter staff beside the hall."""
    return sign_in(app, "counter-wang")


@pytest.mark.parametrize("by", ["taking it back", "ending the session"])
def test_one_of_both_comes_first(app: Flask, wang: Visitor, zhao: Visitor, by: str) -> None:
    for _ in range(ROUNDS):
        withdrawn = len(told(app, "hand_over.withdrawn"))
        session = begun(app, wang)
        one = handed(wang, session, draw(zhao))
        text = take(zhao)
        assert text is not None
        with ThreadPoolExecutor(2) as pool:
            judged = pool.submit(verify, zhao, text, ALLOWANCE)
            if by == "taking it back":
                status = pool.submit(take_back, wang, session, one).result().status_code
            else:
                ended = pool.submit(wang.delete, f"{ASSISTANCES}/{session['id']}").result()
                status = ended.status_code
        used = outcome(judged.result()) == ("accepted", "ok")
        assert used or outcome(judged.result()) == ("refused", "withdrawn")
        assert became(wang, session, one)["state"] == ("used" if used else "withdrawn")
        assert len(told(app, "hand_over.withdrawn")) - withdrawn == (not used)
        assert status == (409 if used and by == "taking it back" else 204)
