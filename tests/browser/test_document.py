"""The sealed PDF is one tap away on a licence's page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import phone
from tests.support.browser import OpenPage
from tests.support.documents import signature_of


@pytest.fixture
def li(open_phone: OpenPage) -> Page:
    """The phone of 李明 on the page of a licence."""
    page = open_phone("holder-li")
    page.goto("/wallet")
    page.goto(f"/wallet/{phone.held(page, phone.FOOD)['identifier']}")
    return page


def test_a_tap_saves_the_sealed_licence_under_the_name_of_its_type(
    li: Page, tmp_path: Path
) -> None:
    with li.expect_download() as started:
        li.get_by_test_id("download-pdf").click()
    assert started.value.suggested_filename == "食品经营许可证.pdf"
    pdf = Path(started.value.path()).read_bytes()
    assert "Total document signed" in signature_of(pdf, tmp_path)


def test_in_english_it_says_so(li: Page) -> None:
    back = li.url.split("/", 3)[3]
    li.goto(f"/preferences?lang=en&next=/{back}")
    expect(li.get_by_test_id("download-pdf")).to_have_text("Download the sealed licence (PDF)")
