"""Applications as they are shown to who is concerned: the party, who decides, and the unit that a filing goes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from wallet import numbers
from wallet.base.clock import local_day
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.base.paging import number_of_cursor
from wallet.organisations.model import Unit
from wallet.organisations.sign_in import RESPONSIBLE
from wallet.relying.onboarding.deciders import Tree, deciders, is_manager_of, read_tree
from wallet.relying.onboarding.model import Application, ApplicationProof, ApplicationStep, Filing
from wallet.relying.onboarding.sight import (
    PROOF_NAME,
    WAITING,
    application_in_sight,
    visible_to,
    with_names,
)
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Step:
    """One step of an application, see `ApplicationStep`; `unit_name` is where the account worked then."""

    act: str
    account: str
    unit_name: str
    unit_name_en: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class Proof:
    """A file of an application, without its bytes; `size` is in bytes."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class FilingView:
    """The filing of a social scenario, see `Filing`; `unit_name` filed it, `with_unit_name` is empty where nobody is
    above, and `mine` says that whoever asks is to answer it."""

    number: str
    unit_name: str
    unit_name_en: str
    with_unit_name: str
    with_unit_name_en: str
    measures: str
    filed_at: datetime
    answer: str | None
    answered_at: datetime | None
    mine: bool


@dataclass(frozen=True)
class ApplicationView:
    """An application: `unit` and `decider` are codes, `decider` None where nobody may decide. `own` says that the
    party asks, `decidable` that whoever asks has the next step, and `reviewed_by_me` that another must take it.

    `content`, `steps`, `proofs` and `filing` are empty in a list.
    """

    id: str
    unit: str
    unit_name: str
    unit_name_en: str
    item: str
    item_name: str
    item_name_en: str
    scene: str
    state: str
    changed_at: datetime
    decider: str | None
    decider_name: str
    decider_name_en: str
    own: bool
    decidable: bool
    reviewed_by_me: bool
    content: Mapping[str, Any]
    steps: Sequence[Step]
    proofs: Sequence[Proof]
    filing: FilingView | None


def applications_page(
    deps: Deps,
    principal: Principal,
    states: Collection[str],
    limit: int,
    cursor: str | None,
    now: datetime,
) -> tuple[list[ApplicationView], str | None]:
    """A page of the applications in these states that are in sight, oldest first. Raises Invalid (`invalid_cursor`)."""
    query = with_names(Application.state.in_(states), Application.id > number_of_cursor(cursor))
    query = query.where(visible_to(principal)).order_by(Application.id).limit(limit + 1)
    with deps.db.read() as tx:
        rows = tx.execute(query).all()
        names = _Names(tx, local_day(now))
        views = [_view(principal, row, names) for row in rows[:limit]]
    return views, str(rows[limit - 1].id) if len(rows) > limit else None


def filings_to_note(deps: Deps, principal: Principal, now: datetime) -> list[ApplicationView]:
    """The scenarios that units below have filed with the manager's own and that nobody has looked at, oldest first,
    as many as a page holds at most."""
    query = with_names(
        Filing.with_unit_id == principal.unit_id, Filing.answer.is_(None), visible_to(principal)
    )
    query = query.join(Filing, Filing.application_id == Application.id)
    query = query.order_by(Application.id).limit(numbers.PAGE_LIMIT_MAX)
    with deps.db.read() as tx:
        names = _Names(tx, local_day(now))
        return [_view(principal, row, names) for row in tx.execute(query)]


def application_view(
    deps: Deps, principal: Principal, application_id: str, now: datetime
) -> ApplicationView:
    """One application in sight, whole. Raises NotFound."""
    with deps.db.read() as tx:
        row = application_in_sight(tx, principal, application_id)
        return _whole(tx, deps, principal, row, local_day(now))


class _Names:
    """The tree of managing units and what they are called, read when first needed."""

    def __init__(self, tx: Connection, today: date) -> None:
        self.tree: Tree = read_tree(tx, today)
        rows = tx.execute(
            select(Unit.id, Unit.code, Unit.name, Unit.name_en).where(Unit.id.in_(self.tree))
        )
        self._units: dict[int, tuple[str | None, str, str]] = {
            row.id: (row.code, row.name, row.name_en) for row in rows
        }

    def of(self, unit_id: int | None) -> tuple[str | None, str, str]:
        """Code and names of a managing unit, empty where it is none (any more)."""
        return self._units.get(unit_id or 0, (None, "", ""))


def _view(
    principal: Principal,
    row: AnyRow,
    names: _Names,
    steps: Sequence[Step] = (),
    proofs: Sequence[Proof] = (),
    filing: FilingView | None = None,
    content: Mapping[str, Any] | None = None,
) -> ApplicationView:
    deciding = deciders(names.tree, row.parent_id, row.scene)
    code, name, name_en = names.of(deciding[0] if deciding else None)
    return ApplicationView(
        id=str(row.id),
        unit=row.unit,
        unit_name=row.unit_name,
        unit_name_en=row.unit_name_en,
        item=row.item,
        item_name=row.item_name,
        item_name_en=row.item_name_en,
        scene=row.scene,
        state=row.state,
        changed_at=row.changed_at,
        decider=code,
        decider_name=name,
        decider_name_en=name_en,
        own=RESPONSIBLE in principal.roles and row.unit_id == principal.unit_id,
        decidable=row.state in WAITING and is_manager_of(principal, deciding),
        reviewed_by_me=row.reviewer == principal.account,
        content=content or {},
        steps=steps,
        proofs=proofs,
        filing=filing,
    )


def _whole(
    tx: Connection, deps: Deps, principal: Principal, row: AnyRow, today: date
) -> ApplicationView:
    steps = tx.execute(
        select(ApplicationStep, Unit.name.label("unit_name"), Unit.name_en.label("unit_name_en"))
        .outerjoin(Unit, Unit.id == ApplicationStep.unit_id)
        .where(ApplicationStep.application_id == row.id)
        .order_by(ApplicationStep.id)
    )
    proofs = tx.execute(
        select(
            ApplicationProof.id,
            ApplicationProof.name_sealed,
            ApplicationProof.media_type,
            ApplicationProof.size,
        )
        .where(ApplicationProof.application_id == row.id)
        .order_by(ApplicationProof.id)
    )
    filed = tx.execute(select(Filing).where(Filing.application_id == row.id)).one_or_none()
    names = _Names(tx, today)
    return _view(
        principal,
        row,
        names,
        [
            Step(
                step.act,
                step.account,
                step.unit_name or "",
                step.unit_name_en or "",
                step.reason,
                step.at,
            )
            for step in steps
        ],
        [
            Proof(
                str(proof.id),
                deps.vault.open(proof.name_sealed, PROOF_NAME),
                proof.media_type,
                proof.size,
            )
            for proof in proofs
        ],
        None if filed is None else _filing(principal, filed, names),
        row.content,
    )


def _filing(principal: Principal, row: AnyRow, names: _Names) -> FilingView:
    _, name, name_en = names.of(row.unit_id)
    _, above, above_en = names.of(row.with_unit_id)
    return FilingView(
        number=row.number,
        unit_name=name,
        unit_name_en=name_en,
        with_unit_name=above,
        with_unit_name_en=above_en,
        measures=row.measures,
        filed_at=row.filed_at,
        answer=row.answer,
        answered_at=row.answered_at,
        mine=row.answer is None
        and row.with_unit_id is not None
        and is_manager_of(principal, [row.with_unit_id]),
    )
