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
from wallet.catalogue.matters import Material, Matter, TypeName, find_matters, matter_of
from wallet.licences.held import HeldLicence, held_licences
from wallet.web.principal import Principal


@dataclass(frozen=True)
class Choice:
    """What an account may put into one code.

    `licences` can be shown now, own ones first; those in `proposed` (identifiers) satisfy the `matter`.
    `stopped` would be asked for but cannot be shown; each entry of `missing` are types of which the
    account has none, and one of them would do. `matters` are those to choose from, of which there may be `more`.
    """

    licences: list[HeldLicence]
    matter: Matter | None
    proposed: frozenset[str]
    stopped: list[HeldLicence]
    missing: list[Sequence[TypeName]]
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
    needed = [one for one in matter.materials if one.needed]
    proposed = _proposed(needed, able)
    lacking = _lacking(needed, {one.type_code for one in proposed})
    codes = {one.code for some in lacking for one in some}
    stopped = [one for one in held if one.status != "valid" and one.type_code in codes]
    there = {one.type_code for one in stopped}
    return Choice(
        licences=able,
        matter=matter,
        proposed=frozenset(one.identifier for one in proposed),
        stopped=stopped,
        missing=[some for some in lacking if there.isdisjoint(one.code for one in some)],
        matters=[],
        more=False,
    )


def _lacking(needed: Sequence[Material], shown: set[str]) -> list[Sequence[TypeName]]:
    """What the types that are shown do not satisfy: of each entry one type would do."""
    lacking: list[Sequence[TypeName]] = []
    for material in needed:
        if material.all_of:
            lacking += [[one] for one in material.types if one.code not in shown]
        elif shown.isdisjoint(one.code for one in material.types):
            lacking.append(material.types)
    return lacking


def _proposed(needed: Sequence[Material], able: Sequence[HeldLicence]) -> list[HeldLicence]:
    """The fewest that satisfy the materials, as far as there are any: of a material one licence, or
    one of each type where it takes all of them.

    All by one right, since own and entrusted licences do not go into one code.
    """
    for right in dict.fromkeys((one.role, one.granted_by) for one in able):
        by_type: dict[str, HeldLicence] = {}
        for one in able:
            if (one.role, one.granted_by) == right:
                by_type.setdefault(one.type_code, one)
        fitting: dict[str, HeldLicence] = {}
        for material in needed:
            there = [by_type[one.code] for one in material.types if one.code in by_type]
            fitting |= {one.identifier: one for one in (there if material.all_of else there[:1])}
        if fitting:
            return list(fitting.values())
    return []
