"""States of pages that an address alone does not lead to: a code that is shown, a verdict, a form with a fault.

Each function of `STATES` brings pages into one state after another and gives them by name; whatever holds on
every page holds in each of them (tests/browser/test_every_state.py), and `make screenshots` draws it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect
from sqlalchemy import select, update

from tests.support import desk, offline, pages, phone
from tests.support.consent import BANK_ACCOUNT, let_time_pass
from tests.support.holdings import ON_POST
from tests.support.licences import FOOD, day
from tests.support.showing import RENEWAL
from tests.support.units import DISTRICT, HALL
from wallet.base.deps import build_deps
from wallet.config import load_config
from wallet.demo.data import load_holders
from wallet.organisations.model import Staff
from wallet.web.sessions import Session


@dataclass(frozen=True)
class Stage:
    """Where states are brought about: `data` is the demo's folder.

    `visit` opens a page of a browser of its own, on which a persona has signed in; None is nobody.
    """

    visit: Callable[[str | None], Page]
    data: Path


States = Iterator[tuple[str, Page]]
Bring = Callable[[Stage], States]

_VERDICT: Final[dict[str, Any]] = {
    "id": "v", "repeated": False, "offline": False, "unchecked": [], "licences": [], "shown_by": "holder",
    "checked_at": "2026-11-27T10:32:09+08:00", "status_as_of": "2026-11-27T10:32:09+08:00",
}  # fmt: skip


def code(stage: Stage) -> States:
    """The code on the phone from its drawing to its use, and what may come between."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit(pages.CLERK)
    text = phone.show(holder, phone.FORKLIFT)
    yield "code", holder
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    desk.type_in(clerk, text)
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    yield "code-used", holder
    problem = {"slug": "licence_suspended", "status": 409, "title": "", "detail": ""}
    holder.route("**/api/v1/me/codes", lambda route: route.fulfill(status=409, json=problem))
    holder.goto("/wallet")
    phone.card(holder, phone.FORKLIFT).get_by_test_id("show-code").click()
    expect(holder.locator("#code-hold-icon")).to_be_visible()
    yield "code-failed", holder
    holder.goto("/wallet")
    holder.get_by_role("searchbox").fill("没有这样的证照")
    expect(holder.locator("#search-empty")).to_be_visible()
    yield "wallet-not-found", holder
    holder.goto(f"/wallet/{phone.held(holder, phone.FORKLIFT)['identifier']}")
    holder.locator("#reveal-all").click()
    expect(holder.locator("#reveal-all")).to_have_attribute("aria-pressed", "true")
    yield "licence-revealed", holder


def together(stage: Stage) -> States:
    """Several licences in one code, and what a server-drawn code becomes."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit(pages.CLERK)
    holder.goto("/wallet/together")
    for box in holder.get_by_role("checkbox").all()[:2]:
        box.check()
    yield "together-chosen", holder
    holder.get_by_test_id("show-code").click()
    phone.drawn_text(holder)
    yield "together-code", holder
    # A tap before the script: the server draws. What a service worker keeps would be there at once.
    holder = stage.visit(pages.HOLDER)
    holder.add_init_script("delete Navigator.prototype.serviceWorker")
    holder.route(
        "**/static/*/wallet/*.js", lambda route: route.fulfill(content_type="text/javascript")
    )
    for withdrawn in (True, False):
        holder.goto("/wallet")
        phone.card(holder, phone.FORKLIFT).get_by_test_id("show-code").click()
        text = phone.drawn_text(holder)
        if withdrawn:
            yield "drawn-code", holder
            yield from _drawn_number(holder, clerk)
            holder.get_by_test_id("withdraw-code").click()
            expect(holder.get_by_test_id("show-again")).to_be_visible()
            yield "drawn-withdrawn", holder
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    holder.reload()
    expect(holder.get_by_test_id("code-used")).to_be_visible()
    yield "drawn-used", holder


def _drawn_number(holder: Page, clerk: Page) -> States:
    """A desk's number is typed on the page that the server drew; goes back to the code."""
    clerk.goto("/desk")
    clerk.get_by_test_id("draw-number").click()
    expect(clerk.get_by_test_id("desk-number")).to_be_visible()
    holder.get_by_test_id("enter-number").click()
    holder.get_by_test_id("number-send").click()
    expect(holder.get_by_role("alert")).to_be_visible()
    yield "drawn-number-wrong", holder
    holder.get_by_test_id("number-input").fill(clerk.get_by_test_id("desk-number").inner_text())
    holder.get_by_test_id("number-send").click()
    expect(holder.get_by_test_id("number-input")).to_have_count(0)
    yield "drawn-number-found", holder
    clerk.context.set_offline(True)
    holder.get_by_test_id("number-send").click()
    expect(holder.get_by_test_id("code-sent")).to_be_visible()
    yield "drawn-code-sent", holder
    clerk.goto("about:blank")
    clerk.context.set_offline(False)


