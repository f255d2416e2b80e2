"""Signing in and out at a provider of other people's making (npm `oidc-provider`), outside the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import browser as browsers
from tests.support import desk, phone, suits
from tests.support.demo import DemoCopies
from tests.support.english import left_over
from tests.support.identity import Providers, running_providers
from tests.support.people import credentials
from tests.support.server import free_port, running_server
from tests.support.sessions import let_pass
from tests.support.watch import Watch
from wallet import numbers
from wallet.base.database import Database

LI: Final = "李明"
PATIENCE: Final = 20_000
Opens = Callable[[Browser, str], BrowserContext]
OpenAt = Callable[..., Page]


class Library:
    """A server outside the demo, its providers, and its database."""

    def __init__(self, address: str, providers: Providers, db: Database) -> None:
        self.address, self.providers, self.db = address, providers, db


@pytest.fixture(scope="module")
def library(demo_copies: DemoCopies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The people of the demo sign in at two providers; the demo's own sign-in is off."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with demo_copies.copy("sqlite", tmp_path_factory.mktemp("identity") / "data") as config:
        people = credentials(config.data, "people")
        citizens = {
            login: {
                "name": people[login]["name"],
                "id_type": people[login]["code_type"],
                "id_number": people[login]["code"],
                "id_number_verified": True,
            }
            for login in ("holder-li", "holder-elder")
        }
        citizens["unverified"] = citizens["holder-li"] | {
            "name": "未核验的人", "id_number_verified": False,
        }  # fmt: skip
        staff = {"desk-zhao": {"name": "赵静"}, "E-0000": {"name": "外单位的人"}}
        with ExitStack() as stack:
            providers = stack.enter_context(running_providers(address, citizens, staff))
            more = {
                "LIANGZHENG_SECRET_KEY": config.secret_key,
                "LIANGZHENG_DATABASE_URL": config.database_url,
            }
            stack.enter_context(running_server(config.data, port, **more, **providers.settings()))
            db = Database(config.database_url)
            stack.callback(db.close)
            yield Library(address, providers, db)


@pytest.fixture
def opens(browser: Browser, library: Library) -> Iterator[Callable[[Opens], Page]]:
    """Opens a page of nobody, of a phone or a desk, and watches it."""
    known = (library.providers.citizen, library.providers.staff)
    watch = Watch(library.address, *known, refusals=(400, 401, 403))
    with ExitStack() as stack:

        def open_page(context_of: Opens) -> Page:
            context = stack.enter_context(context_of(browser, library.address))
            context.set_default_timeout(PATIENCE)
            watch.over(context)
            return context.new_page()

        yield open_page
    assert watch.troubles == []


@pytest.fixture
def page(opens: Callable[[Opens], Page]) -> Page:
    """A phone."""
    return opens(browsers.phone_context)


def sign_in(page: Page, name: str, to: str = "/", who: str = "citizen") -> None:
    """Sign in at the provider, from the sign-in page."""
    page.goto("/" if to == "/" else f"/?next={to}")
    page.get_by_test_id(f"sign-in-{who}").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_a_citizen_signs_in_finds_the_licences_and_signs_out_everywhere(
    page: Page, library: Library
) -> None:
    sign_in(page, LI, "/wallet/uses")
    expect(page).to_have_url(f"{library.address}/wallet/uses")
    page.goto("/wallet")
    expect(phone.card(page, phone.FOOD)).to_be_visible()
    page.goto("/account")
    page.get_by_test_id("sign-out").click()
    # At the provider, which asks by itself.
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(f"{library.address}/")
    page.get_by_test_id("sign-in-citizen").click()
    expect(page.get_by_role("button", name=LI)).to_be_visible()


def test_a_clerk_signs_in_and_has_the_desk(
    opens: Callable[[Opens], Page], library: Library
) -> None:
    page = opens(browsers.desk_context)
    sign_in(page, "赵静", who="staff")
    expect(page).to_have_url(f"{library.address}/desk")
    desk.open_desk_page(page, desk.OPERATOR_REVIEW)
    assert page.request.get("/api/v1/me").json()["roles"] == ["desk"]


@pytest.mark.parametrize(
    ("name", "who", "slug"),
    [
        ("未核验的人", "citizen", "number_unverified"),
        ("外单位的人", "staff", "staff_unknown"),
        ("取消", "citizen", "cancelled"),
    ],
)
def test_who_is_not_let_in_reads_why_and_may_come_as_somebody_else(
    page: Page, library: Library, name: str, who: str, slug: str
) -> None:
    page.goto("/preferences?care=1&next=/v")
    sign_in(page, name, "/account", who)
    failed = page.get_by_test_id("sign-in-failed")
    expect(failed).to_have_attribute("data-slug", slug)
    assert suits.faults(page, 1) == []
    assert page.request.get("/api/v1/me").status == 401
    failed.get_by_role("link", name="重新登录").click()
    page.get_by_role("button", name=LI if who == "citizen" else "赵静").click()
    expect(page).to_have_url(f"{library.address}/account")


def test_a_session_that_ends_in_the_middle_comes_back_to_the_page(
    page: Page, library: Library
) -> None:
    sign_in(page, LI)
    expect(page).to_have_url(f"{library.address}/wallet")
    let_pass(library.db, numbers.HOLDER_SESSION_IDLE)
    page.get_by_role("link", name="使用记录").click()
    # The provider knows who it is and asks nothing.
    page.get_by_role("link", name="用统一身份认证登录").click()
    expect(page).to_have_url(f"{library.address}/wallet/uses")


def test_who_confirms_is_asked_anew_and_goes_on(page: Page, library: Library) -> None:
    sign_in(page, LI)
    expect(page).to_have_url(f"{library.address}/wallet")
    let_pass(library.db, numbers.STEP_UP_FRESH)
    page.goto("/step-up?next=/wallet/uses")
    page.get_by_test_id("step-up-provider").click()
    page.get_by_role("button", name=LI).click()
    expect(page).to_have_url(f"{library.address}/wallet/uses")
    page.goto("/step-up?next=/account")
    expect(page).to_have_url(f"{library.address}/account")


def test_another_person_confirms_nothing_and_nobody_changes(page: Page, library: Library) -> None:
    sign_in(page, LI)
    expect(page).to_have_url(f"{library.address}/wallet")
    let_pass(library.db, numbers.STEP_UP_FRESH)
    page.goto("/step-up?next=/wallet/uses")
    page.get_by_test_id("step-up-provider").click()
    page.get_by_role("button", name="王秀英").click()
    expect(page.get_by_test_id("sign-in-failed")).to_have_attribute("data-slug", "other_person")
    assert page.request.get("/api/v1/me").json()["name"] == LI
    page.get_by_role("link", name="再确认一次").click()
    expect(page.get_by_test_id("step-up-provider")).to_be_visible()


def test_two_tabs_sign_in_beside_each_other(page: Page, library: Library) -> None:
    other = page.context.new_page()
    for tab, to in ((page, "/wallet/uses"), (other, "/account")):
        tab.goto(f"/?next={to}")
        tab.get_by_test_id("sign-in-citizen").click()
    page.get_by_role("button", name=LI).click()
    expect(page).to_have_url(f"{library.address}/wallet/uses")
    other.get_by_role("button", name=LI).click()
    expect(other).to_have_url(f"{library.address}/account")
    page.reload()
    expect(page).to_have_url(f"{library.address}/wallet/uses")


@pytest.mark.parametrize(("lang", "care"), [("zh", 0), ("en", 1)])
def test_every_page_on_the_way_suits_everybody(
    page: Page, library: Library, lang: str, care: int
) -> None:
    page.goto(f"/preferences?lang={lang}&care={care}&next=/v")
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(f"{name}: {one}" for one in suits.faults(page, care))
        if lang == "en":
            faults.extend(f"{name}: not English: {one}" for one in left_over(page, [LI]))

    page.goto("/")
    look("sign-in")
    page.goto("/wallet/uses")
    look("not signed in")
    page.goto("/sign-in/citizen/callback?state=none")
    look("failed")
    sign_in(page, LI)
    expect(page).to_have_url(f"{library.address}/wallet")
    let_pass(library.db, numbers.STEP_UP_FRESH)
    page.goto("/step-up?next=/wallet/uses")
    expect(page.get_by_test_id("step-up-provider")).to_be_visible()
    look("step-up")
    page.goto("/account")
    # An answer without content leaves the browser where it is.
    page.route(f"{library.providers.citizen}/session/end*", lambda route: route.fulfill(status=204))
    page.get_by_test_id("sign-out").click()
    expect(page.locator("#elsewhere")).to_be_visible()
    look("signed out")
    assert faults == []
