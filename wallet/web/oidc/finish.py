"""The last step of a sign-in: whose answer it is, and a session for them, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from wallet.base import audit
from wallet.base.deps import Deps
from wallet.web import sessions
from wallet.web.oidc.attempt import KINDS, Attempt, use
from wallet.web.oidc.exchange import Answer
from wallet.web.principal import Principal

Refusal = Literal[
    "used",
    "number_missing",
    "number_unverified",
    "number_unusable",
    "name_missing",
    "under_14",
    "staff_unknown",
    "staff_disabled",
    "other_person",
    "session_ended",
]
"""Why nobody was signed in: the attempt was finished before; the answer names no person of ours, in
the words of who looked; another person confirmed than is signed in; that session is over."""


@dataclass(frozen=True)
class Found:
    """The account or staff member whom an answer means, and the label of the desk that was handed
    over to them, if one was."""

    id: int
    terminal: str | None = None


Find = Callable[[Connection, Answer], Found | Refusal]
"""Transaction, answer → whom it means. May add an account."""


@dataclass(frozen=True)
class Browser:
    """Who comes back: the token in the cookie, whose session it is now, and the kind of device."""

    token: str = field(repr=False)
    principal: Principal | None
    device: str


@dataclass(frozen=True)
class SignedIn:
    """The new token of the session."""

    token: str = field(repr=False)


def finish(
    deps: Deps, attempt: Attempt, answer: Answer, browser: Browser, find: Find, now: datetime
) -> SignedIn | Refusal:
    """Open a session for whom the answer means, or note that its owner has proved it again.

    An attempt is good once. A refusal is recorded, so it is a value.
    """
    with deps.db.begin() as tx:
        outcome = _finish(deps, tx, attempt, answer, browser, find, now)
        if not isinstance(outcome, SignedIn):
            audit.record(tx, "sign_in.refused", now, provider=attempt.who, reason=outcome)
        return outcome


def _finish(
    deps: Deps,
    tx: Connection,
    attempt: Attempt,
    answer: Answer,
    browser: Browser,
    find: Find,
    now: datetime,
) -> SignedIn | Refusal:
    if not use(tx, attempt, now):
        return "used"
    if attempt.session is not None and not _is_of(browser.principal, attempt):
        return "session_ended"
    found = find(tx, answer)
    if not isinstance(found, Found):
        return found
    proof = sessions.Proof(
        authenticated_at=answer.authenticated_at,
        id_token=deps.vault.seal(answer.id_token, sessions.ID_TOKEN),
    )
    if attempt.session is None:
        kind = KINDS[attempt.who]
        return SignedIn(
            sessions.start_session(
                tx,
                kind,
                found.id,
                now,
                proof,
                device=browser.device,
                replacing=browser.token,
                terminal=found.terminal,
            )
        )
    assert browser.principal is not None
    if found.id != browser.principal.id:
        return "other_person"
    return SignedIn(sessions.confirm_session(tx, browser.principal, proof, now))


def _is_of(principal: Principal | None, attempt: Attempt) -> bool:
    return (
        principal is not None
        and principal.session == attempt.session
        and principal.kind == KINDS[attempt.who]
    )