def verdicts(stage: Stage) -> States:
    """What a desk says of a code."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit(pages.CLERK)
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    text = phone.show(holder, phone.FORKLIFT)
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    yield "desk-accepted", clerk
    clerk.get_by_test_id("person-mismatch").click()
    expect(clerk.get_by_test_id("person-mismatch")).to_be_hidden()
    yield "desk-mismatch", clerk
    desk.type_in(clerk, phone.show(holder, phone.FORKLIFT))
    desk.expect_verdict(clerk, "accepted", "ok")
    desk.type_in(clerk, "no code of ours")
    desk.expect_verdict(clerk, "refused", "malformed")
    expect(clerk.get_by_test_id("unserved")).to_be_visible()
    yield "desk-refused", clerk
    _judged(clerk, {"verdict": "undetermined", "reason": "trust_stale", "message": None})
    desk.expect_verdict(clerk, "undetermined", "trust_stale")
    yield "desk-undetermined", clerk
    _answer(
        clerk,
        lambda route: route.fulfill(status=429, json={"slug": "too_many_requests", "status": 429}),
    )
    desk.expect_verdict(clerk, "error", "too_many_requests")
    yield "desk-not-judged", clerk


def spared(stage: Stage) -> States:
    """What need not be handed in, at the desk; paper that is wanted nonetheless, as holder and manager read it."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit(pages.CLERK)
    text = phone.show(holder, phone.FORKLIFT)
    desk.open_desk_page(clerk, ON_POST)
    desk.type_in(clerk, text)
    want = clerk.get_by_test_id("want-paper")
    want.wait_for()
    yield "desk-materials", clerk
    want.click()
    yield "desk-paper-wanted", clerk
    for field in clerk.get_by_test_id("materials").locator("input").all():
        field.fill("《条例》第九条")
    clerk.keyboard.press("Enter")
    expect(want).to_have_count(0)
    expect(clerk.get_by_test_id("materials").locator("form")).to_have_count(0)
    yield "desk-paper-recorded", clerk
    holder.goto("/wallet/uses")
    yield "uses-looked-up", holder
    manager = stage.visit(pages.MANAGER)
    manager.goto("/manager/papers")
    yield "manager-papers", manager


def asked(stage: Stage) -> States:
    """A desk asks, and the holder allows it, does not, or says nothing."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit("desk-bank")
    desk.open_desk_page(clerk, BANK_ACCOUNT)
    yield "desk-asks-ready", clerk
    _ask(holder, clerk)
    yield "code-asked", holder
    yield "desk-waiting", clerk
    holder.get_by_test_id("consent-allow").click()
    desk.expect_verdict(clerk, "accepted", "ok")
    _ask(holder, clerk)
    holder.get_by_test_id("consent-refuse").click()
    desk.expect_verdict(clerk, "refused", "consent_refused")
    expect(holder.locator("#code-hold-icon")).to_be_visible()
    yield "code-not-allowed", holder
    yield "desk-not-allowed", clerk
    _ask(holder, clerk)
    history = holder.context.new_page()  # who leaves the question takes it back
    history.goto("/wallet/uses")
    yield "uses-asked", history
    history.get_by_test_id("narrow").click()
    history.locator("#days").select_option("own")
    expect(history.locator("#from")).to_be_visible()
    yield "uses-narrow", history
    let_time_pass(stage.data, 90)
    desk.expect_verdict(clerk, "refused", "consent_expired")
    yield "desk-not-answered", clerk


def numbered(stage: Stage) -> States:
    """A desk shows its number, and a phone sends its code there."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit(pages.CLERK)
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    clerk.get_by_test_id("draw-number").click()
    expect(clerk.get_by_test_id("desk-number")).to_be_visible()
    yield "desk-number", clerk
    phone.show(holder, phone.FORKLIFT)
    holder.get_by_test_id("enter-number").click()
    field = holder.get_by_test_id("number-input")
    field.fill("00")
    holder.get_by_test_id("number-send").click()
    expect(holder.locator("#number-problem")).not_to_be_empty()
    yield "number-wrong", holder
    clerk.context.set_offline(True)
    field.fill(clerk.get_by_test_id("desk-number").inner_text())
    expect(holder.locator("#number-desk")).to_be_visible()
    yield "number-found", holder
    holder.get_by_test_id("number-send").click()
    expect(holder.get_by_test_id("code-sent")).to_be_visible()
    yield "code-sent", holder
    clerk.context.set_offline(False)
    desk.expect_verdict(clerk, "accepted", "ok")


