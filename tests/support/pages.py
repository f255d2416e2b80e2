"""Every page of the demo: its route, whose it is, and where one of them is.

A new page has its line in `PAGES`; a test compares them with the routes that are served. Whatever holds on
every page (tests/browser/test_every_page.py) then holds on it, and `make screenshots` draws it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Page, expect

from tests.support import phone
from tests.support.batches import csv_of, row_of
from tests.support.licences import FOOD, day, food_licence, person
from tests.support.people import credentials
from tests.support.showing import IDENTITY
from tests.support.units import DISTRICT, HALL

MISSING: Final = "/no-such-page"
HOLDER: Final = "holder-li"
CLERK: Final = "desk-zhao"
ISSUER: Final = "issuer-chen"
MANAGER: Final = "manager-sun"
RESPONSIBLE: Final = "desk-qian"
BANK: Final = "desk-bank"
"""The responsible person of a company."""
PERSONAS: Final = (
    None,
    HOLDER,
    "holder-company",
    CLERK,
    ISSUER,
    MANAGER,
    RESPONSIBLE,
    BANK,
    "counter-wang",
    "auditor-he",
)
"""Whose pages there are; None is nobody, signed in nowhere."""

_Where = Callable[[Page], str]


@dataclass(frozen=True)
class Shown:
    """A page: its route as the URL map has it, who opens it, where it is, how it answers.

    `at` is an address, or finds one in the browser of that persona; without it the route is the address.
    """

    route: str
    persona: str | None
    at: str | _Where = ""
    status: int = 200

    def address(self, page: Page) -> str:
        """Where it is, for a browser in which the persona is signed in."""
        return self.at(page) if callable(self.at) else self.at or self.route


def linked(route: str, *on: str) -> _Where:
    """The first link to that route on one of these pages; fails where there is none."""
    pattern = re.compile(f"^{re.sub(r'<[^>]+>', '[^/?]+', route)}$")

    def find(page: Page) -> str:
        for address in on:
            page.goto(address)
            for link in page.get_by_role("main").locator("a[href]").all():
                found = link.get_attribute("href") or ""
                if pattern.match(found) and found not in FIXED:
                    return found
        raise AssertionError(f"none of {on} leads to a page of {route}")

    return find


def licence(type_code: str) -> _Where:
    """The page of the holder's licence of that type."""
    return lambda page: f"/wallet/{phone.held(page, type_code)['identifier']}"


def below(where: _Where, step: str) -> _Where:
    """A page below another one."""
    return lambda page: f"{where(page)}/{step}"


_ADMINISTRATOR = linked("/wallet/administrators/<administrator_id>/end", "/wallet/administrators")
_OFFERED = linked("/wallet/delegations/<delegation_id>", "/wallet/delegations")
_ISSUED = linked(
    "/issuer/licences/<identifier>", "/issuer/licences?type=special-equipment-operator"
)
_TO_REVIEW = linked("/issuer/licences/<identifier>", "/issuer/licences?status=in_review")

