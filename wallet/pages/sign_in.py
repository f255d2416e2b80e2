"""Signing in at an identity provider: there, back, and what is said when it does not come to that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_  # noqa: N812 - what Babel looks for

from wallet.base.deps import Deps
from wallet.errors import NotFound
from wallet.holders.identify import find_citizen
from wallet.organisations.place import open_place
from wallet.organisations.sign_in import find_staff
from wallet.web import cookies
from wallet.web.deps import deps, now
from wallet.web.devices import device_of
from wallet.web.guards import guard, public
from wallet.web.oidc.attempt import Attempt, Who, begin, seal, unseal
from wallet.web.oidc.exchange import AnswerRefused, authorization_address, redeem
from wallet.web.oidc.finish import Browser, Find, SignedIn, finish
from wallet.web.oidc.provider import Provider, ProviderAway
from wallet.web.oidc.ways import providers
from wallet.web.principal import optional_principal
from wallet.web.problems import STEP_UP
from wallet.web.way_back import leading_on, onward

blueprint = Blueprint("sign_in_pages", __name__)

_log = structlog.get_logger()


@dataclass(frozen=True)
class Way:
    """A provider on the sign-in page."""

    who: Who
    label: str
    address: str


@dataclass(frozen=True)
class _Failure:
    status: int
    title: Any
    advice: Any


_LOST: Final = _Failure(
    400, N_("这次登录已失效"), N_("等得太久，或者不是从这个浏览器开始的。请重新登录。")
)
_FAILURES: Final[Mapping[str, _Failure]] = {
    "away": _Failure(
        503,
        N_("统一身份认证暂时没有响应"),
        N_("请半分钟后再试。急用时，请带身份证到窗口办理，不需要手机。"),
    ),
    "cancelled": _Failure(
        400,
        N_("没有登录"),
        N_("您在统一身份认证取消了登录。需要时可以再来；不用手机的，带身份证到窗口一样能办。"),
    ),
    "lost": _LOST,
    "used": _LOST,
    "refused": _Failure(
        400,
        N_("登录没有成功"),
        N_(
            "统一身份认证的答复没有通过核对。请重新登录；还是不行，请带身份证到窗口办理，或联系系统管理员。"
        ),
    ),
    "number_missing": _Failure(
        403,
        N_("没有收到证件号码"),
        N_(
            "统一身份认证没有给出您的证件号码。请先在那里完成实名认证再来登录；也可以带身份证到窗口办理。"
        ),
    ),
    "number_unverified": _Failure(
        403,
        N_("身份还没有核验"),
        N_(
            "您在统一身份认证的证件号码还没有核验。请先在那里完成实名认证再来登录；也可以带身份证到窗口办理。"
        ),
    ),
    "number_unusable": _Failure(
        403,
        N_("证件号码不能使用"),
        N_(
            "收到的不是个人证件的有效号码。用单位账号登录的，请改用个人账号；也可以带身份证到窗口办理。"
        ),
    ),
    "name_missing": _Failure(
        403,
        N_("没有收到姓名"),
        N_(
            "统一身份认证没有给出您的姓名。请先在那里完成实名认证再来登录；也可以带身份证到窗口办理。"
        ),
    ),
    "under_14": _Failure(
        403,
        N_("未满 14 周岁，由监护人出示"),
        N_(
            "未满 14 周岁的人，证照由监护人在自己的手机上出示。监护人登录后还看不到孩子的证照的，请带户口簿或出生医学证明到窗口登记。"
        ),
    ),
    "staff_unknown": _Failure(
        403,
        N_("没有您的工作账号"),
        N_("本系统没有与您的登录名对应的工作账号，请联系本单位管理员开通。"),
    ),
    "staff_disabled": _Failure(403, N_("您的工作账号已停用"), N_("如需恢复，请联系本单位管理员。")),
    "other_person": _Failure(
        403,
        N_("不是同一个人"),
        N_(
            "刚才确认身份的人和登录的人不同，没有办理。请由登录的人确认；换人办理的，请先退出登录。"
        ),
    ),
    "session_ended": _Failure(401, N_("登录已结束"), N_("请重新登录后再办。")),
}
"""Why nobody was signed in → the page that says so, and what to do."""


@blueprint.app_template_global("sign_in_ways")
def sign_in_ways(to: str) -> list[Way]:
    """How one can sign in here, to go on to a local path."""
    labels = {"citizen": _("用统一身份认证登录"), "staff": _("工作人员登录")}
    return [Way(who, labels[who], leading_on(f"/sign-in/{who}", to)) for who in providers()]


@blueprint.get("/sign-in/<who>")
@guard(public(identify=False))
def start(who: str) -> Response:
    """Send the browser to the provider; with `anew` even who is signed in there signs in again."""
    return to_provider(who, onward(), session=None, anew="anew" in request.args)


@blueprint.get("/sign-in/<who>/callback")
@guard(public())
def come_back(who: str) -> Response:
    """The browser comes back from the provider: a session, or a page that says why not."""
    whose, provider = _provider(who)
    state = request.args.get("state", "")
    attempt = unseal(deps().vault, cookies.attempt_cookie(state), whose, state, now())
    if attempt is None:
        return failed("lost", whose)
    response = _finished(provider, attempt)
    cookies.clear_attempt_cookie(response, state)
    return response


def to_provider(who: str, to: str, *, session: int | None, anew: bool) -> Response:
    """Begin to sign in, or with `session` to prove again who its owner is, and go on `to`."""
    whose, provider = _provider(who)
    attempt = begin(whose, to, session, now())
    try:
        address = authorization_address(provider, attempt, _redirect_uri(whose), anew=anew)
    except ProviderAway:
        return failed("away", whose, attempt)
    response = make_response(redirect(address, 303))
    cookies.set_attempt_cookie(response, attempt.state, seal(deps().vault, attempt))
    return response


def failed(reason: str, who: Who, attempt: Attempt | None = None) -> Response:
    """The page that says why nobody was signed in, and leads to the next try."""
    to = attempt.onward if attempt else "/"
    if reason == "session_ended":
        again = leading_on("/", to)
    elif attempt is not None and attempt.session is not None:
        again = leading_on(STEP_UP, to)
    else:
        # Who was signed in there already would come back at once with the same answer.
        again = f"/sign-in/{who}?anew=1" + (f"&next={quote(to, safe='/')}" if to != "/" else "")
    failure = _FAILURES[reason]
    page = render_template(
        "account/sign_in_failed.html", reason=reason, failure=failure, again=again
    )
    return make_response(page, failure.status)


def _finished(provider: Provider, attempt: Attempt) -> Response:
    error = request.args.get("error")
    if error is not None:
        return failed("cancelled" if error == "access_denied" else "refused", attempt.who, attempt)
    find, wanted = _whom(deps(), attempt)
    try:
        answer = redeem(
            provider, attempt, _redirect_uri(attempt.who), request.args.to_dict(), wanted, now()
        )
    except ProviderAway:
        return failed("away", attempt.who, attempt)
    except AnswerRefused as refused:
        _log.warning("sign-in refused", provider=attempt.who, reason=str(refused))
        return failed("refused", attempt.who, attempt)
    token = request.cookies.get(cookies.session_cookie_name(), "")
    browser = Browser(token, optional_principal(), device_of(request.user_agent.string))
    outcome = finish(deps(), attempt, answer, browser, find, now())
    if not isinstance(outcome, SignedIn):
        return failed(outcome, attempt.who, attempt)
    response = make_response(redirect(attempt.onward, 303))
    cookies.set_session_cookies(response, outcome.token)
    return response


def _whom(deps: Deps, attempt: Attempt) -> tuple[Find, tuple[str, ...]]:
    """Who looks up whom the answer means, and the claims that this takes."""
    if attempt.who == "staff":
        claim = deps.config.staff_login_claim
        place = open_place(deps.vault, cookies.desk_cookie(), now())
        return partial(find_staff, login_claim=claim, place=place), (claim,)
    names = deps.config.citizen_claims
    find = partial(find_citizen, deps=deps, now=now(), add=attempt.session is None)
    return find, (names.code, names.name, names.verified)


def _provider(who: str) -> tuple[Who, Provider]:
    for known, provider in providers().items():
        if known == who:
            return known, provider
    raise NotFound("没有这种登录方式，请从首页重新进入。")


def _redirect_uri(who: Who) -> str:
    return f"{deps().config.public_url}/sign-in/{who}/callback"
