"""Draw docs/images anew from a fresh demo: every picture is a real page in a real browser.

Usage: `make screenshots`, or `make screenshots PART=issuer` for those of one part. Each picture is a PNG
of 256 colours, under 300 KB. The part `every` also draws every page and state there is, in both sizes,
into var/screenshots, with an index.html to look through.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from every_state import draw_every_page_and_state
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import browser as browsers
from tests.support import desk, phone
from tests.support.batches import csv_of, row_of
from tests.support.licences import day, food_fields, food_licence
from tests.support.server import running_demo
from wallet.base.clock import SHANGHAI
from wallet.demo.data import load_holders
from wallet.demo.seed import CLIENTS_FILE

IMAGES = Path(__file__).parents[1] / "docs" / "images"
EVERY = Path(__file__).parents[1] / "var" / "screenshots"
LARGEST = 300_000
EXACT = 8
"""Colours that a picture keeps exactly as they are: its commonest."""
GROUND = "#e6eae6"
OVERVIEW_WIDTH = 2000

_Visit = Callable[[str, str | None], Page]


def main() -> None:
    """Draw all pictures, or those of the part that the command names."""
    chosen = sys.argv[1:] or [*_PARTS, "every"]
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="lz-screenshots-") as folder,
        running_demo(Path(folder) / "data") as address,
        browsers.playwright() as started,
        browsers.chromium(started) as browser,
    ):
        opened: list[BrowserContext] = []

        def visit(kind: str, persona: str | None) -> Page:
            context = _context(browser, address, kind)
            opened.append(context)
            if persona is not None:
                browsers.sign_in(context, persona)
            return context.new_page()

        for part in chosen:
            if part == "every":
                drawn = draw_every_page_and_state(
                    browser, address, Path(folder) / "data", EVERY, _save
                )
                print(f"{EVERY.relative_to(IMAGES.parents[1])}/index.html  {drawn} pictures")
            else:
                _PARTS[part](visit, Path(folder) / "data")
        for context in opened:
            context.close()
    if {"wallet", "desk"} <= {*chosen}:
        _draw_overview()
    for image in sorted(IMAGES.glob("*.png")):
        size = image.stat().st_size
        assert size < LARGEST, f"{image} is too large: {size} bytes"
        print(f"{image.relative_to(IMAGES.parents[1])}  {size // 1024} KB")


def _context(browser: Browser, address: str, kind: str) -> BrowserContext:
    phone_like = kind == "phone"
    return browser.new_context(
        base_url=address,
        viewport=browsers.PHONE if phone_like else browsers.DESK,
        device_scale_factor=2 if phone_like else 1.5,
        is_mobile=phone_like,
        has_touch=phone_like,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )


def _draw_wallet(visit: _Visit) -> None:
    page = visit("phone", "holder-li")
    page.goto("/wallet")
    _draw(page, "wallet")
    _draw_code(page, "code")
    clerk = visit("desk", "desk-qian")
    desk.open_desk_page(clerk)
    desk.type_in(clerk, phone.drawn_text(page))
    expect(page.get_by_test_id("code-used")).to_be_visible()
    _draw(page, "code-used")
    page.goto(f"/wallet/{phone.held(page, phone.FORKLIFT)['identifier']}")
    _draw(page, "licence")
    page.goto("/preferences?care=1&next=/wallet")
    _draw(page, "wallet-care")
    _draw_code(page, "code-care")


def _draw_code(page: Page, name: str) -> None:
    phone.show(page)
    # A fifth of the bar has run down, so that the picture tells what it is.
    expect(page.get_by_test_id("code-countdown")).to_contain_text("24 ", timeout=15_000)
    _draw(page, name)


def _draw_desk(visit: _Visit) -> None:
    holder, clerk = visit("phone", "holder-li"), visit("desk", "desk-zhao")
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    _draw(clerk, "desk-ready")
    used = phone.show(holder, phone.FORKLIFT)
    desk.type_in(clerk, used)
    desk.expect_verdict(clerk, "accepted", "ok")
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    _draw(clerk, "desk-accepted")
    clerk.get_by_test_id("verdict-next").click()
    desk.expect_ready(clerk)
    withdrawn = phone.show(holder, phone.FORKLIFT)
    holder.get_by_test_id("withdraw-code").click()
    expect(phone.live_code(holder)).to_be_hidden()
    desk.type_in(clerk, withdrawn)
    desk.expect_verdict(clerk, "refused", "withdrawn")
    _draw(clerk, "desk-refused")
    english = visit("desk", "desk-zhao")
    english.goto("/preferences?lang=en&next=/v")
    desk.open_desk_page(english, desk.OPERATOR_REVIEW)
    desk.type_in(english, phone.show(holder, phone.FORKLIFT))
    desk.expect_verdict(english, "accepted", "ok")
    _draw(english, "desk-english")


def _draw_uses(visit: _Visit) -> None:
    page = visit("phone", "holder-li")
    page.goto("/wallet/uses")
    _draw(page, "uses")


def _draw_public(visit: _Visit) -> None:
    page = visit("desk", None)
    page.goto("/")
    _draw(page, "sign-in")
    page.goto("/catalogue")
    _draw(page, "catalogue")


def _draw_documents(visit: _Visit, data: Path) -> None:
    """Pages of sealed PDFs, as poppler renders them; one with Mongolian and rare characters."""
    company, person, elder = (
        visit("phone", name) for name in ("holder-company", "holder-li", "holder-elder")
    )
    _draw_document(company, "business-licence", "document")
    _draw_document(person, "driving-licence", "document-photo")
    _draw_document(person, "special-equipment-registration", "document-suspended")
    _draw_document(elder, "real-estate-certificate", "document-downwards")
    client = json.loads((data / CLIENTS_FILE).read_text("utf-8"))
    secret = f"{client['issuer']['client_id']}:{client['issuer']['client_secret']}"
    token = person.request.post(
        "/oauth/token",
        form={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {b64encode(secret.encode()).decode()}"},
    ).json()["access_token"]
    rare = food_fields(
        operator_name="ᠣᠷᠳᠣᠰ ᠬᠣᠲᠠ 鄂尔多斯𠮷祥面馆（演示）", responsible_person="李㛃喆"
    )
    issued = person.request.post(
        "/api/v1/licences",
        data=food_licence(data, fields=rare),
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "picture"},
    )
    assert issued.ok, issued.text()
    identifier = issued.json()["identifier"]
    _draw_pdf(person, f"/wallet/{identifier}.pdf", "document-mongolian-and-rare")


def _draw_document(page: Page, type_code: str, name: str) -> None:
    identifier = phone.held(page, type_code)["identifier"]
    _draw_pdf(page, f"/wallet/{identifier}.pdf", name)


def _draw_counter(visit: _Visit, _data: Path) -> None:
    """A session at the counter, and a copy that is printed in it, in both sizes."""
    page = visit("desk", "counter-wang")
    page.goto("/counter")
    page.locator("#code").fill(load_holders()["holder-elder"].code)
    page.locator("#matter").fill("申领高龄津贴")
    page.get_by_test_id("begin").click()
    _draw(page, "counter-session")
    page.get_by_test_id("licence").filter(has_text="老年人优待证").get_by_test_id(
        "to-print"
    ).click()
    page.locator("#item").select_option("senior-allowance")
    page.locator("#recipient").fill("东胜区政务服务大厅（演示）")
    page.get_by_test_id("print-copy").click()
    serial = page.get_by_test_id("serial").inner_text().replace(" ", "")
    _draw_pdf(page, f"/counter/copies/{serial}.pdf", "copy")
    _draw_pdf(page, f"/counter/copies/{serial}.pdf?large=1", "copy-large")


def _draw_pdf(page: Page, address: str, name: str) -> None:
    pdf = page.request.get(address)
    assert pdf.ok, pdf.text()
    png = subprocess.run(
        ["pdftoppm", "-png", "-r", "96", "-singlefile", "-"],
        input=pdf.body(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    with Image.open(BytesIO(png)) as picture:
        _save(picture, name)


def _draw(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.evaluate("document.activeElement?.blur()")
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as picture:
        _save(picture, name)


def _save(picture: Image.Image, name: str) -> None:
    """Write a PNG of 256 colours, a third of its full size: the plain grounds exactly as they
    are, the rest as near as can be."""
    full = picture.convert("RGB")
    few = full.quantize(
        palette=full.quantize(256 - EXACT, Image.Quantize.MAXCOVERAGE, kmeans=4),
        dither=Image.Dither.FLOYDSTEINBERG,
    )
    colours: Any = few.getpalette()
    counted: Any = full.getcolors(full.width * full.height)
    commonest = [colour for _, colour in sorted(counted, reverse=True)[:EXACT]]
    few.putpalette([*colours[: 3 * (256 - EXACT)], *(part for one in commonest for part in one)])
    for index, colour in enumerate(commonest, 256 - EXACT):
        difference = ImageChops.difference(full, Image.new("RGB", full.size, colour))
        same = difference.convert("L", (1, 1, 1, 0)).point(lambda value: 255 * (value == 0))
        few.paste(index, mask=same)
    few.save(IMAGES / f"{name}.png", optimize=True)


def _draw_overview() -> None:
    """Phone with wallet, phone with code, desk with verdict, side by side on a plain ground."""
    height, gap = 1000, 56
    parts = [_framed("wallet", height), _framed("code", height), _framed("desk-accepted", 900)]
    width = sum(part.width for part in parts) + gap * (len(parts) + 1)
    ground = Image.new("RGB", (width, height + 2 * gap + 40), GROUND)
    left = gap
    for part in parts:
        top = (ground.height - part.height) // 2
        ground.paste(part, (left, top), part)
        left += part.width + gap
    small = ground.resize(
        (OVERVIEW_WIDTH, round(ground.height * OVERVIEW_WIDTH / width)), Image.Resampling.LANCZOS
    )
    _save(small, "overview")


def _framed(name: str, height: int) -> Image.Image:
    """A picture of that height with round corners and a soft shadow."""
    with Image.open(IMAGES / f"{name}.png") as full:
        width = round(full.width * height / full.height)
        picture = full.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    margin, radius = 20, 34 if height > width else 18
    corners = Image.new("L", picture.size)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, width - 1, height - 1), radius, fill=255)
    shadow = Image.new("L", (width + 2 * margin, height + 2 * margin))
    shadow.paste(corners.point(lambda v: v // 4), (margin, margin + 6))
    framed = Image.new("RGBA", shadow.size, (16, 32, 31, 0))
    framed.putalpha(shadow.filter(ImageFilter.GaussianBlur(9)))
    card = Image.new("RGBA", shadow.size, (0, 0, 0, 0))
    card.paste(picture, (margin, margin), corners)
    return Image.alpha_composite(framed, card)


def _draw_issuer(visit: _Visit, data: Path) -> None:
    """The issuer's pages on a computer and on a phone."""
    page, small = visit("desk", "issuer-chen"), visit("phone", "issuer-chen")
    for one, suffix in ((page, ""), (small, "-phone")):
        one.goto("/issuer")
        one.get_by_test_id("find-text").fill("李明")
        one.get_by_test_id("find").click()
        _draw(one, f"issuer-search{suffix}")
        one.goto("/issuer/licences?type=special-equipment-operator")
        one.get_by_test_id("found-licence").get_by_role("link").first.click()
        _draw(one, f"issuer-licence{suffix}")
        one.get_by_test_id("change-status").click()
        one.locator("input[name=code]").first.check()
        one.locator("#reason").fill("监督检查发现问题，责令改正（演示）")
        one.locator("#basis").fill("演示市监罚〔2026〕12号")
        one.evaluate("scrollTo(0, 0)")
        _draw(one, f"issuer-status{suffix}")
    rows = [row_of(food_licence(data), 签发日期=day(0)) for _ in range(60)]
    rows[11] = row_of(food_licence(data), 有效期止="2020-01-01")
    rows[40] = row_of(food_licence(data), 证件号码="150602199003077510")
    for line, days in enumerate((1, 1, 2, 4), 20):
        rows[line] = row_of(food_licence(data), 签发日期=day(-days), 有效期起=day(-days))
    page.goto("/issuer/batches?type=food-operation-permit")
    file = {"name": "licences.csv", "mimeType": "text/csv", "buffer": csv_of(rows)}
    page.locator("#file").set_input_files([file])  # type: ignore[arg-type]
    page.get_by_test_id("upload").click()
    expect(page.get_by_test_id("batch-state")).to_have_attribute("data-state", "done")
    _draw(page, "issuer-batch")
    for one, suffix in ((page, ""), (small, "-phone")):
        one.goto("/issuer")
        _draw(one, f"issuer-home{suffix}")
    small.goto("/issuer/batches")
    _draw(small, "issuer-batches-phone")
    page.goto("/issuer/licences?status=in_review")
    page.get_by_test_id("found-licence").get_by_role("link").first.click()
    page.get_by_test_id("review").click()
    _draw(page, "issuer-review")
    _draw_in_step(page, small)


