"""What of an item's materials the library can supply, and what must still be asked, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from wallet.catalogue.matters import Material, Matter, TypeName

Missing = Literal["not_held", "not_granted", "not_shown", "not_entrusted", "not_on_copy"]

SENTENCES: Final[Mapping[Missing, str]] = {
    "not_held": "库里没有可以用的，请申请人提交。",
    "not_granted": "其中有本单位没有登记核验的证照，库里没有查，请申请人出示或提交。",
    "not_shown": "申请人没有在码里出示，本事项须本人同意，请申请人出示或提交。",
    "not_entrusted": "这份代办授权里没有可以用的，请申请人出示或提交。",
    "not_on_copy": "纸质件上没有这件证照，请申请人出示或提交，或到帮办代办窗口办理。",
}


@dataclass(frozen=True)
class StillAsked:
    """Why a material must be asked all the same, and the basis on which the item asks for it."""

    reason: Missing
    message: str
    basis: str


@dataclass(frozen=True)
class Supply:
    """A material of an item: `supplied` are the types that the library holds for it, the first of which is
    `licence_type`; `missing` those that must still be asked, one of them or all as the item says. It is
    `held` where nothing is missing, and `shown` where all of that was in the code already. `exception` is
    None for what is held."""

    material: str
    material_en: str
    needed: bool
    held: bool
    shown: bool
    supplied: Sequence[TypeName]
    missing: Sequence[TypeName]
    exception: StillAsked | None

    @property
    def licence_type(self) -> str | None:
        """The code of the type that supplies it."""
        return self.supplied[0].code if self.supplied else None


def supplies(
    matter: Matter,
    granted: Collection[str],
    held: Collection[str],
    shown: Collection[str],
    why: Missing,
) -> list[Supply]:
    """Each material, from the codes of the types that may be looked up, are held, and were shown.

    `why` is said of a type that was looked up and is not held. What was shown comes first: it is there.
    """
    return [_supply(one, matter.basis, granted, held, shown, why) for one in matter.materials]


def _supply(
    material: Material,
    basis: str,
    granted: Collection[str],
    held: Collection[str],
    shown: Collection[str],
    why: Missing,
) -> Supply:
    there = [one for one in material.types if one.code in held]
    there.sort(key=lambda one: one.code not in shown)
    missing = [one for one in material.types if one.code not in held]
    if there and not material.all_of:
        there, missing = there[:1], []
    exception = None
    if missing:
        reason = why if all(one.code in granted for one in missing) else "not_granted"
        exception = StillAsked(reason, SENTENCES[reason], basis)
    return Supply(
        material=material.name,
        material_en=material.name_en,
        needed=material.needed,
        held=not missing,
        shown=not missing and all(one.code in shown for one in there),
        supplied=there,
        missing=missing,
        exception=exception,
    )
