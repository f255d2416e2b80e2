"""Of every licence, at every item and every desk of the demo, a verdict gives registered fields alone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.consent import answer, recall
from tests.support.people import Visitor, sign_in
from tests.support.showing import ask, created, fields_of, open_code, refusal
from wallet.base.deps import Deps
from wallet.catalogue.model import UseItem

DESKS = ("desk-zhao", "desk-liu", "desk-bank")
HOLDERS = ("holder-li", "holder-elder", "holder-company")


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests' showings do not meet."""
    return shared_app


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_a_desk_is_given_is_registered_for_the_item_and_the_type(
    app: Flask, deps: Deps, holder: str
) -> None:
    shower, desks = sign_in(app, holder), [sign_in(app, name) for name in DESKS]
    items = [row.code for row in deps.db.rows(select(UseItem.code).order_by(UseItem.code))]
    published = {
        row["code"]: row for row in shower.get("/api/v1/items?limit=200").get_json()["items"]
    }
    assert items
    given = 0
    for licence in shower.get("/api/v1/me/licences").get_json()["items"]:
        if licence["status"] != "valid":
            continue
        for item in items:
            registered = published[item]["fields"].get(licence["type"]["code"])
            for desk in desks:
                seen = _seen(shower, desk, licence["identifier"], item)
                if seen is None:
                    continue
                assert registered is not None
                assert set(seen) <= set(registered)
                given += 1
    assert given > 0


def _seen(holder: Visitor, desk: Visitor, identifier: str, item: str) -> list[str] | None:
    """The keys of the fields that a desk is given, after a yes where it asks; None where it is refused."""
    code = created(open_code(holder, identifier))
    answered = ask(desk, code["text"], item)
    if answered.status_code == 403:
        assert refusal(answered) == (403, "not_permitted")
        return None
    verdict = answered.get_json()
    if verdict["verdict"] == "pending":
        assert answer(holder, code, allow=True).status_code == 204
        verdict = recall(desk, verdict)
    assert verdict["verdict"] == "accepted", verdict["reason"]
    (seen,) = fields_of(verdict)
    return seen