def stopped(stage: Stage) -> States:
    """All showing is stopped."""
    holder = stage.visit("holder-elder")
    holder.goto("/wallet/freeze")
    holder.get_by_test_id("freeze").click()
    try:
        expect(holder.get_by_test_id("unfreeze")).to_be_visible()
        yield "freeze-frozen", holder
        holder.goto("/wallet")
        yield "wallet-frozen", holder
        holder.get_by_test_id("show-code").first.click()
        expect(holder.locator("#code-hold-act")).to_be_visible()
        yield "code-frozen", holder
    finally:  # others of the same demo show this person's licences
        holder.goto("/wallet/freeze")
        holder.get_by_test_id("unfreeze").click()
        expect(holder.get_by_test_id("freeze")).to_be_visible()


def without_network(stage: Stage) -> States:
    """A desk that judges alone, and the phone without a network."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit(pages.CLERK)
    desk.open_desk_page(clerk, desk.OPERATOR_REVIEW)
    offline.wait_until_prepared(clerk)
    text = phone.show(holder, phone.FORKLIFT)
    _network(clerk, on=False)
    yield "desk-offline", clerk
    desk.type_in(clerk, text)
    desk.expect_verdict(clerk, "accepted", "ok")
    yield "desk-offline-accepted", clerk
    _network(clerk, on=True)
    holder.goto("/wallet")
    holder.context.set_offline(True)
    holder.get_by_test_id("show-code").first.click()
    expect(holder.locator("#code-hold-text")).to_contain_text(re.compile("网络|network"))
    yield "code-offline", holder
    holder.context.set_offline(False)


def opened(stage: Stage) -> States:
    """What a passer-by's phone says of a code."""
    holder, passer_by = stage.visit(pages.HOLDER), stage.visit(None)
    passer_by.goto(phone.show(holder))
    expect(passer_by.locator("#answer")).to_have_attribute("data-state", "genuine")
    yield "v-genuine", passer_by
    passer_by.goto("/catalogue")
    passer_by.goto("/v#no-code-of-ours")
    expect(passer_by.locator("#answer")).to_have_attribute("data-state", "not_genuine")
    yield "v-not-genuine", passer_by


def delegating(stage: Stage) -> States:
    """The steps to a delegation, with what is wrong with them, and the delegation itself."""
    page = stage.visit(pages.HOLDER)
    page.goto("/wallet/delegations/new")
    _send_empty(page)
    yield "delegation-who-wrong", page
    page.locator("#name").fill("王秀英")
    page.locator("#code").fill("150602194806152625")
    page.locator("[name=licences]").first.check()
    page.get_by_test_id("next-step").click()
    page.locator("[name=days][value=own]").check()
    expect(page.locator("#ends_on")).to_be_visible()
    page.get_by_test_id("next-step").click()
    expect(page.locator("#items-wrong")).to_be_visible()
    yield "delegation-scope-wrong", page
    page.locator("[name=items]").first.check()
    page.locator("[name=days][value='30']").check()
    page.get_by_test_id("next-step").click()
    expect(page.get_by_test_id("send-offer")).to_be_visible()
    yield "delegation-confirm", page
    page.get_by_test_id("send-offer").click()
    page.get_by_test_id("end-delegation").click()
    expect(page.get_by_test_id("confirm-end")).to_be_visible()
    yield "delegation-offered", page
    page.get_by_test_id("confirm-end").click()
    expect(page.get_by_test_id("delegation")).to_have_attribute("data-state", "withdrawn")
    yield "delegation-withdrawn", page