PAGES: Final = (
    Shown("/", None),
    Shown("/catalogue", None),
    Shown("/catalogue/<code>", None, f"/catalogue/{FOOD}"),
    Shown("/items/<code>", None, f"/items/{IDENTITY}"),
    Shown("/v", None),
    Shown("/kiosk", None),
    Shown("/api/docs", None),
    Shown(MISSING, None, status=404),
    Shown("/wallet", HOLDER),
    Shown("/wallet/together", HOLDER),
    Shown("/wallet/together", HOLDER, "/wallet/together?q=a"),
    Shown("/wallet/together", HOLDER, "/wallet/together?item=open-a-shop"),
    Shown("/wallet/inbox", HOLDER),
    Shown("/wallet/uses", HOLDER),
    Shown("/wallet/uses", HOLDER, "/wallet/uses?days=own&from=2020-01-01&outcome=refused&who=for_me"),
    Shown("/wallet/copies", HOLDER),
    Shown("/wallet/freeze", HOLDER),
    Shown("/wallet/<identifier>", HOLDER, licence(phone.FORKLIFT)),
    Shown("/wallet/<identifier>", HOLDER, licence("special-equipment-registration")),
    Shown("/wallet/administrators", HOLDER),
    Shown("/wallet/administrators", "holder-company"),
    Shown("/wallet/administrators/new", "holder-company"),
    Shown("/wallet/administrators/<administrator_id>/end", "holder-company", _ADMINISTRATOR),
    Shown("/wallet/delegations", HOLDER),
    Shown("/wallet/delegations/<delegation_id>", HOLDER, _OFFERED),
    Shown("/wallet/delegations/new", HOLDER),
    Shown("/wallet/delegations/ended", HOLDER),
    Shown("/wallet/offline", None),
    Shown("/account", HOLDER),
    Shown("/account/sessions", HOLDER),
    Shown("/desk", CLERK),
    Shown("/desk/handover", CLERK),
    Shown("/account", CLERK),
    Shown("/account/sessions", CLERK),
    Shown("/issuer", ISSUER),
    Shown("/issuer/licences", ISSUER),
    Shown("/issuer/licences", ISSUER, "/issuer/licences?q=AAAA&type=none"),
    Shown("/issuer/licences/<identifier>", ISSUER, _ISSUED),
    Shown("/issuer/licences/<identifier>/status", ISSUER, below(_ISSUED, "status")),
    Shown("/issuer/licences/<identifier>/review", ISSUER, below(_TO_REVIEW, "review")),
    Shown("/issuer/batches", ISSUER),
    Shown("/issuer/batches/<batch_id>", ISSUER, linked("/issuer/batches/<batch_id>", "/issuer/batches")),
    Shown("/issuer/coverage", ISSUER),
    Shown("/issuer/late", ISSUER),
    Shown(
        "/issuer/reconciliations/<reconciliation_id>", ISSUER,
        linked("/issuer/reconciliations/<reconciliation_id>", "/issuer"),
    ),
    Shown("/issuer/force-majeure", ISSUER),
    Shown("/issuer/force-majeure/new", ISSUER),
    Shown(
        "/issuer/force-majeure/<report_id>", ISSUER,
        linked("/issuer/force-majeure/<report_id>", "/issuer/force-majeure"),
    ),
    Shown("/issuer/catalogue", ISSUER),
    Shown("/issuer/catalogue/new", ISSUER),
    Shown("/issuer/catalogue/new", ISSUER, f"/issuer/catalogue/new?code={FOOD}"),
    Shown("/issuer/catalogue/<draft_id>", ISSUER, linked("/issuer/catalogue/<draft_id>", "/issuer/catalogue")),
    Shown("/manager", MANAGER),
    Shown("/manager/catalogue", MANAGER),
    Shown(
        "/manager/catalogue/<draft_id>", MANAGER,
        linked("/manager/catalogue/<draft_id>", "/manager/catalogue"),
    ),
    Shown("/manager/units", MANAGER),
    Shown("/manager/units", MANAGER, "/manager/units?q=AAAA&missing=1&closed=1"),
    Shown("/manager/units/new", MANAGER, f"/manager/units/new?parent={DISTRICT}"),
    Shown("/manager/units/<code>", MANAGER, f"/manager/units/{HALL}"),
    Shown("/manager/units/<code>", RESPONSIBLE, f"/manager/units/{HALL}"),
    Shown("/manager/units/<code>/edit", MANAGER, f"/manager/units/{HALL}/edit"),
    Shown("/manager/units/<code>/close", MANAGER, f"/manager/units/{HALL}/close"),
    Shown("/manager/units/<code>/responsible", MANAGER, f"/manager/units/{HALL}/responsible"),
    Shown("/manager/units/<code>/staff", MANAGER, f"/manager/units/{DISTRICT}/staff"),
    Shown("/manager/items", MANAGER),
    Shown("/manager/items", RESPONSIBLE),
    Shown("/manager/items/new", RESPONSIBLE),
    Shown("/manager/items/new", RESPONSIBLE, f"/manager/items/new?code={IDENTITY}"),
    Shown("/manager/items/<draft_id>", MANAGER, linked("/manager/items/<draft_id>", "/manager/items")),
    Shown("/manager/items/<draft_id>", RESPONSIBLE, linked("/manager/items/<draft_id>", "/manager/items")),
    Shown("/manager/items/withdrawal/<code>", MANAGER, "/manager/items/withdrawal/open-a-shop"),
    Shown("/manager/people", MANAGER),
    Shown("/manager/people", MANAGER, f"/manager/people?unit={HALL}&q=AAAA"),
    Shown("/manager/people", RESPONSIBLE),
    Shown("/manager/people/<login>", MANAGER, f"/manager/people/{RESPONSIBLE}"),
    Shown("/manager/people/<login>/edit", MANAGER, f"/manager/people/{RESPONSIBLE}/edit"),
    Shown("/manager/people/<login>/access", MANAGER, f"/manager/people/{CLERK}/access"),
    Shown("/manager/applications", MANAGER),
    Shown("/manager/applications", MANAGER, "/manager/applications?over=1"),
    Shown("/manager/applications", BANK),
    Shown("/manager/applications/new", BANK),
    Shown("/manager/applications/new", BANK, "/manager/applications/new?item=bank-home-loan"),
    Shown("/manager/applications/<application_id>", MANAGER, "/manager/applications/1"),
    Shown("/manager/applications/<application_id>", BANK, "/manager/applications/1"),
    Shown("/manager/applications/<application_id>/decision", MANAGER, "/manager/applications/1/decision"),
    Shown("/manager/approval-rights", MANAGER),
    Shown("/manager/grants", MANAGER),
    Shown("/manager/grants", MANAGER, "/manager/grants?suspended=1"),
    Shown("/manager/grants/<grant_id>", MANAGER, "/manager/grants/1"),
    Shown("/manager/grants", MANAGER, "/manager/grants?ending=1"),
    Shown("/manager/clients", MANAGER),
    Shown("/manager/clients", MANAGER, "/manager/clients?ended=1"),
    Shown("/manager/clients", RESPONSIBLE),
    Shown("/manager/clients/<client_id>", MANAGER, "/manager/clients/demo-relying"),
    Shown("/manager/clients/<client_id>/secret", MANAGER, "/manager/clients/demo-relying/secret"),
    Shown("/manager/clients/<client_id>/end", MANAGER, "/manager/clients/demo-relying/end"),
    Shown("/manager/units/<code>/client", MANAGER, f"/manager/units/{HALL}/client"),
    Shown("/manager/suspension-rule", MANAGER),
    Shown("/manager/papers", MANAGER),
    Shown("/manager/reports", MANAGER),
    Shown("/wallet/reports", HOLDER),
    Shown("/wallet/reports/new", HOLDER, "/wallet/reports/new?item=food-permit-renewal"),
    Shown("/manager/notices", MANAGER),
    Shown("/manager/notices", RESPONSIBLE),
    Shown("/manager/basis", MANAGER),
    Shown("/manager/basis/new", MANAGER),
    Shown("/manager/basis/<code>", MANAGER, "/manager/basis/ordos-2022-161"),
    Shown("/manager/basis/<code>", MANAGER, "/manager/basis/imar-amr-2023"),
    Shown("/manager/basis/<code>/edit", MANAGER, "/manager/basis/ordos-2022-161/edit"),
    Shown("/counter", "counter-wang"),
    Shown("/counter/revocation", "counter-wang"),
    Shown("/counter/confirmations", "counter-wang"),
    Shown("/counter/slips", "counter-wang"),
    Shown("/counter/visits", "counter-wang"),
    Shown("/account", "counter-wang"),
    Shown("/account", "auditor-he"),
)  # fmt: skip
IN_A_STATE: Final = {
    "/step-up", "/step-up/provider", "/sign-in/<who>", "/sign-in/<who>/callback", "/wallet/code/<showing_id>",
    "/wallet/code/<showing_id>/desk", "/counter/<assistance_id>", "/counter/<assistance_id>/copy",
    "/counter/copies/<serial>", "/counter/<assistance_id>/delegations",
    "/counter/<assistance_id>/delegations/new", "/counter/<assistance_id>/receipt",
    "/counter/confirmations/<act_id>", "/counter/visits/<list_id>", "/counter/<assistance_id>/report",
    "/counter/<assistance_id>/hand-over", "/counter/<assistance_id>/hand-overs/<hand_over_id>",
    "/counter/<assistance_id>/copies", "/counter/<assistance_id>/history",
}  # fmt: skip
"""Pages that open only to whom something has happened: tests/support/states.py leads to them, and where there is an
identity provider tests/browser/test_identity_provider.py."""
FIXED: Final = {shown.route for shown in PAGES if "<" not in shown.route}

