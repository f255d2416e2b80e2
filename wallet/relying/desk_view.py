"""What the desk page shows around the scanner."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from wallet import numbers
from wallet.base.database import AnyRow
from wallet.base.deps import Deps
from wallet.catalogue.labels import field_labels
from wallet.catalogue.model import LicenceType, UseItem, UseItemType
from wallet.holders.names import masked_name
from wallet.relying.grants import bound_to, granted, within
from wallet.relying.model import Grant
from wallet.web.principal import Principal

_ITEMS: Final = granted(
    UseItem.code, UseItem.name, UseItem.name_en, UseItem.consent,
    UseItem.traditional_channel, UseItem.traditional_channel_en, UseItem.materials,
    Grant.fields, UseItemType.fields.label("necessary"), LicenceType.fields.label("declared"),
    LicenceType.short_number, LicenceType.name.label("type_name"), LicenceType.name_en.label("type_name_en"),
).order_by(UseItem.id, LicenceType.short_number)  # fmt: skip


def desk_view(deps: Deps, principal: Principal, today: date) -> dict[str, Any]:
    """`desk` {unit, name, terminal, account, locks_after (s)}, and `items` with their field labels and, where no holder
    is asked, their `materials`."""
    items: dict[str, dict[str, Any]] = {}
    for row in deps.db.rows(_ITEMS, today=today, **bound_to(principal)):
        item = items.setdefault(
            row.code,
            {
                "code": row.code,
                "name": row.name,
                "name_en": row.name_en,
                "consent": row.consent,
                "traditional_channel": row.traditional_channel,
                "traditional_channel_en": row.traditional_channel_en,
                "types": [],
                "materials": _materials(row),
            },
        )
        fields = within(row.fields, row.necessary)
        item["types"].append(
            {
                "number": row.short_number,
                "name": row.type_name,
                "name_en": row.type_name_en,
                "fields": field_labels(row.declared, fields),
                "fields_en": field_labels(row.declared, fields, "en"),
            }
        )
    return {
        "items": list(items.values()),
        "desk": {
            "unit": principal.unit_name,
            "name": masked_name(principal.name, "person"),
            "terminal": principal.terminal,
            "account": principal.account,
            "locks_after": numbers.DESK_IDLE_LOCK,
        },
    }


def _materials(row: AnyRow) -> list[dict[str, Any]]:
    """What the page must know to see whether the item needs more than what was shown; nothing of an item that
    asks its holders, of whom a desk learns no more than what is in the code."""
    if row.consent != "none":
        return []
    return [
        {
            "needed": one["needed"],
            "all_of": one["satisfied_by"] == "all_of",
            "types": [some["type"] for some in one["types"]],
        }
        for one in row.materials
    ]