def issuing(stage: Stage) -> States:
    """Forms of an issuing unit with what is wrong with them, and what is asked before an act."""
    page = stage.visit(pages.ISSUER)
    page.goto("/issuer/licences?type=special-equipment-operator")
    licence = page.get_by_test_id("found-licence").get_by_role("link").first.get_attribute("href")
    page.goto(f"{licence}/status")
    _send_empty(page)
    yield "issuer-status-wrong", page
    page.locator("input[name=code]").first.check()
    page.locator("#reason").fill("监督检查发现问题，责令改正（演示）")
    page.locator("#basis").fill("演示市监罚〔2026〕12号")
    page.get_by_test_id("to-confirm").click()
    expect(page.get_by_test_id("confirm-change")).to_be_visible()
    yield "issuer-status-confirm", page
    page.goto(f"{licence}")
    page.get_by_test_id("reveal").click()
    page.wait_for_load_state()
    yield "issuer-licence-revealed", page
    page.goto("/issuer/licences?status=in_review")
    page.get_by_test_id("found-licence").get_by_role("link").first.click()
    page.get_by_test_id("review").click()
    _send_empty(page)
    yield "issuer-review-wrong", page
    page.goto("/issuer/force-majeure/new")
    _send_empty(page)
    yield "issuer-force-majeure-wrong", page
    page.goto(f"/issuer/catalogue/new?code={FOOD}")
    page.locator("[name=field-9-label]").fill("Grade")
    page.locator("[name=field-9-key]").fill("Not a key")
    page.locator("button[name=save]").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "issuer-catalogue-wrong", page


def confirming(stage: Stage) -> States:
    """Whoever signed in a while ago is asked to confirm who they are."""
    page = stage.visit("auditor-he")
    deps = build_deps(load_config({"LIANGZHENG_DATA": str(stage.data)}))
    with deps.db.begin() as tx:
        of_auditor = select(Staff.id).where(Staff.login == "auditor-he").scalar_subquery()
        long_ago = update(Session).where(Session.subject_id == of_auditor)
        tx.execute(long_ago.where(Session.subject_kind == "staff").values(authenticated_at=None))
    deps.db.close()
    page.goto("/step-up?next=/account")
    expect(page.get_by_role("main")).to_be_visible()
    assert "/step-up" in page.url
    yield "step-up", page


def left(stage: Stage) -> States:
    """A desk is locked, without a network first, then handed over with what is open there."""
    holder, clerk = stage.visit(pages.HOLDER), stage.visit("desk-bank")
    desk.open_desk_page(clerk, BANK_ACCOUNT)
    offline.wait_until_prepared(clerk)
    clerk.context.set_offline(True)
    clerk.keyboard.press("F9")
    expect(clerk.locator("#locked-note")).to_contain_text(re.compile("网络|network"))
    yield "desk-covered", clerk
    clerk.context.set_offline(False)
    expect(clerk.get_by_test_id("step-up")).to_be_visible()
    yield "desk-locked", clerk
    clerk.get_by_test_id("step-up").click()
    expect(clerk.get_by_test_id("item-select")).to_have_value(BANK_ACCOUNT)
    _ask(holder, clerk)
    clerk.goto("/desk/handover")
    expect(clerk.get_by_test_id("open-questions")).to_be_visible()
    yield "handover-open", clerk
    clerk.get_by_test_id("confirm-hand-over").click()
    expect(clerk.get_by_test_id("handed-over")).to_be_visible()
    yield "sign-in-handed-over", clerk


