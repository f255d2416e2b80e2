"""Guardians and administrators as an operator enters them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from stdnum.cn import ric

from tests.support.clock import Clock
from wallet.base.deps import Deps
from wallet.demo.data import load_holders
from wallet.holders.representatives.enter import (
    Named,
    NewRepresentative,
    end_representative,
    enter_representative,
)
from wallet.holders.representatives.replace import Kept, end_others

FATHER: Final = "holder-company"
"""The persona who is a father."""
RESIDENCE: Final = "residence-permit"
"""The type of his child's licence."""
IDENTITY_ITEM: Final = "identity-at-counter"
"""An item that a hall uses it for."""


def child() -> Named:
    """The demo's child."""
    row = load_holders()[FATHER].child
    assert row is not None
    return Named(row.code_type, row.code, row.name)


def persona(login: str) -> Named:
    """A holder persona, as a document names it."""
    row = load_holders()[login]
    return Named(row.code_type, row.code, row.name)


def company() -> Named:
    """The organisation that the demo's administrator acts for."""
    row = load_holders()[FATHER].organisation
    assert row is not None
    return Named(row.code_type, row.code, row.name)


def person_born(day: date, name: str = "陈演") -> Named:
    """Somebody whom nobody knows, by a number that checks."""
    body = f"150602{day:%Y%m%d}351"
    return Named("111", body + ric.calc_check_digit(f"{body}0"), name)


def new(person: Named, holder: Named, until: date | None = None) -> NewRepresentative:
    """What a birth certificate or a registry says."""
    return NewRepresentative(person, holder, "出生医学证明（演示）", "演示-0001", until)


def enter(
    deps: Deps, clock: Clock, entered: NewRepresentative, *, replace_all: bool = False
) -> bool:
    """Enter it; gives whether it was new."""
    with deps.db.begin() as tx:
        kept: Kept | None = {} if replace_all else None
        done = enter_representative(tx, deps, entered, clock.now, kept=kept)
        end_others(tx, deps, kept or {}, clock.now)
        return done


def end(deps: Deps, clock: Clock, person: Named, holder: Named) -> None:
    """End it."""
    with deps.db.begin() as tx:
        end_representative(tx, deps, person, holder, clock.now)


def renamed(named: Named, name: str) -> Named:
    """The same number under another name."""
    return replace(named, name=name)
