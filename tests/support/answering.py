"""Four processes that go for one question after the other: the holder says yes and takes it back, a
second desk scans the code, and the own desk reads its verification as the time runs out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update

from tests.support.servers import MEET_SECONDS, DeskSession, Servers, browser, here, send
from tests.support.shared import deps_of
from wallet.base.clock import read_clock
from wallet.numbers import CONSENT_ANSWER
from wallet.showing.model import Claim, Verification
from wallet.web.cookies import CSRF_HEADER


@dataclass(frozen=True)
class Question:
    """A question that is open. `left_ms` is how much of its time is left when all go for it."""

    showing: str
    text: str
    verification: str
    left_ms: int


@dataclass(frozen=True)
class Met:
    """What everybody was told: statuses of yes and withdrawal, verdict and reason of both desks."""

    yes: int
    withdrawal: int
    second: tuple[str, str]
    own: tuple[str, str]


def meet(
    started: Servers,
    phone: DeskSession,
    own: DeskSession,
    second: DeskSession,
    questions: Sequence[Question],
    items: tuple[str, str],
) -> list[Met]:
    """Run them all; `items` are those of the own and of the second desk."""
    tasks: list[Callable[[], list[Any]]] = [
        partial(_each, phone, questions, _say_yes),
        partial(_each, phone, questions, _withdraw),
        partial(_each, second, questions, partial(_scan, item=items[1])),
        partial(_each, own, questions, _read),
    ]
    return [Met(*told) for told in zip(*started.run(tasks), strict=True)]


def _each(
    who: DeskSession,
    questions: Sequence[Question],
    act: Callable[[FlaskClient, DeskSession, Question], Any],
) -> list[Any]:
    http, told = browser(here().app, who), []
    for question in questions:
        here().together.wait(MEET_SECONDS)
        if act is _read:
            _set_back(question)
        here().together.wait(MEET_SECONDS)
        told.append(act(http, who, question))
    return told


def _set_back(question: Question) -> None:
    """Let the question have been put so long ago that its time is over in a moment."""
    asked_at = read_clock() - timedelta(seconds=CONSENT_ANSWER, milliseconds=-question.left_ms)
    with deps_of(here().app).db.begin() as tx:
        mine = Verification.id == question.verification
        tx.execute(update(Verification).where(mine).values(at=asked_at))
        claimed = Claim.verification_id == question.verification
        tx.execute(update(Claim).where(claimed).values(at=asked_at))


def _say_yes(http: FlaskClient, who: DeskSession, question: Question) -> int:
    return http.post(
        f"/api/v1/me/codes/{question.showing}/consent",
        json={"allow": True},
        headers={CSRF_HEADER: who.csrf},
    ).status_code


def _withdraw(http: FlaskClient, who: DeskSession, question: Question) -> int:
    path = f"/api/v1/me/codes/{question.showing}"
    return http.delete(path, headers={CSRF_HEADER: who.csrf}).status_code


def _scan(http: FlaskClient, who: DeskSession, question: Question, *, item: str) -> tuple[str, str]:
    return send(http, who, question.text, item).outcome


def _read(http: FlaskClient, _who: DeskSession, question: Question) -> tuple[str, str]:
    verdict = http.get(f"/api/v1/verifications/{question.verification}").get_json()
    return verdict["verdict"], verdict["reason"]
