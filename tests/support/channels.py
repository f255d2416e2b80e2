"""A channel of a test, and the queue that leads to it, under a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from tests.support.licences import food_licence, issue
from tests.support.people import Machine
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.base.dispatches import Dispatch
from wallet.base.webhooks import new_secret
from wallet.licences.delivery.model import CHANNEL_SECRET, Channel
from wallet.queue.destinations import senders
from wallet.queue.fan_out import fan_out
from wallet.queue.send import send_due


@dataclass
class Line:
    """An app with a channel, the client that issues, and the time at which the queue runs."""

    app: Flask
    deps: Deps
    issuer: Machine
    destination: str
    secret: str

    def __post_init__(self) -> None:
        self.now = read_clock()

    def issue(self, **changes: Any) -> dict[str, Any]:
        """Issue a food operation permit; it is fanned out."""
        issued = issue(self.issuer, food_licence(self.deps.config.data, **changes))
        self.fan_out()
        return issued

    def fan_out(self) -> int:
        """Fan out all that is in the outbox."""
        return fan_out(self.deps, self.now)

    def send(self) -> bool:
        """Send what is due."""
        sender = senders(self.deps)[self.destination]
        return send_due(self.deps, self.destination, sender, lambda: self.now)

    def later(self, **time: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**time)
        return self.now

    @property
    def rows(self) -> list[Any]:
        """The dispatches of this destination, oldest first."""
        query = select(Dispatch).where(Dispatch.destination == self.destination)
        return list(self.deps.db.rows(query.order_by(Dispatch.id)))


def connect(deps: Deps, code: str, url: str, **values: Any) -> str:
    """Add a channel; gives its secret."""
    secret = new_secret()
    row = {
        "code": code,
        "name": f"{code}（演示）",
        "url": url,
        "secret_sealed": deps.vault.seal(secret, CHANNEL_SECRET),
        "holder_kinds": ["person", "organisation"],
        "type_codes": [],
        "holder_code": False,
    }
    with deps.db.begin() as tx:
        tx.execute(insert(Channel), row | values)
    return secret
