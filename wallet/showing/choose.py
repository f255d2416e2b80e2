"""Choose what to show: several licences in one code, or those that a matter asks for.

The matter only helps to choose. The code is not bound to it: which fields a desk sees follows from the
item of the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wallet import numbers
from wallet.base.deps import Deps
from wallet.catalogue.matters import Matter, TypeName, find_matters, matter_of
from wallet.licences.held import HeldLicence, held_licences
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Choice:
    """What an account may put into one code.

    `licences` can be shown now, own ones first; those in `proposed` (identifiers) satisfy the `matter`.
    `stopped` would be asked for but cannot be shown, of `missing` types the account has none.
    `matters` are those to choose from, of which there may be `more`.
    """

    licences: list[HeldLicence]
    matter: Matter | None
    proposed: frozenset[str]
    stopped: list[HeldLicence]
    missing: list[TypeName]
    matters: list[Matter]
    more: bool


def choose(deps: Deps, principal: Principal, item: str | None, asked: str, now: datetime) -> Choice:
    """What can be shown, for the matter of code `item` where there is one; else matters by `asked`."""
    held, _next = held_licences(deps, principal, now, numbers.PAGE_LIMIT_MAX)
    able = [one for one in held if one.status == "valid"]
    matter = matter_of(deps, item) if item else None
    if matter is None:
        types = {one.type_code for one in able}
        matters, more = find_matters(deps, types, asked, numbers.MATTERS_SHOWN)
        return Choice(able, None, frozenset(), [], [], matters, more)
    proposed = _proposed(matter, able)
    shown = {one.type_code for one in proposed}
    lacking = [one for one in _asked_for(matter) if one.code not in shown]
    if matter.any_of and proposed:
        lacking = []
    codes = {one.code for one in lacking}
    stopped = [one for one in held if one.status != "valid" and one.type_code in codes]
    there = {one.type_code for one in stopped}
    return Choice(
        licences=able,
        matter=matter,
        proposed=frozenset(one.identifier for one in proposed),
        stopped=stopped,
        missing=[one for one in lacking if one.code not in there],
        matters=[],
        more=False,
    )


def _asked_for(matter: Matter) -> list[TypeName]:
    return [one for one in matter.types if one.needed or matter.any_of]


def _proposed(matter: Matter, able: Sequence[HeldLicence]) -> list[HeldLicence]:
    """The fewest that satisfy the matter: one of each type that it names, else one alone.

    All by one right, since own and entrusted licences do not go into one code.
    """
    wanted = [one.code for one in _asked_for(matter)]
    for right in dict.fromkeys((one.role, one.granted_by) for one in able):
        by_type: dict[str, HeldLicence] = {}
        for one in able:
            if (one.role, one.granted_by) == right and one.type_code in wanted:
                by_type.setdefault(one.type_code, one)
        if by_type:
            fitting = [by_type[code] for code in wanted if code in by_type]
            return fitting[:1] if matter.any_of else fitting
    return []
