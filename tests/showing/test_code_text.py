"""A live code fits a QR code that a phone can draw large: version 12 at level L."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
import qrcode
import zxingcpp
from flask import Flask
from PIL.Image import Image
from qrcode.constants import ERROR_CORRECT_L
from sqlalchemy import select

from tests.support.clock import Clock
from tests.support.people import Visitor
from tests.support.shared import deps_of
from tests.support.showing import FOOD, identifier_of
from verify import codes
from wallet.base.deps import Deps
from wallet.errors import Invalid
from wallet.holders.model import Account
from wallet.showing.show import open_showing
from wallet.web.principal import Principal

LONG_URL = "https://licences.ordos-demo.gov.cn"
TYPES = (FOOD, "driving-licence", "special-equipment-operator", "marriage-certificate")


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    """These tests write nothing."""
    return shared_app


def principal_of(deps: Deps, login: str) -> Principal:
    with deps.db.read() as tx:
        account = tx.execute(select(Account.id).where(Account.login == login)).scalar_one()
    return Principal("holder", account, 0, "")


def qr(text: str) -> qrcode.QRCode[Image]:
    drawn: qrcode.QRCode[Image] = qrcode.QRCode(error_correction=ERROR_CORRECT_L)
    drawn.add_data(text, optimize=0)
    drawn.make(fit=True)
    return drawn


def text_of(deps: Deps, identifiers: list[str], now: datetime) -> str:
    return open_showing(deps, principal_of(deps, "holder-li"), identifiers, now).text


def test_a_code_fits_version_12_with_the_longest_address(
    app: Flask, li: Visitor, clock: Clock
) -> None:
    deps = deps_of(app)
    deps = replace(deps, config=replace(deps.config, public_url=LONG_URL))
    text = text_of(deps, [identifier_of(li, FOOD)], clock.now)
    assert len(LONG_URL) == 34
    assert len(text.encode()) <= codes.LIVE_TEXT_MAX
    assert qr(text).version <= 12


def test_a_drawn_code_is_read_back_by_another_library(
    li: Visitor, clock: Clock, app: Flask
) -> None:
    text = text_of(deps_of(app), [identifier_of(li, FOOD)], clock.now)
    picture = qr(text).make_image().get_image().convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]


def test_the_most_bytes_of_a_live_code_are_what_version_12_holds() -> None:
    assert qr("a" * codes.LIVE_TEXT_MAX).version == 12
    assert qr("a" * (codes.LIVE_TEXT_MAX + 1)).version == 13


def test_as_many_licences_go_into_a_code_as_fit_and_one_more_is_refused(
    app: Flask, li: Visitor, clock: Clock
) -> None:
    deps = deps_of(app)
    chosen = [identifier_of(li, code) for code in TYPES]

    def size(count: int, address: int) -> int:
        url = "https://".ljust(address, "a")
        config = replace(deps.config, public_url=url)
        return len(text_of(replace(deps, config=config), chosen[:count], clock.now).encode())

    assert size(4, 22) == codes.LIVE_TEXT_MAX
    with pytest.raises(Invalid) as refused:
        size(4, 23)
    assert refused.value.slug == "too_many_licences"
    assert size(3, 34) <= codes.LIVE_TEXT_MAX