def _draw_in_step(page: Page, small: Page) -> None:
    """Coverage, late uploads and force majeure, after the files of `_draw_issuer`."""
    today = datetime.now(SHANGHAI)
    page.goto("/issuer/coverage")
    page.locator("#type").select_option("food-operation-permit")
    page.locator("#period").fill(str(today.year))
    page.locator("#expected").fill("70")
    page.get_by_test_id("tell-expected").click()
    page.goto("/issuer/force-majeure/new")
    page.locator("#started_at").fill(f"{today - timedelta(hours=40):%Y-%m-%dT%H:%M}")
    page.locator("#what").fill("机房进水，业务系统停机（演示）")
    page.locator("input[name=types]").first.check()
    page.locator("#measures").fill("改为窗口手工登记（演示）\n调来备用电源（演示）")
    page.get_by_test_id("send-report").click()
    page.locator("#cleared_at").fill(f"{today - timedelta(hours=20):%Y-%m-%dT%H:%M}")
    page.get_by_test_id("to-clear").click()
    page.get_by_test_id("confirm").click()
    report = page.url.partition("?")[0]
    for one, suffix in ((page, ""), (small, "-phone")):
        for address, name in (
            ("/issuer/coverage", "coverage"),
            ("/issuer/late", "late"),
            (report, "force-majeure"),
        ):
            one.goto(address)
            _draw(one, f"issuer-{name}{suffix}")


_PARTS: Final[dict[str, Callable[[_Visit, Path], None]]] = {
    "wallet": lambda visit, _data: _draw_wallet(visit),
    "desk": lambda visit, _data: _draw_desk(visit),
    "uses": lambda visit, _data: _draw_uses(visit),
    "public": lambda visit, _data: _draw_public(visit),
    "documents": _draw_documents,
    "counter": _draw_counter,
    "issuer": _draw_issuer,
}


if __name__ == "__main__":
    main()
