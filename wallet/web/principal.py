"""Principal: who is asking. Features load it, guards look at it, journeys are handed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask import g

from verify.codes import CLOCK_TOLERANCE
from wallet import numbers
from wallet.errors import NotSignedIn, StepUpRequired

PrincipalKind = Literal["holder", "staff", "client"]


@dataclass(frozen=True)
class Principal:
    """Someone signed in.

    `id` is the account's, staff member's or client's. `session` is the id of the session or
    token. `unit_id` is None for holders; `terminal` is the desk label of a staff member.
    `holder_id` is the natural person of a holder account, None for others. `authenticated_at` is
    when whoever opened the session last proved who they are, None where nobody knows. `frozen_at` is
    since when a holder account shows nothing (停用亮码), None while it may. While the session is
    `locked` its owner can only prove it again, or sign out.
    """

    kind: PrincipalKind
    id: int
    session: int
    name: str
    roles: frozenset[str] = frozenset()
    unit_id: int | None = None
    unit_name: str = ""
    terminal: str = ""
    holder_id: int | None = None
    authenticated_at: datetime | None = None
    frozen_at: datetime | None = None
    locked: bool = False

    @property
    def account(self) -> str:
        """The account as the API and the audit trail name it."""
        return f"{self.kind}:{self.id}"

    @property
    def acted(self) -> dict[str, int | None]:
        """The columns that say who of an issuing unit did something: a client or a staff member."""
        return {
            "client_id": self.id if self.kind == "client" else None,
            "staff_id": self.id if self.kind == "staff" else None,
        }


def require_fresh(principal: Principal, now: datetime) -> None:
    """Refuse what is sensitive unless this person signed in or confirmed a moment ago.

    A moment is `numbers.STEP_UP_FRESH`. Raises StepUpRequired. A machine client proves who it is
    for every token, which ends soon, and is not asked. What was proved in the future, by a clock
    that was put back since, proves nothing beyond `CLOCK_TOLERANCE`.
    """
    limit = timedelta(seconds=numbers.STEP_UP_FRESH)
    ahead = timedelta(seconds=CLOCK_TOLERANCE)
    proved = principal.authenticated_at
    if principal.kind == "client" or (proved is not None and -ahead <= now - proved < limit):
        return
    raise StepUpRequired("办理此事前，请再次确认是您本人。")


def set_principal(principal: Principal | None) -> None:
    """Keep the request's principal; None is a request of nobody."""
    g.principal = principal


def optional_principal() -> Principal | None:
    """The request's principal, if anybody is signed in."""
    principal: Principal | None = g.get("principal")
    return principal


def current_principal() -> Principal:
    """The request's principal; raises NotSignedIn for nobody."""
    principal = optional_principal()
    if principal is None:
        raise NotSignedIn("请先登录。")
    return principal
