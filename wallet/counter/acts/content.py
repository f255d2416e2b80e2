"""What an act says: for a delegation who, which licences, for what, until when; else lines as they are printed.

It is kept sealed, as one text, and shown from there: what a colleague confirms is what was prepared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from wallet.base.encryption import Vault
from wallet.catalogue.masking import mask_middle
from wallet.counter.acts.model import CONTENT


@dataclass(frozen=True)
class ActLicence:
    """A licence that an act is about."""

    identifier: str
    type_name: str
    type_name_en: str
    number_masked: str


@dataclass(frozen=True)
class ActItem:
    """A use item that an act is about."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class ActDelegation:
    """A delegation to be made or that was ended: `name` and `code` are the other side's, the code in full with its type
    while the delegation is to be made, else masked; `side` is the served person's: given or received. `items` None is any matter."""

    side: str
    name: str
    code_type: str
    code: str
    licences: tuple[ActLicence, ...]
    items: tuple[ActItem, ...] | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class ActContent:
    """`delegation` where the act is about one; `told` are lines of other acts, label and value in Chinese, as they
    are printed."""

    delegation: ActDelegation | None = None
    told: Mapping[str, str] = field(default_factory=dict)


def write_content(content: ActContent) -> str:
    """The content as one text, always the same for the same content."""
    return json.dumps(asdict(content), ensure_ascii=False, sort_keys=True, default=date.isoformat)


def read_content(vault: Vault, sealed: bytes) -> ActContent:
    """What was sealed."""
    members: dict[str, Any] = json.loads(vault.open(sealed, CONTENT))
    made = members["delegation"]
    return ActContent(None if made is None else _delegation(made), members["told"])


def masked(content: ActContent) -> ActContent:
    """The same with the code of the other side masked: nobody has to compare it any more."""
    made = content.delegation
    if made is None or not made.code_type:
        return content
    return replace(content, delegation=replace(made, code_type="", code=mask_middle(made.code)))


def without_code(vault: Vault, sealed: bytes) -> bytes:
    """What was sealed, sealed again without the code of the other side: the act is settled."""
    return vault.seal(write_content(masked(read_content(vault, sealed))), CONTENT)


def _delegation(made: dict[str, Any]) -> ActDelegation:
    items = made["items"]
    return ActDelegation(
        **{name: made[name] for name in ("side", "name", "code_type", "code")},
        licences=tuple(ActLicence(**one) for one in made["licences"]),
        items=None if items is None else tuple(ActItem(**one) for one in items),
        starts_on=date.fromisoformat(made["starts_on"]),
        ends_on=date.fromisoformat(made["ends_on"]),
    )