def managing(stage: Stage) -> States:
    """Forms on units and people with what is wrong with them, and what is refused."""
    manager = stage.visit(pages.MANAGER)
    manager.goto("/manager/units/new")
    _send_empty(manager)
    yield "unit-wrong", manager
    manager.goto(f"/manager/units/{DISTRICT}/close")
    manager.get_by_test_id("confirm").click()
    expect(manager.get_by_role("alert")).to_be_visible()
    yield "unit-not-closed", manager
    manager.goto(f"/manager/units/{HALL}/responsible")
    _send_empty(manager)
    yield "responsible-wrong", manager
    manager.goto(f"/manager/units/{HALL}/staff")
    _send_empty(manager)
    yield "member-wrong", manager
    manager.goto("/manager/items/withdrawal/open-a-shop")
    _send_empty(manager)
    yield "item-not-withdrawn", manager
    editor = stage.visit(pages.RESPONSIBLE)
    editor.goto(f"/manager/items/new?code={RENEWAL}")
    editor.locator("#traditional_channel").fill("")
    editor.locator("button[name=save]").click()
    expect(editor.get_by_role("alert").first).to_be_visible()
    yield "item-app-only", editor
    manager.goto("/manager/grants/1")
    manager.get_by_test_id("confirm").click()
    expect(manager.locator("#reason-wrong")).to_be_visible()
    yield "grant-not-suspended", manager
    manager.goto(f"/manager/units/{HALL}/client")
    _send_empty(manager)
    yield "client-wrong", manager
    manager.goto("/manager/suspension-rule")
    manager.locator("#refusals").fill("0")
    _send_empty(manager)
    yield "rule-wrong", manager
    manager.goto("/manager/clients/demo-relying/secret")
    manager.locator("input[name=overlap_days]").last.check()
    manager.get_by_test_id("confirm").click()
    expect(manager.get_by_test_id("client-secret")).to_be_visible()
    yield "client-secret", manager
    manager.goto("/manager/basis/new")
    _send_empty(manager)
    yield "basis-wrong", manager
    manager.goto(f"/manager/people/{pages.RESPONSIBLE}/access")
    manager.get_by_test_id("confirm").click()
    expect(manager.get_by_role("alert")).to_be_visible()
    yield "member-not-disabled", manager


def administering(stage: Stage) -> States:
    """Somebody is asked to act for a company; the only one who does cannot leave."""
    company, other = stage.visit("holder-company"), stage.visit("delegate-li")
    person = load_holders()["delegate-li"]
    company.goto("/wallet/administrators")
    company.get_by_test_id("new-administrator").click()
    company.locator("#name").fill(person.name)
    company.locator("#code").fill(person.code)
    company.get_by_test_id("send-administrator").click()
    waiting = company.locator('[data-testid="administrator"][data-state="offered"]')
    expect(waiting).to_be_visible()
    yield "administrator-offered", company
    other.goto("/wallet/administrators")
    expect(other.get_by_test_id("accept-administrator")).to_be_visible()
    yield "administrator-asked", other
    waiting.get_by_role("link").click()
    company.get_by_test_id("confirm-end-administrator").click()
    expect(waiting).to_have_count(0)
    company.get_by_test_id("administrator").get_by_role("link").click()
    company.get_by_test_id("confirm-end-administrator").click()
    expect(company.get_by_role("alert")).to_be_visible()
    yield "administrator-last-one", company


def applying(stage: Stage) -> States:
    """A bank applies, is returned, applies again, is reviewed, approved, filed, and the filing looked at."""
    bank, first, second, above = (
        stage.visit(one) for one in (pages.BANK, pages.MANAGER, "manager-wu", "manager-han")
    )
    address = _applied(bank)
    yield from _application_to_be_mended(bank, first, address)
    for manager, act in ((first, "pass"), (second, "approve")):
        manager.goto(f"{address}/decision")
        if act == "approve":
            first.goto(f"{address}/decision")
            yield "application-another", first
            yield "application-to-approve", manager
        manager.get_by_test_id(act).click()
        expect(manager.get_by_test_id("application-state")).to_be_visible()
    first.goto(f"{address}/decision")
    first.get_by_test_id("file").click()
    expect(first.get_by_role("alert")).to_be_visible()
    yield "application-to-file", first
    first.locator("#measures").fill("专网传输，不留存影像（演示）")
    first.get_by_test_id("file").click()
    expect(first.get_by_test_id("filing-number")).to_be_visible()
    yield "application-filed", first
    bank.goto(address)
    yield "application-granted", bank
    above.goto("/manager/applications")
    yield "filings", above
    above.goto(f"{address}/decision")
    above.get_by_test_id("objected").click()
    expect(above.get_by_role("alert")).to_be_visible()
    yield "filing-to-answer", above
    above.get_by_test_id("noted").click()
    expect(above.get_by_test_id("filing-number")).to_be_visible()
    second.goto("/manager/approval-rights")
    second.get_by_test_id("open").first.click()
    yield "right-opened", second
    second.get_by_test_id("end").first.click()
    expect(second.get_by_test_id("end")).to_have_count(0)


