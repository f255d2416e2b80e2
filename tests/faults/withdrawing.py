"""A desk and a phone, each in a process of its own, that go for one showing after the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from tests.support.servers import MEET_SECONDS, DeskSession, Servers, browser, here, send
from wallet.showing.show import LiveCode
from wallet.web.cookies import CSRF_HEADER

Told = tuple[tuple[str, str], int]
"""What the desk was told, verdict and reason, and the status of the phone's answer."""


def withdraw_while_judged(
    started: Servers,
    desk: DeskSession,
    phone: DeskSession,
    showings: Sequence[LiveCode],
    item: str,
) -> list[Told]:
    """Judge each showing's code and withdraw it at the same moment; gives what both were told."""
    tasks = [partial(_scan, desk, showings, item), partial(_withdraw, phone, showings)]
    verdicts, statuses = started.run(tasks)
    return list(zip(verdicts, statuses, strict=True))


def _scan(desk: DeskSession, showings: Sequence[LiveCode], item: str) -> list[Any]:
    http, outcomes = browser(here().app, desk), []
    for showing in showings:
        here().together.wait(MEET_SECONDS)
        outcomes.append(send(http, desk, showing.text, item).outcome)
    return outcomes


def _withdraw(phone: DeskSession, showings: Sequence[LiveCode]) -> list[Any]:
    http, statuses = browser(here().app, phone), []
    for showing in showings:
        here().together.wait(MEET_SECONDS)
        answer = http.delete(f"/api/v1/me/codes/{showing.id}", headers={CSRF_HEADER: phone.csrf})
        statuses.append(answer.status_code)
    return statuses
