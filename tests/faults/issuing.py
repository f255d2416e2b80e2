"""Processes that issue licences until they are killed (SIGKILL), and what the library then holds."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Final

from sqlalchemy import select

from tests.faults.processes import kill_at, until_ended, until_killed
from tests.support.licences import PATH
from tests.support.people import Machine
from tests.support.shared import deps_of
from verify.credential import read_credential
from wallet import numbers
from wallet.app import create_app
from wallet.base.audit import AuditEvent
from wallet.base.clock import read_clock
from wallet.base.deps import Deps, build_deps
from wallet.base.outbox import OutboxMessage
from wallet.config import Config
from wallet.licences.batches.claim import claim_next
from wallet.licences.batches.work import work_off
from wallet.licences.model import (
    CREDENTIAL,
    FIELD_VALUE,
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    IdempotencyKey,
    Licence,
    LicenceField,
    LicenceHolder,
    StatusEntry,
)

Body = dict[str, Any]
Told = tuple[int, Body]
"""Status and JSON of an answer to the issuing unit."""
CHUNK: Final = 4
"""Lines of a batch that are stored at once."""
_PAUSE_MAX: Final = 0.02
_BATCH_PAUSE_MAX: Final = 0.15
_EVENTS: Final = ("licence.received", "licence.issued")


def issue_until_killed(
    config: Config, issuer: Machine, bodies: Mapping[str, Body], chance: random.Random, steps: int
) -> list[Told]:
    """Have a process send these licences in, each under its Idempotency-Key, and kill it.

    That happens at some moment after one of the answers, or at one of so many steps of its work with
    the database. Gives the answers that got out before.
    """
    token = issuer.headers["Authorization"].removeprefix("Bearer ")
    if chance.random() < 0.5:
        step = chance.randrange(steps)
        return until_ended(config, partial(_issue, config, token, bodies, step))[1:]
    work = partial(_issue, config, token, bodies, None)
    return until_killed(config, work, chance, len(bodies), _PAUSE_MAX)[1:]


def work_until_killed(config: Config, later: timedelta, chance: random.Random, steps: int) -> bool:
    """Have a process work off the batch that waits, and kill it; whether it came to its end before.

    `later` is how far its clock is ahead, so that the claim of the process before has ended.
    """
    if chance.random() < 0.5:
        told = until_ended(config, partial(_work, config, later, chance.randrange(steps)))
    else:
        told = until_killed(
            config, partial(_work, config, later, None), chance, 1, _BATCH_PAUSE_MAX
        )
    return len(told) == 2


def _issue(
    config: Config, token: str, bodies: Mapping[str, Body], step: int | None, tell: Connection
) -> None:
    app = create_app(config)
    issuer = Machine(app, token)
    tell.send("started")
    if step is not None:
        kill_at(deps_of(app).db, step)
    for key, body in bodies.items():
        answer = issuer.post(PATH, body, key=key)
        tell.send((answer.status_code, answer.get_json()))


def _work(config: Config, later: timedelta, step: int | None, tell: Connection) -> None:
    setattr(numbers, "BATCH_CHUNK", CHUNK)  # noqa: B010 - a constant for everybody else
    deps = build_deps(config)

    def clock() -> datetime:
        return read_clock() + later

    tell.send("started")
    if step is not None:
        kill_at(deps.db, step)
    if batch := claim_next(deps, clock()):
        work_off(deps, batch, clock)
        tell.send("ended")


@dataclass
class Found:
    """All that the library holds of one number of a licence: what belongs to each row of it."""

    issued: list[bool] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    faces: dict[str, str] = field(default_factory=dict)
    holders: list[str] = field(default_factory=list)
    status_entries: int = 0
    keys: int = 0
    messages: int = 0
    events: list[str] = field(default_factory=list)

    def is_nothing(self) -> bool:
        """Nothing was recorded."""
        return self == Found()

    def is_pending(self, body: Body, keys: int) -> bool:
        """It is recorded whole and waits to be signed; nobody was told."""
        return self == _expected(self, body, keys, issued=False)

    def is_whole(self, body: Body, keys: int) -> bool:
        """It is issued, once, with all that belongs to it."""
        return self == _expected(self, body, keys, issued=True)


def _expected(found: Found, body: Body, keys: int, *, issued: bool) -> Found:
    return Found(
        issued=[issued],
        identifiers=found.identifiers[:1],
        signed=found.identifiers[:1] if issued else [],
        faces=body["fields"],
        holders=[holder["name"] for holder in body["holders"]],
        status_entries=1,
        keys=keys,
        messages=int(issued),
        events=list(_EVENTS[: 1 + issued]),
    )


def found_of(deps: Deps, bodies: Sequence[Body], events_before: int) -> list[Found]:
    """What the library holds of each; `events_before` is `last_event` of before they were sent."""
    by_index = {deps.vault.index(body["number"], NUMBER): Found() for body in bodies}
    of: dict[int, Found] = {}
    names: dict[int, list[tuple[int, str]]] = defaultdict(list)
    with deps.db.read() as tx:
        for row in tx.execute(select(Licence).where(Licence.number_index.in_(by_index))):
            one = of[row.id] = by_index[row.number_index]
            one.issued.append(row.issued_at is not None)
            one.identifiers.append(deps.vault.open(row.identifier_sealed, IDENTIFIER))
            if row.credential_sealed is not None:
                text = deps.vault.open(row.credential_sealed, CREDENTIAL)
                one.signed.append(read_credential(text, deps.keys.public)["identifier"])
        for face in tx.execute(select(LicenceField).where(LicenceField.licence_id.in_(of))):
            of[face.licence_id].faces[face.key] = deps.vault.open(face.value_sealed, FIELD_VALUE)
        for held in tx.execute(select(LicenceHolder).where(LicenceHolder.licence_id.in_(of))):
            name = deps.vault.open(held.name_sealed, HOLDER_NAME)
            names[held.licence_id].append((held.position, name))
        counts: dict[str, Counter[Any]] = {
            "status_entries": Counter(
                tx.execute(
                    select(StatusEntry.licence_id).where(StatusEntry.licence_id.in_(of))
                ).scalars()
            ),
            "keys": Counter(
                tx.execute(
                    select(IdempotencyKey.licence_id).where(IdempotencyKey.licence_id.in_(of))
                ).scalars()
            ),
            "messages": Counter(
                payload.get("licence")
                for (payload,) in tx.execute(
                    select(OutboxMessage.payload).where(OutboxMessage.topic == "licence.issued")
                )
            ),
        }
        for name, fields in tx.execute(
            select(AuditEvent.name, AuditEvent.fields)
            .where(AuditEvent.id > events_before, AuditEvent.name.in_(_EVENTS))
            .order_by(AuditEvent.id)
        ):
            if fields["licence"] in of:
                of[fields["licence"]].events.append(name)
    for id, one in of.items():
        one.holders += [name for _, name in sorted(names[id])]
        for what, counted in counts.items():
            setattr(one, what, getattr(one, what) + counted[id])
    return [by_index[deps.vault.index(body["number"], NUMBER)] for body in bodies]