def _applied(bank: Page) -> str:
    """The address of a new application with a proof; what an earlier run left is taken back."""
    bank.goto("/manager/applications/new?item=bank-home-loan")
    bank.locator("[name^=type-]").first.check()
    bank.locator("#reason").fill("办理个人住房贷款，核对不动产权属（演示）")
    bank.locator("#ends_on").fill(day(300))
    bank.locator("[name=no_secrets]").check()
    bank.get_by_test_id("save").click()
    expect(bank.get_by_test_id("no-proofs")).to_be_visible()
    return urlsplit(bank.url).path


def _application_to_be_mended(bank: Page, manager: Page, address: str) -> States:
    bank.get_by_test_id("submit").click()
    expect(bank.get_by_role("alert")).to_be_visible()
    yield "application-without-proof", bank
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(picture, "PNG")
    file: FilePayload = {
        "name": "登记证书（演示）.png", "mimeType": "image/png", "buffer": picture.getvalue()
    }  # fmt: skip
    bank.goto(address)
    bank.locator("#file").set_input_files(file)
    bank.get_by_test_id("send-proof").click()
    expect(bank.get_by_test_id("proofs")).to_be_visible()
    bank.locator("#ends_on").fill("2020-01-01")
    bank.get_by_test_id("save").click()
    expect(bank.locator("#ends_on-wrong")).to_be_visible()
    yield "application-wrong", bank
    bank.locator("#ends_on").fill(day(300))
    bank.get_by_test_id("submit").click()
    expect(bank.get_by_test_id("withdraw")).to_be_visible()
    yield "application-submitted", bank
    manager.goto(f"{address}/decision")
    manager.locator("#reason").fill("请补充公函（演示）")
    manager.get_by_test_id("return").click()
    expect(manager.get_by_test_id("application-state")).to_have_attribute("data-state", "returned")
    bank.goto(address)
    yield "application-returned", bank
    bank.get_by_test_id("submit").click()
    expect(bank.get_by_test_id("withdraw")).to_be_visible()


def serving(stage: Stage) -> States:
    """A person without a phone is served: found in vain, then by the card; a copy is printed and revoked."""
    wang = stage.visit("counter-wang")
    person = load_holders()["holder-elder"]
    wang.goto("/counter")
    wang.locator("#code").fill(person.code[:-1] + ("1" if person.code[-1] != "1" else "2"))
    wang.locator("#matter").fill("申领高龄津贴（演示）")
    wang.get_by_test_id("begin").click()
    expect(wang.get_by_role("alert")).to_be_visible()
    yield "counter-wrong", wang
    wang.locator("#code").fill(person.code)
    wang.get_by_test_id("begin").click()
    expect(wang.get_by_test_id("served")).to_be_visible()
    session = wang.url
    yield "counter-session", wang
    wang.get_by_test_id("to-print").first.click()
    _send_empty(wang)
    yield "copy-wrong", wang
    wang.locator("#recipient").fill("东胜区政务服务大厅（演示）")
    wang.locator("#valid_until").fill(day(20))
    wang.get_by_test_id("print-copy").click()
    serial = wang.get_by_test_id("serial").inner_text()
    yield "copy-printed", wang
    elder = stage.visit("holder-elder")
    elder.goto("/wallet/copies")
    expect(elder.get_by_test_id("revoke-copy").first).to_be_visible()
    yield "wallet-copies", elder
    wang.goto(session)
    wang.get_by_test_id("to-copies").click()
    expect(wang.get_by_test_id("revoke-copy").first).to_be_visible()
    yield "counter-copies", wang
    wang.go_back()
    wang.get_by_test_id("look").first.click()
    yield "counter-face", wang
    wang.goto(session)
    wang.get_by_test_id("to-report").click()
    wang.get_by_test_id("matter").select_option("senior-allowance")
    wang.get_by_test_id("choose-matter").click()
    wang.get_by_test_id("send-report").click()
    yield "counter-report-wrong", wang
    wang.goto("/counter/slips")
    wang.get_by_test_id("issue-slips").click()
    wang.get_by_test_id("enter-slip").click()
    yield "slips-wrong", wang
    wang.goto("/counter/visits")
    wang.get_by_test_id("prepare-visits").click()
    yield "visits-wrong", wang
    served = load_holders()["holder-elder"]
    wang.get_by_label("去看谁").or_(wang.get_by_label("Whom to visit")).fill(
        f"{served.code} {served.name} 申领高龄津贴"
    )
    wang.get_by_test_id("prepare-visits").click()
    yield "visits-waiting", wang
    yield from _handing_over(stage, wang, session)
    yield from _printing_alone(stage, wang, session)
    wang.goto("/counter/revocation")
    _send_empty(wang)
    yield "copy-not-revoked", wang
    wang.locator("#serial").fill(serial)
    wang.locator("#reason").fill("不再需要（演示）")
    wang.get_by_test_id("revoke-copy").click()
    expect(wang.get_by_test_id("revoked")).to_be_visible()
    yield "copy-revoked", wang


