"""What the desk page shows around the scanner."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from verify.verdict import REASONS, sentence
from wallet.base.deps import Deps
from wallet.base.periods import is_current
from wallet.catalogue.model import LicenceType, UseItem
from wallet.holders.model import masked_name
from wallet.relying.model import Grant
from wallet.web.principal import Principal


def desk_view(deps: Deps, principal: Principal, today: date, language: str) -> dict[str, Any]:
    """`desk` {unit, name, terminal}, `items` with their field labels, and the `sentences` of a
    language in which verdicts do not come ({reason: sentence}, empty for `zh`)."""
    statement = (
        select(
            UseItem.code, UseItem.name, UseItem.name_en, UseItem.consent,
            UseItem.traditional_channel, UseItem.traditional_channel_en,
            Grant.fields, LicenceType.fields.label("declared"),
            LicenceType.name.label("type_name"), LicenceType.name_en.label("type_name_en"),
        )
        .join(UseItem, UseItem.id == Grant.item_id)
        .join(LicenceType, LicenceType.id == Grant.type_id)
        .where(
            Grant.unit_id == principal.unit_id,
            Grant.suspended_at.is_(None),
            is_current(Grant.starts_on, Grant.ends_on, today),
        )
        .order_by(UseItem.id, LicenceType.short_number)
    )  # fmt: skip
    items: dict[str, dict[str, Any]] = {}
    with deps.db.read() as tx:
        for row in tx.execute(statement):
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
                },
            )
            item["types"].append(
                {
                    "name": row.type_name,
                    "name_en": row.type_name_en,
                    "fields": [
                        field["label"] for field in row.declared if field["key"] in row.fields
                    ],
                }
            )
    return {
        "items": list(items.values()),
        "desk": {
            "unit": principal.unit_name,
            "name": masked_name(principal.name, "person"),
            "terminal": principal.terminal,
        },
        "sentences": (
            {} if language == "zh" else {reason: sentence(reason, language) for reason in REASONS}
        ),
    }
