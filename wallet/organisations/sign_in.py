"""Who staff and machine clients are: from a live token to a Principal, in one query each; and whom
an identity provider means."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, exists, func, select

from wallet.base.deps import Deps
from wallet.organisations.model import Client, ResponsiblePerson, Staff, Unit
from wallet.organisations.place import Place, terminal_at
from wallet.web import sessions
from wallet.web.oidc.claims import as_text, claim
from wallet.web.oidc.exchange import Answer
from wallet.web.oidc.finish import Found, Refusal
from wallet.web.principal import Principal
from wallet.web.sessions import Session

STAFF_NAME = "staff.name"
"""Context under which staff names are sealed."""
RESPONSIBLE: Final = "responsible"
"""The role that nobody is given: whoever is filed as the responsible person 专人 of the unit has it."""

_LIVE_STAFF: Final = (
    select(
        Session.id,
        Session.seen_at,
        Session.authenticated_at,
        Session.locked_at,
        Staff.id.label("staff_id"),
        Staff.name_sealed,
        Staff.roles,
        func.coalesce(Session.terminal, Staff.terminal).label("terminal"),
        Staff.unit_id,
        Unit.name.label("unit_name"),
        exists()
        .where(ResponsiblePerson.staff_id == Staff.id, ResponsiblePerson.until.is_(None))
        .label("responsible"),
    )
    .join(Staff, Staff.id == Session.subject_id)
    .join(Unit, Unit.id == Staff.unit_id)
    .where(
        sessions.IS_LIVE,
        Session.subject_kind == "staff",
        Staff.disabled_at.is_(None),
        Unit.closed_at.is_(None),
    )
)
_LIVE_CLIENT: Final = (
    select(
        Session.id,
        Client.id.label("client_id"),
        Client.name,
        Client.roles,
        Client.unit_id,
        Unit.name.label("unit_name"),
    )
    .join(Client, Client.id == Session.subject_id)
    .join(Unit, Unit.id == Client.unit_id)
    .where(
        sessions.IS_LIVE,
        Session.subject_kind == "client",
        Client.disabled_at.is_(None),
        Unit.closed_at.is_(None),
    )
)


def load_staff(deps: Deps, token: str, now: datetime) -> Principal | None:
    """The staff member of a live session, None when it has ended or the account is disabled."""
    row = deps.db.row(_LIVE_STAFF, token_hash=sessions.hash_token(token), now=now)
    if row is None:
        return None
    sessions.touch(deps, "staff", row.id, row.seen_at, now)
    return Principal(
        kind="staff",
        id=row.staff_id,
        session=row.id,
        name=deps.vault.open(row.name_sealed, STAFF_NAME),
        roles=frozenset(row.roles) | ({RESPONSIBLE} if row.responsible else set()),
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        terminal=row.terminal,
        authenticated_at=row.authenticated_at,
        locked=row.locked_at is not None,
    )


def load_client(deps: Deps, token: str, now: datetime) -> Principal | None:
    """The machine client of a live access token, None when it has ended or is disabled."""
    row = deps.db.row(_LIVE_CLIENT, token_hash=sessions.hash_token(token), now=now)
    if row is None:
        return None
    return Principal(
        kind="client",
        id=row.client_id,
        session=row.id,
        name=row.name,
        roles=frozenset(row.roles),
        unit_id=row.unit_id,
        unit_name=row.unit_name,
    )


def find_staff(
    tx: Connection, answer: Answer, *, login_claim: str, place: Place | None
) -> Found | Refusal:
    """The staff member whose login the provider tells in that claim; `place` is the desk that their
    computer is, if it knows.

    Unit and roles are ours: nothing that the provider says of them counts.
    """
    login = as_text(claim(answer.claims, login_claim))
    if not login or not login.isprintable():
        return "staff_unknown"  # a database may refuse to look for it
    member = tx.execute(
        select(Staff.id, Staff.unit_id, Staff.roles, Staff.disabled_at, Unit.closed_at)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(Staff.login == login)
    ).one_or_none()
    if member is None:
        return "staff_unknown"
    if member.disabled_at is not None or member.closed_at is not None:
        return "staff_disabled"
    return Found(member.id, terminal_at(place, member.unit_id, member.roles))
