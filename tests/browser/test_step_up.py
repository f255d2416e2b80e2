"""Confirming who one is, with a hasty thumb."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import OpenPage
from tests.support.sessions import let_pass
from wallet import numbers
from wallet.base.database import Database


@pytest.fixture
def asked(open_phone: OpenPage, data: Path) -> Page:
    """A phone that is asked to confirm before it goes on to the uses."""
    page = open_phone("holder-li")
    with closing(Database(f"sqlite:///{data / 'liangzheng.db'}")) as db:
        let_pass(db, numbers.STEP_UP_FRESH)
    page.goto("/step-up?next=/wallet/uses")
    return page


def test_a_second_tap_before_the_answer_is_there_goes_on_all_the_same(
    asked: Page, address: str
) -> None:
    sent: list[str] = []
    held: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route.request.method)
        held.append(route)

    asked.route("**/demo/step-up", hold)
    button = asked.get_by_test_id("step-up")
    box = button.bounding_box()
    assert box is not None
    with asked.expect_request("**/demo/step-up"):
        asked.mouse.click(box["x"] + 20, box["y"] + 20)
    asked.mouse.click(box["x"] + 20, box["y"] + 20)
    held[0].continue_()
    expect(asked).to_have_url(f"{address}/wallet/uses")
    assert sent == ["POST"]
