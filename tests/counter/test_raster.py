"""The code on a printed copy is read from a raster of the page, and from bad photocopies of it: 30 of 30."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from string import ascii_letters, digits
from typing import Any, Final

import pytest
import zxingcpp
from flask import Flask
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from tests.support.counter import ALLOWANCE, begun, printed
from tests.support.documents import pages_of
from tests.support.people import Visitor, sign_in
from tests.support.shared import deps_of
from tests.support.units import HALL
from verify import codes
from verify.codes import PAPER, PaperCode
from wallet.app import create_app
from wallet.base.qr import QUIET, draw_qr, qr_svg
from wallet.config import Config
from wallet.counter import document
from wallet.counter.serial import new_serial

ADDRESS: Final = "http://lz.zwfw-demo.example.org:80"
"""As long as an address may be for its codes to be small: 34 characters."""
TIMES: Final = 30
WIDTH_MIN: Final = 55
VERSION_MAX: Final = 15


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The demo under a long address."""
    made = create_app(replace(config, public_url=ADDRESS))
    yield made
    deps_of(made).db.close()


@pytest.fixture
def largest(app: Flask) -> str:
    """The longest code that a library of a thousand lists prints: for an item and a unit, under a long address."""
    keys = deps_of(app).keys
    claims = {
        "iss": keys.issuer, "jti": new_serial(), "iat": 1_800_000_000, "end": 1_807_776_000,
        "n": "𠮷*", "t": 99_999, "l": 999 << 20, "c": 999 << 20, "i": 99_999, "u": 999_999,
    }  # fmt: skip
    text = f"{ADDRESS}/v#{codes.encode(PAPER, claims, keys.current)}"
    assert isinstance(codes.read(text, keys.public, 1_800_000_000), PaperCode)
    return text


@pytest.mark.parametrize("edition", ["", "?large=1"])
def test_the_code_is_read_from_a_raster_and_is_wide_enough(
    app: Flask, tmp_path: Path, edition: str
) -> None:
    wang = sign_in(app, "counter-wang")
    copy = printed(wang, begun(app, wang), item=ALLOWANCE, recipient_unit=HALL)
    assert copy["text"].startswith(f"{ADDRESS}/v#")
    text, width = _read(pages_of(_page(wang, copy, edition), tmp_path, 150)[0])
    assert text == copy["text"]
    assert width / 150 * 25.4 >= WIDTH_MIN


def test_the_largest_code_is_version_fifteen_at_most(largest: str) -> None:
    assert (draw_qr(largest, "M").across - 2 * QUIET - 17) // 4 <= VERSION_MAX


def test_the_largest_code_is_read_from_thirty_bad_photocopies(
    app: Flask, largest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The same squares in every run: what is read does not hang on a signature's luck.
    text = "".join(Random(0).choices(ascii_letters + digits + "-_", k=len(largest)))
    monkeypatch.setattr(document, "qr_svg", lambda _, level: qr_svg(text, level))
    wang = sign_in(app, "counter-wang")
    page = pages_of(_page(wang, printed(wang, begun(app, wang))), tmp_path, 200)[0]
    found = [_read(_photocopied(page, Random(seed)))[0] for seed in range(TIMES)]
    assert found == [text] * TIMES


def _page(wang: Visitor, copy: dict[str, Any], edition: str = "") -> bytes:
    answer = wang.get(f"/counter/copies/{copy['serial']}.pdf{edition}")
    assert answer.status_code == 200
    data: bytes = answer.data
    return data


def _photocopied(page: Image.Image, chance: Random) -> Image.Image:
    """A bad photocopy: another size, askew, fading toner, streaks, specks, grain, unsharp, pale."""
    scale = chance.uniform(0.97, 1.03)
    size = (round(page.width * scale), round(page.height * scale))
    copy = page.resize(size, Image.Resampling.BILINEAR)
    copy = copy.rotate(chance.uniform(-2.5, 2.5), Image.Resampling.BILINEAR, fillcolor=255)
    slant = chance.uniform(-0.015, 0.015)
    copy = copy.transform(copy.size, Image.Transform.AFFINE, (1, slant, 0, 0, 1, 0), fillcolor=255)
    copy = ImageChops.lighter(copy, _fading(copy.size, chance))
    _streak(copy, chance)
    noise = Image.frombytes("L", copy.size, chance.randbytes(copy.width * copy.height))
    copy = Image.blend(copy, noise, chance.uniform(0.1, 0.25))
    copy = copy.filter(ImageFilter.GaussianBlur(chance.uniform(0.6, 1.2)))
    return ImageEnhance.Contrast(copy).enhance(chance.uniform(0.5, 0.85))


def _fading(size: tuple[int, int], chance: Random) -> Image.Image:
    """How pale the toner is at least: more and more towards one side."""
    most = chance.randint(40, 110)
    gradient = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270)))
    return gradient.point(lambda level: level * most // 255).resize(size)


def _streak(copy: Image.Image, chance: Random) -> None:
    """Specks of dirt and of lost toner, and thin streaks along the way of the paper."""
    draw = ImageDraw.Draw(copy)
    for _ in range(400):
        x, y = chance.randrange(copy.width), chance.randrange(copy.height)
        reach = chance.choice((0, 0, 1, 1, 2))
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=chance.choice((0, 255)))
    for _ in range(6):
        x = chance.randrange(copy.width)
        draw.line((x, 0, x + chance.randint(-4, 4), copy.height), fill=chance.choice((90, 255)))


def _read(page: Image.Image) -> tuple[str, float]:
    """The text of the one code on a page, and its width in dots; nothing where it is not read."""
    found = zxingcpp.read_barcode(page)
    if found is None:
        return "", 0
    corners = found.position
    return found.text, corners.top_right.x - corners.top_left.x
