"""Guards: every view declares who may call it, "public" included; a hook enforces it.

A view without a guard is refused, and a test walks the URL map.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

from flask import Flask, current_app, g, request

from wallet.base.deps import Deps
from wallet.errors import NotPermitted, NotSignedIn, StepUpRequired
from wallet.web import sessions
from wallet.web.cookies import CSRF_FIELD, CSRF_HEADER, session_cookie_name
from wallet.web.deps import deps, now
from wallet.web.principal import Principal, PrincipalKind, require_fresh, set_principal

Rate = Literal["desk", "holder", "public"]
View = TypeVar("View", bound=Callable[..., Any])
Loader = Callable[[Deps, str, datetime], Principal | None]
"""deps, token, now → the principal of a live token; a loader is one query."""

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Guard:
    """Who may call a view: kinds of principal, each with the role it needs, None for any.

    `admitted` empty is public. `rate` names the limit of `wallet.web.limits`. `identify` is false
    where nobody needs to know who asks: no session is read, so none can act, and none is missed
    while the database is away. A `streamed` view reads its form as it comes, and has the CSRF token
    in it checked by `check_form_token`. `fresh` asks people to have proved who they are a moment
    ago (`require_fresh`); a page leads them there and back. A session that is locked passes only
    where the guard says `while_locked`.
    """

    admitted: frozenset[tuple[PrincipalKind, str | None]] = frozenset()
    rate: Rate | None = None
    identify: bool = True
    streamed: bool = False
    fresh: bool = False
    while_locked: bool = False

    def __or__(self, other: Guard) -> Guard:
        return replace(
            self,
            admitted=self.admitted | other.admitted,
            fresh=self.fresh or other.fresh,
            while_locked=self.while_locked and other.while_locked,
        )

    def admits(self, principal: Principal) -> bool:
        """Whether this principal may pass."""
        return any(
            kind == principal.kind and (role is None or role in principal.roles)
            for kind, role in self.admitted
        )


def public(*, rate: Rate | None = None, identify: bool = True) -> Guard:
    """Anyone; without `identify` even who is signed in stays unknown."""
    return Guard(rate=rate, identify=identify)


def signed_in(*, while_locked: bool = False) -> Guard:
    """Any account, staff member or client."""
    admitted = frozenset({("holder", None), ("staff", None), ("client", None)})
    return Guard(admitted, while_locked=while_locked)  # type: ignore[arg-type]


def person(*, fresh: bool = False, while_locked: bool = False) -> Guard:
    """Any account or staff member: whoever has a session in a browser."""
    admitted = frozenset({("holder", None), ("staff", None)})
    return Guard(admitted, fresh=fresh, while_locked=while_locked)  # type: ignore[arg-type]


def holder(*, rate: Rate | None = None, fresh: bool = False) -> Guard:
    """A holder's account (持证主体 or delegate)."""
    return Guard(frozenset({("holder", None)}), rate, fresh=fresh)


def staff(
    role: str, *, rate: Rate | None = None, streamed: bool = False, fresh: bool = False
) -> Guard:
    """Staff with that role."""
    return Guard(frozenset({("staff", role)}), rate, streamed=streamed, fresh=fresh)


def client(role: str, *, rate: Rate | None = None) -> Guard:
    """A machine client with that role."""
    return Guard(frozenset({("client", role)}), rate)


def guard(declared: Guard) -> Callable[[View], View]:
    """Declare a view's guard."""

    def declare(view: View) -> View:
        view.__guard__ = declared  # type: ignore[attr-defined]
        return view

    return declare


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """The guard that a view declares."""
    return getattr(view, "__guard__", None)


def enforce_guards(app: Flask, loaders: Mapping[PrincipalKind, Loader]) -> None:
    """Load the principal and enforce the guard of the view before every request."""

    @app.before_request
    def enforce() -> None:
        set_principal(None)
        if request.endpoint is None:
            return  # no route: the 404 or 405 is nobody's secret
        declared = guard_of(current_app.view_functions[request.endpoint])
        if declared is None:
            raise NotPermitted("此地址没有开放。")
        if not declared.identify:
            return
        principal = _authenticate(loaders, declared)
        set_principal(principal)
        if not declared.admitted:
            return
        if principal is None:
            raise NotSignedIn("请先登录，或用有效的访问令牌再试。")
        if not declared.admits(principal):
            raise NotPermitted("您的账号没有办理此事的权限，请联系本单位管理员。")
        if principal.locked and not declared.while_locked:
            raise StepUpRequired("已锁屏，请先解锁。", "locked")
        if declared.fresh:
            require_fresh(principal, now())


def _authenticate(loaders: Mapping[PrincipalKind, Loader], declared: Guard) -> Principal | None:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if sessions.token_kind(bearer) != "client":
            return None
        return loaders["client"](deps(), bearer, now())
    token = request.cookies.get(session_cookie_name(), "")
    kind = sessions.token_kind(token)
    if kind is None or kind == "client":
        return None
    principal = loaders[kind](deps(), token, now())
    if principal and request.method not in _SAFE_METHODS:
        _check_csrf(token, declared)
    return principal


def check_form_token(given: str) -> None:
    """Hold the CSRF token of a form that is read as it comes against the session's.

    Raises NotPermitted (`csrf_failed`).
    """
    expected = g.pop("csrf_expected", None)
    if expected is not None:
        _compare(given, expected)


def _check_csrf(token: str, declared: Guard) -> None:
    expected = sessions.csrf_token(deps().config.secret_key, token)
    given = request.headers.get(CSRF_HEADER)
    if given is None and declared.streamed and request.mimetype == "multipart/form-data":
        g.csrf_expected = expected
        return
    if given is None and request.mimetype == "application/x-www-form-urlencoded":
        given = request.form.get(CSRF_FIELD)
    _compare(given or "", expected)


def _compare(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise NotPermitted("页面已过期，请刷新后再试。", slug="csrf_failed")
