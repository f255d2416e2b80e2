"""What holds on every page holds in every state of it too, and nothing moves where that is not wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support import site, states, suits
from tests.support.browser import OpenPage
from tests.support.refusals import unhelped


@pytest.mark.parametrize(("lang", "care"), [("zh", 0), ("en", 1)])
@pytest.mark.parametrize("bring_about", states.STATES)
def test_every_state_suits_everybody(
    open_phone: OpenPage, data: Path, bring_about: states.Bring, lang: str, care: int
) -> None:
    def visit(persona: str | None) -> Page:
        page = open_phone(persona)
        page.emulate_media(reduced_motion="reduce")
        page.goto(f"/preferences?lang={lang}&care={care}&next=/v")
        return page

    found: list[str] = []
    for name, page in bring_about(states.Stage(visit, data)):
        page.set_viewport_size({"width": suits.PHONE, "height": 844})
        page.emulate_media(reduced_motion="reduce")
        found += [f"{name} moves: {one}" for one in site.moving(page)]
        found += [f"{name}: {one}" for one in suits.faults(page, care)]
        found += [f"{name}: {one}" for one in unhelped(page)]
    assert found == []
