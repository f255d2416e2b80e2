"""The JSON forms of emergency slips."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate

from wallet import numbers
from wallet.counter.slips.enter import NewEntry
from wallet.counter.slips.model import OUTCOMES
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text, Truth

_NO_TIME: Final = "应为带时区的时间，如 2026-01-31T09:30:00+08:00。"


def _with_zone(at: datetime) -> None:
    if at.tzinfo is None:
        raise ValidationError(_NO_TIME)
    try:
        at.astimezone(UTC)
    except OverflowError:  # a moment before the first year there, or after the last
        raise ValidationError(_NO_TIME) from None


class NewBlockSchema(StrictSchema):
    """How many slips to issue."""

    count = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(
            1, numbers.SLIPS_AT_ONCE_MAX, error=f"应为 1 至 {numbers.SLIPS_AT_ONCE_MAX}。"
        ),
    )


class IssuedBlockSchema(Schema):
    """A block that was issued."""

    id = fields.String(required=True)
    numbers = fields.List(fields.String(), required=True)
    pdf = fields.String(required=True, metadata={"description": "where the document is"})


class NewEntrySchema(StrictSchema):
    """What stood on a slip; `seen_by` is the login of who wrote it."""

    seen_at = fields.DateTime(
        required=True,
        format="iso",
        validate=_with_zone,
        error_messages={"invalid": _NO_TIME},
    )
    seen_by = Text(required=True, max_length=64)
    seen = Text(required=True, max_length=numbers.SLIP_SEEN_MAX)
    served = Truth(required=True)
    item = Text(load_default=None, allow_none=True, max_length=64)
    code = Text(load_default=None, allow_none=True, max_length=64)
    name = Text(load_default=None, allow_none=True, max_length=200)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewEntry:
        """The entry as the journey takes it, its number aside."""
        return NewEntry(number="", **data | {"seen_at": data["seen_at"].astimezone(UTC)})


class EntrySchema(Schema):
    """A slip that was entered."""

    number = fields.String(required=True)
    late = fields.Boolean(required=True)
    holder_known = fields.Boolean(required=True)


class SpoiltSchema(StrictSchema):
    """Why a slip counts no more."""

    reason = Text(required=True, max_length=200)


class SlipSchema(Schema):
    """A slip, and what became of it; null where it has no entry yet."""

    number = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True, metadata={"enum": [*OUTCOMES, None]})
    settled_at = Instant(required=True)
    seen_at = Instant(required=True)
    seen_by = fields.String(required=True, allow_none=True)
    seen = fields.String(required=True, allow_none=True)
    served = fields.Boolean(required=True, allow_none=True)
    late = fields.Boolean(required=True, allow_none=True)


class BlockSchema(Schema):
    """A block with its slips."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    issued_at = Instant(required=True)
    open = fields.Integer(required=True, metadata={"description": "how many have no entry yet"})
    slips = fields.List(fields.Nested(SlipSchema), required=True)


class BlockPageSchema(Schema):
    """The blocks in sight, the latest first."""

    items = fields.List(fields.Nested(BlockSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
