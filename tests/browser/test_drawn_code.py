"""What the phone draws, read by foreign tools: zxing-cpp for the picture, joserfc for the token."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from joserfc import jws
from joserfc.jwk import KeySet
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support import camera, phone
from tests.support.browser import OpenPage
from tests.support.held_up import Look, codes_held_up
from verify import codes

LARGEST_QR_VERSION = 12


def read_picture(png: bytes) -> zxingcpp.Barcode:
    with Image.open(BytesIO(png)) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"))
    assert len(found) == 1
    return found[0]


def verified(page: Page, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a code that verifies against the published keys."""
    published = page.request.get("/.well-known/jwks.json").json()
    token = text.partition("#")[2]
    signed = jws.deserialize_compact(token, KeySet.import_key_set(published), algorithms=["ES256"])
    return dict(signed.headers()), json.loads(signed.payload)


def test_a_foreign_reader_and_a_foreign_library_accept_what_the_phone_draws(
    open_phone: OpenPage, address: str
) -> None:
    page = open_phone("holder-li")
    text = phone.show(page)
    read = read_picture(phone.photograph(page))
    assert read.text == text
    assert text.startswith(f"{address}/v#")

    header, claims = verified(page, read.text)
    assert header.keys() == {"alg", "kid", "typ"}
    assert (header["alg"], header["typ"]) == ("ES256", "lz-live+jwt")
    assert len(header["kid"]) <= 4
    assert claims.keys() == {"iss", "jti", "iat", "exp", "h", "t", "n"}
    assert claims["iss"] == "150600"
    assert claims["exp"] - claims["iat"] == codes.LIVE_CODE_LIFE == 60
    assert isinstance(claims["t"], int)
    assert claims["n"] == "李*"


def test_the_drawn_code_is_no_larger_than_version_12_and_names_nobody(
    open_phone: OpenPage,
) -> None:
    page = open_phone("holder-li")
    text = phone.show(page)
    extra: Any = read_picture(phone.photograph(page)).extra
    assert 1 <= int(extra["Version"]) <= LARGEST_QR_VERSION
    _, claims = verified(page, text)
    whole = page.request.get(f"/api/v1/me/licences/{phone.held(page, phone.FOOD)['identifier']}")
    told = {field["value"] for field in whole.json()["fields"]}
    assert told.isdisjoint(str(value) for value in claims.values())


def test_a_code_of_an_organisation_carries_no_name(open_phone: OpenPage) -> None:
    page = open_phone("holder-company")
    _, claims = verified(page, phone.show(page, "business-licence"))
    assert "n" not in claims


def test_two_showings_of_one_licence_share_neither_id_nor_handle(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    first, second = (verified(page, phone.show(page))[1] for _ in range(2))
    assert first["jti"] != second["jti"]
    assert first["h"] != second["h"]


@pytest.mark.parametrize(("width", "care"), [(320, False), (390, True), (1280, False)])
def test_the_code_decodes_at_every_width_and_type_size(
    open_phone: OpenPage, width: int, care: bool
) -> None:
    page = open_phone("holder-li")
    page.set_viewport_size({"width": width, "height": 844})
    if care:
        page.goto("/preferences?care=1")
    assert_decodes(page)


def test_the_code_is_black_on_white_and_decodes_on_a_dark_phone(
    open_dark_phone: OpenPage,
) -> None:
    page = open_dark_phone("holder-li")
    assert_decodes(page)
    with Image.open(BytesIO(phone.photograph(page))) as picture:
        colours = picture.convert("RGB")
    middle = colours.crop((0, colours.height // 2, colours.width, colours.height // 2 + 1))
    assert colours.getpixel((3, 3)) == (255, 255, 255)
    assert middle.getextrema() == ((0, 255), (0, 255), (0, 255))


@pytest.mark.parametrize(
    "look", [Look(390), Look(390, 1), Look(390, 0, "dark"), Look(320)], ids=str
)
def test_a_camera_reads_the_code_off_a_tilted_phone(
    browser: Browser, address: str, look: Look
) -> None:
    held = list(codes_held_up(browser, address, look, 3))
    assert len({one.text for one in held}) == len(held)
    assert [camera.read(one.seen(1, seed)) for seed, one in enumerate(held)] == [
        one.text for one in held
    ]


def test_the_code_is_at_least_300_pixels_wide_at_390(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    phone.show(page)
    corners = read_picture(page.screenshot(scale="css")).position
    assert corners.top_right.x - corners.top_left.x >= 298  # the reader rounds to whole pixels


def test_nothing_lies_over_the_code(open_phone: OpenPage) -> None:
    page = open_phone("holder-li")
    phone.show(page)
    assert phone.live_code(page).evaluate(
        """canvas => {
          const box = canvas.getBoundingClientRect();
          const points = [0.02, 0.25, 0.5, 0.75, 0.98].map((part) => part * box.width);
          return points.every((x) => points.every(
            (y) => document.elementFromPoint(box.x + x, box.y + y) === canvas));
        }"""
    )


def assert_decodes(page: Page) -> None:
    text = phone.show(page)
    assert read_picture(page.screenshot(full_page=False)).text == text
