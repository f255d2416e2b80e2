"""Cookies: one for the session, one readable for the CSRF token, one for each sign-in under way, one for
the desk that a computer is, one for a screen that prints, two for how pages speak."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from wallet import numbers
from wallet.web import sessions
from wallet.web.deps import deps

SESSION_COOKIE: Final = "session"
CSRF_COOKIE: Final = "csrf_token"
CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf_token"
_ATTEMPTS_KEPT: Final = 3
_STATE_PART: Final = 8


def session_cookie_name() -> str:
    """The session cookie's name; over https it is bound to this host alone."""
    return f"__Host-{SESSION_COOKIE}" if deps().config.https else SESSION_COOKIE


def set_session_cookies(response: Response, token: str) -> None:
    """Hand the browser its session; `Secure` whenever the public address is https."""
    config = deps().config
    response.set_cookie(
        session_cookie_name(), token, path="/", secure=config.https, httponly=True, samesite="Lax"
    )
    response.set_cookie(
        CSRF_COOKIE,
        sessions.csrf_token(config.secret_key, token),
        path="/",
        secure=config.https,
        samesite="Lax",
    )


def attempt_cookie(state: str) -> str:
    """What the browser keeps of the sign-in of that state; empty where it began none."""
    return request.cookies.get(_attempt_cookie_name(state), "")


def set_attempt_cookie(response: Response, state: str, sealed: str) -> None:
    """Let the browser keep a sign-in under way. Of those of other tabs it keeps a few."""
    prefix = _attempt_cookie_name("")
    others = [name for name in request.cookies if name.startswith(prefix)]
    for name in others[: max(0, len(others) - _ATTEMPTS_KEPT + 1)]:
        response.delete_cookie(name, path="/", secure=deps().config.https, samesite="Lax")
    response.set_cookie(
        _attempt_cookie_name(state),
        sealed,
        max_age=numbers.OIDC_ATTEMPT_LIFE,
        path="/",
        secure=deps().config.https,
        httponly=True,
        samesite="Lax",
    )


def clear_attempt_cookie(response: Response, state: str) -> None:
    """Forget the sign-in of that state: it has ended."""
    name = _attempt_cookie_name(state)
    if name in request.cookies:
        response.delete_cookie(name, path="/", secure=deps().config.https, samesite="Lax")


def _attempt_cookie_name(state: str) -> str:
    prefix = "__Host-" if deps().config.https else ""
    return f"{prefix}sign_in_{state[:_STATE_PART]}"


def desk_cookie() -> str:
    """What this computer keeps of the desk that it is; empty where no shift was handed over."""
    return request.cookies.get(_desk_cookie_name(), "")


def set_desk_cookie(response: Response, sealed: str) -> None:
    """Let the computer keep which desk it is, for a while."""
    response.set_cookie(
        _desk_cookie_name(),
        sealed,
        max_age=numbers.DESK_PLACE_KEPT,
        path="/",
        secure=deps().config.https,
        httponly=True,
        samesite="Lax",
    )


def _desk_cookie_name() -> str:
    return "__Host-desk" if deps().config.https else "desk"


def kiosk_cookie() -> str:
    """What this screen keeps while it waits or serves; empty where it does neither."""
    return request.cookies.get(_kiosk_cookie_name(), "")


def set_kiosk_cookie(response: AnyResponse, token: str) -> None:
    """Let the screen keep what it is for, until its browser closes."""
    response.set_cookie(
        _kiosk_cookie_name(),
        token,
        path="/",
        secure=deps().config.https,
        httponly=True,
        samesite="Strict",
    )


def clear_kiosk_cookie(response: AnyResponse) -> None:
    """Forget what the screen was for."""
    name = _kiosk_cookie_name()
    if name in request.cookies:
        response.delete_cookie(name, path="/", secure=deps().config.https, samesite="Strict")


def _kiosk_cookie_name() -> str:
    return "__Host-kiosk" if deps().config.https else "kiosk"


def clear_session_cookies(response: Response) -> None:
    """Take the session back."""
    config = deps().config
    for name in (session_cookie_name(), CSRF_COOKIE):
        response.delete_cookie(name, path="/", secure=config.https, samesite="Lax")
