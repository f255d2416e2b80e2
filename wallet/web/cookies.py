"""Cookies: one for the session, one readable for the CSRF token, two for how pages speak."""

from __future__ import annotations

from typing import Final

from flask import Response

from wallet.web import sessions
from wallet.web.deps import deps

SESSION_COOKIE: Final = "session"
CSRF_COOKIE: Final = "csrf_token"
CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf_token"


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


def clear_session_cookies(response: Response) -> None:
    """Take the session back."""
    config = deps().config
    for name in (session_cookie_name(), CSRF_COOKIE):
        response.delete_cookie(name, path="/", secure=config.https, samesite="Lax")
