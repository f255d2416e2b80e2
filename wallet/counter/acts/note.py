"""Write down an act in an assisted session: one that is done, or one that waits for a colleague.

The receipt and the holder's history read it from there.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, insert

from wallet.base import audit
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.counter.acts.content import ActContent, write_content
from wallet.counter.acts.model import CONTENT, DONE, KINDS, AssistedAct
from wallet.showing.assisted import tell_of_act
from wallet.web.principal import Principal


def note_done(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    session: AnyRow,
    kind: str,
    content: ActContent,
    now: datetime,
    delegation_id: int | None = None,
) -> str:
    """An act of `KINDS` that was done in this transaction; gives its public id. `session` is the row of an open one."""
    act = _insert(tx, deps, session, kind, content, now, outcome=DONE, delegation_id=delegation_id)
    audit.record(
        tx,
        "act.done",
        now,
        act=act.id,
        assistance=session.id,
        kind=kind,
        actor=principal.account,
        unit=session.unit_id,
        delegation=delegation_id,
    )
    tell_of_act(tx, session, principal.account, kind, now)
    public_id: str = act.public_id
    return public_id


def note_waiting(
    tx: Connection,
    deps: Deps,
    principal: Principal,
    session: AnyRow,
    kind: str,
    content: ActContent,
    now: datetime,
) -> str:
    """An act that a second staff member is to confirm; gives its public id."""
    act = _insert(tx, deps, session, kind, content, now, outcome=None, delegation_id=None)
    told = {"actor": principal.account, "unit": session.unit_id}
    audit.record(tx, "act.prepared", now, act=act.id, assistance=session.id, kind=kind, **told)
    public_id: str = act.public_id
    return public_id


def content_index(deps: Deps, session: AnyRow, kind: str, content: ActContent) -> bytes:
    """What stands for this content in this session."""
    return deps.vault.index(f"{session.id} {kind} {write_content(content)}", CONTENT)


def _insert(
    tx: Connection,
    deps: Deps,
    session: AnyRow,
    kind: str,
    content: ActContent,
    now: datetime,
    *,
    outcome: str | None,
    delegation_id: int | None,
) -> AnyRow:
    if kind not in KINDS:
        raise ValueError(f"{kind} is no act of a session")
    return tx.execute(
        insert(AssistedAct).returning(AssistedAct.id, AssistedAct.public_id),
        {
            "public_id": secrets.token_urlsafe(12),
            "assistance_id": session.id,
            "kind": kind,
            "content_sealed": deps.vault.seal(write_content(content), CONTENT),
            "content_index": content_index(deps, session, kind, content),
            "prepared_at": now,
            "outcome": outcome,
            "decided_at": now if outcome else None,
            "delegation_id": delegation_id,
        },
    ).one()