NO_PAGES: Final = re.compile(
    r"^/(api/v1/|api/openapi.json|\.well-known/|status-lists/|static/|preferences$"
    r"|(desk|wallet)-worker\.js|(desk|wallet)\.webmanifest|healthz|readyz|metrics|manager/applications/<application_id>/proofs/|.*\.(pdf|csv|crt|<form>)$)"
)
"""Routes that answer a GET with something else than a page."""


WORDS: Final = (
    "机房进水，业务系统停机（演示）",
    "改为窗口手工登记（演示）",
    "演示依据",
    "证照编号",
    "为行动不便的老年客户上门登记服务，申请续期并增加每日次数（演示）。",
    "登记证明（演示）",
    "演示数据导入（演示）",
    "申领高龄津贴（演示）",
    "东胜区政务服务大厅（演示）",
    "办理个人住房贷款，核对不动产权属（演示）",
    "登记证书（演示）",
    "专网传输，不留存影像（演示）",
    "请补充公函（演示）",
)
"""What `furnish` has somebody type, and a new type's first field, which stay as they are stored."""


def furnish(page: Page, data: Path) -> None:
    """Let every page have something to show: `page` is a browser in which `ISSUER` is signed in.

    What there is already, from an earlier call, is left alone.
    """
    _a_batch_with_faults(page, data)
    _a_reconciliation_with_differences(page, data)
    _a_report_of_force_majeure(page)
    _a_draft_for_review(page)
    _an_item_for_review(page)