def _handing_over(stage: Stage, wang: Page, session: str) -> States:
    """The senior card goes to a desk by its number, and is used there."""
    clerk = stage.visit(pages.CLERK)
    wang.goto(session)
    wang.get_by_test_id("to-hand-over").click()
    _send_empty(wang)
    yield "hand-over-wrong", wang
    wang.locator("[name=licences]").first.check()
    clerk.goto("/desk")
    clerk.get_by_test_id("draw-number").click()
    expect(clerk.get_by_test_id("desk-number")).to_be_visible()
    # Nothing is fetched, so that it waits.
    clerk.context.set_offline(True)
    wang.locator("#number").fill(clerk.get_by_test_id("desk-number").inner_text())
    wang.get_by_test_id("find-desk").click()
    expect(wang.get_by_test_id("desk-named")).to_be_visible()
    yield "hand-over-named", wang
    wang.get_by_test_id("hand-over").click()
    expect(wang.get_by_test_id("take-back")).to_be_visible()
    yield "handed-over", wang
    wang.get_by_test_id("take-back").click()
    expect(wang.get_by_test_id("handed")).to_have_attribute("data-state", "withdrawn")
    yield "hand-over-withdrawn", wang
    clerk.goto("about:blank")
    clerk.context.set_offline(False)


def _printing_alone(stage: Stage, wang: Page, session: str) -> States:
    """A screen in the hall shows its number, is released by staff, and prints."""
    screen = stage.visit(None)
    screen.goto("/kiosk")
    screen.get_by_test_id("start").click()
    shown = screen.get_by_test_id("number")
    yield "kiosk-number", screen
    wang.goto(session)
    wang.get_by_test_id("kiosk-number").fill("0")
    wang.get_by_test_id("release").click()
    expect(wang.get_by_role("alert")).to_be_visible()
    yield "kiosk-not-released", wang
    wang.get_by_test_id("kiosk-number").fill(shown.inner_text())
    wang.get_by_test_id("release").click()
    # The screen looks again by itself.
    expect(screen.get_by_test_id("served")).to_be_visible()
    yield "kiosk", screen
    screen.get_by_test_id("matter").filter(has_text="高龄津贴").or_(
        screen.get_by_test_id("matter").filter(has_text="Senior allowance")
    ).click()
    yield "kiosk-chosen", screen
    screen.get_by_test_id("print").click()
    expect(screen.get_by_test_id("pdf")).to_be_visible()
    yield "kiosk-printed", screen
    wang.goto(session)
    expect(wang.get_by_test_id("kiosk-serving")).to_be_visible()
    yield "kiosk-serving", wang
    screen.get_by_test_id("done").click()
    expect(screen.get_by_test_id("start")).to_be_visible()


