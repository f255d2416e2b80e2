"""What a history says of one use, or of one look-up, of a holder's data (M-21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wallet.showing.shown_by import ShownUnder

USE: Final = "use"
"""The kind of a use, beside those of look-ups."""


@dataclass(frozen=True)
class PaperAsked:
    """A desk asked for a material on paper although it was told that the library holds it: why, and on what
    basis (O-13)."""

    material: str
    reason: str
    basis: str
    at: datetime


@dataclass(frozen=True)
class UseEntry:
    """One use of one licence, or one look-up. `fields` are the labels that the desk was given, none if refused,
    `asked` those that the holder was asked for, if so; `outcome` is the verdict, `served` what the
    desk said afterwards. Where the desk judged `offline`, outcome and reason are what it found then:
    that is what the holder met. `role` is own or delegate: then it is another's licence that this
    account showed, whose `identifier` is None once that delegation is over. `under` is the delegation that it was shown under, None where its holder showed it.
    `holder` is whose it is where the account acts for them, a child or an organisation, and `acted` who
    else of those who act for them showed it; `counter` is the unit whose staff showed it for the person whom they served.

    `kind` is use, holdings, merchant_check, or of an assisted session: assistance where it began, on `evidence`, for the
    matter that is its `cause`; assisted_act for an `act` in it; neither has an item. Of a look-up, outcome LOOKED_UP, `licence_type` and `identifier`
    are of the licence that was found, None where none was; `cause` and `case` are what the unit said, and
    `paper_asked` where it wanted paper nonetheless.
    """

    id: str
    at: datetime
    unit: str
    terminal: str
    item: str | None
    item_name: str | None
    item_name_en: str | None
    identifier: str | None
    licence_type: str | None
    licence_type_en: str | None
    fields: list[str]
    fields_en: list[str]
    asked: list[str]
    asked_en: list[str]
    outcome: str
    reason: str
    shown_by: str | None
    served: str | None
    offline: bool
    role: str
    under: ShownUnder | None
    holder: str | None
    acted: str | None
    counter: str | None = None
    kind: str = USE
    cause: str | None = None
    case: str | None = None
    paper_asked: Sequence[PaperAsked] = ()
    evidence: str | None = None
    act: str | None = None


@dataclass(frozen=True)
class UsePage:
    """A page of a history, newest first; `next_cursor` is None on the last."""

    items: list[UseEntry]
    next_cursor: str | None