def _a_batch_with_faults(page: Page, data: Path) -> None:
    page.goto(f"/issuer/batches?type={FOOD}")
    if page.locator('main a[href^="/issuer/batches/"]').count():
        return
    holders = [person(data, "delegate-li")]
    rows = [row_of(food_licence(data, holders=holders, issued_on=day(-days))) for days in (0, 1, 4)]
    rows.append(row_of(food_licence(data, holders=holders), 有效期止="2020-01-01"))
    file: FilePayload = {"name": "demo.csv", "mimeType": "text/csv", "buffer": csv_of(rows)}
    page.locator("#file").set_input_files(file)
    page.get_by_test_id("upload").click()
    expect(page.get_by_test_id("batch-state")).to_have_attribute("data-state", "done")


def _a_reconciliation_with_differences(page: Page, data: Path) -> None:
    page.goto("/issuer")
    if page.locator('main a[href^="/issuer/reconciliations/"]').count():
        return
    client = credentials(data, "issuer")
    secret = b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    token = page.request.post(
        "/oauth/token",
        form={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {secret}"},
    ).json()["access_token"]
    answer = page.request.post(
        f"/api/v1/reconciliations?type={FOOD}&from={day(-30)}&to={day(0)}",
        data='{"number": "JY11506020990001", "version": 1, "status": "valid"}\n',
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
    )
    assert answer.ok, answer.text()


def _a_report_of_force_majeure(page: Page) -> None:
    page.goto("/issuer/force-majeure")
    if page.get_by_test_id("report").count():
        return
    page.goto("/issuer/force-majeure/new")
    page.locator("#started_at").fill(f"{day(-1)}T08:00")
    page.locator("#what").fill(WORDS[0])
    page.locator("input[name=types]").first.check()
    page.locator("#measures").fill(WORDS[1])
    page.get_by_test_id("send-report").click()
    expect(page.get_by_test_id("report-state")).to_be_visible()


def _a_draft_for_review(page: Page) -> None:
    page.goto("/issuer/catalogue")
    if page.locator('main a[href^="/issuer/catalogue/"]:not([href*="/new"])').count():
        return
    page.locator('main a[href^="/issuer/catalogue/new?code="]').last.click()
    page.locator("#basis").fill(WORDS[2])
    page.locator("button[name=save]").click()
    page.locator("button[name=submit]").click()
    expect(page.get_by_test_id("draft-state")).to_have_attribute("data-state", "submitted")


def _an_item_for_review(page: Page) -> None:
    """Of the responsible person, who has a browser of their own."""
    browser = page.context.browser
    assert browser is not None
    here = urlsplit(page.url)
    context = browser.new_context(base_url=f"{here.scheme}://{here.netloc}")
    context.request.post("/demo/session", form={"persona": RESPONSIBLE})
    editor = context.new_page()
    editor.goto("/manager/items")
    if not editor.locator('main a[href^="/manager/items/"]:not([href*="/new"])').count():
        editor.locator('main a[href^="/manager/items/new?code="]').last.click()
        editor.locator("#basis").fill(WORDS[2])
        editor.locator("button[name=save]").click()
        editor.locator("button[name=submit]").click()
        expect(editor.get_by_test_id("draft-state")).to_have_attribute("data-state", "submitted")
    context.close()