def asking_a_colleague(stage: Stage) -> States:
    """A delegation at the counter: prepared, read by a colleague who has to say why not, confirmed; codes are stopped."""
    wang, liu = stage.visit("counter-wang"), stage.visit("counter-liu")
    people = load_holders()
    wang.goto("/counter")
    wang.locator("#code").fill(people["holder-elder"].code)
    wang.locator("#matter").fill("申领高龄津贴（演示）")
    wang.get_by_test_id("begin").click()
    wang.get_by_test_id("to-delegations").click()
    expect(wang.get_by_test_id("new-delegation")).to_be_visible()
    yield "counter-delegations", wang
    wang.get_by_test_id("new-delegation").click()
    _send_empty(wang)
    yield "counter-delegate-wrong", wang
    wang.locator("#name").fill(people["holder-li"].name)
    wang.locator("#code").fill(people["holder-li"].code)
    wang.locator("[name=licences]").first.check()
    wang.locator("[name=matter][value=any]").check()
    wang.get_by_test_id("prepare-delegation").click()
    expect(wang.locator("[data-state=waiting]")).to_be_visible()
    yield "counter-waiting", wang
    liu.goto("/counter/confirmations")
    yield "confirmations", liu
    liu.get_by_test_id("confirmation").last.get_by_role("link").click()
    _send_empty(liu)
    yield "confirmation-wrong", liu
    liu.get_by_test_id("confirm-act").click()
    expect(liu.get_by_test_id("act-state").locator("[data-state=done]")).to_be_visible()
    yield "confirmed", liu
    wang.get_by_test_id("freeze").click()
    expect(wang.get_by_test_id("unfreeze")).to_be_visible()
    yield "counter-frozen", wang
    wang.get_by_test_id("to-receipt").click()
    expect(wang.get_by_test_id("receipt-act")).to_have_count(2)
    yield "receipt", wang
    wang.go_back()
    wang.get_by_test_id("to-history").click()
    wang.locator("[name=to]").fill("2020-01-01")
    wang.get_by_test_id("print-history").click()
    expect(wang.locator(".wrong-why")).to_be_visible()
    yield "counter-history-wrong", wang
    wang.go_back()
    wang.go_back()
    # As it was before.
    wang.get_by_test_id("unfreeze").click()
    liu.goto("/counter/confirmations")
    liu.get_by_test_id("confirmation").last.get_by_role("link").click()
    liu.get_by_test_id("confirm-act").click()
    wang.get_by_test_id("to-delegations").click()
    given = wang.get_by_test_id("delegation").filter(has_text=people["holder-li"].name)
    given.get_by_test_id("end-delegation").click()
    expect(given).to_have_count(0)
    wang.go_back()
    wang.go_back()
    wang.get_by_test_id("end").click()
    expect(wang.get_by_test_id("last-receipt")).to_be_visible()
    yield "counter-ended", wang


STATES: Final[tuple[Bring, ...]] = (
    *(code, together, verdicts, spared, asked, numbered, stopped, without_network, left, opened),
    *(delegating, issuing, confirming, managing, administering, applying, serving),
    asking_a_colleague,
)


def _ask(holder: Page, clerk: Page) -> None:
    """Let the bank scan a code, so that the phone asks."""
    desk.type_in(clerk, phone.show(holder))
    desk.expect_verdict(clerk, "pending", "consent_pending")
    expect(holder.get_by_test_id("consent-allow")).to_be_visible()


def _send_empty(page: Page) -> None:
    """Send the form of the page as a browser does that does not check it first."""
    form = page.locator("main form[method=post]").last
    form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(page.locator(".wrong-why, [role=alert]").first).to_be_visible()


def _network(clerk: Page, *, on: bool) -> None:
    """Take the network away from a desk, or give it back."""
    clerk.context.set_offline(not on)
    expect(clerk.locator("#network")).to_have_class("network" if on else "network off")


def _judged(clerk: Page, verdict: dict[str, Any]) -> None:
    """Scan something of which the library gives this verdict."""
    _answer(clerk, lambda route: route.fulfill(json=_VERDICT | verdict))


def _answer(clerk: Page, answer: Callable[[Route], None]) -> None:
    clerk.route("**/api/v1/verifications", answer)
    with clerk.expect_response("**/api/v1/verifications"):
        desk.type_in(clerk, "something")
    clerk.unroute("**/api/v1/verifications")
