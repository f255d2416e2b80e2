"""What a unit may be, and where in the tree it may stand (O-5, M-5)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from stdnum.cn import uscc

from wallet.errors import Invalid

LEVELS: Final = ("region", "city", "county", "society")
"""自治区, 盟市, 旗县, and bodies of society; a unit never stands above one of a level before its own."""
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "region": ("managing", "issuing", "relying"),
    "city": ("managing", "issuing", "relying"),
    "county": ("managing", "issuing", "relying"),
    "society": ("social", "platform"),
}
"""Kinds that a unit of each level may be of."""
_AREAS: Final[Mapping[str, re.Pattern[str]]] = {
    "region": re.compile(r"[1-9][0-9]0000"),
    "city": re.compile(r"[1-9][0-9]{3}00(?<!0000)"),
    "county": re.compile(r"[1-9][0-9]{5}(?<!00)"),
    "society": re.compile(r"[1-9][0-9]{5}"),
}
"""Area codes (GB/T 2260) of each level: six digits, of which a larger area leaves pairs open."""


@dataclass(frozen=True)
class Place:
    """What of a unit the tree's rules look at."""

    level: str
    kinds: Collection[str]
    area_code: str


def check_unit(code: str, unit: Place, above: Place | None) -> None:
    """Hold a unit against the rules; `above` is the unit it stands under, None for the root.

    Raises Invalid (`invalid_unit`) with the sentences by member.
    """
    errors: dict[str, list[str]] = {}
    if not uscc.is_valid(code) or uscc.compact(code) != code:
        errors["code"] = ["统一社会信用代码不对，请核对 18 位字符和校验位。"]
    if not unit.kinds or not set(unit.kinds) <= set(KINDS[unit.level]):
        errors["kinds"] = ["这一层级的单位不能是所选的类别，请至少选一类。"]
    if not _AREAS[unit.level].fullmatch(unit.area_code):
        errors["area_code"] = ["区划代码应为 6 位数字，且与层级相符。"]
    if above is not None:
        if "managing" not in above.kinds:
            errors["parent"] = ["上级应为管理单位。"]
        elif LEVELS.index(unit.level) < LEVELS.index(above.level):
            errors["level"] = ["层级不能高于上级单位（自治区 > 盟市 > 旗县）。"]
        elif not unit.area_code.startswith(_pairs(above.area_code)):
            errors.setdefault("area_code", ["区划代码应在上级单位的区划之内。"])
    if errors:
        raise invalid_unit(errors)


def invalid_unit(errors: dict[str, list[str]]) -> Invalid:
    """The answer to a unit with these faults, by member."""
    member, sentences = next(iter(errors.items()))
    return Invalid(f"{member}：{sentences[0]}", "invalid_unit", errors)


def _pairs(area_code: str) -> str:
    """What every area code within that area begins with."""
    return re.sub(r"(00){1,2}$", "", area_code)
