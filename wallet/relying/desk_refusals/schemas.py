"""The JSON forms of reports of desks that refuse."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet.catalogue.basis.schemas import Day
from wallet.relying.desk_refusals.model import KINDS
from wallet.relying.desk_refusals.report import NewReport
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text


class NewDeskRefusalSchema(StrictSchema):
    """What happened; `assistance` is for staff, who write it in a session."""

    item = Text(required=True, max_length=64)
    kind = fields.String(
        required=True, validate=validate.OneOf(KINDS, error=f"应为 {'、'.join(KINDS)} 之一。")
    )
    on = Day(required=True)
    desk = Text(load_default="", min_length=0, max_length=100)
    told = Text(required=True, max_length=500)
    assistance = Text(load_default=None, allow_none=True, max_length=32)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewReport:
        """As the journey takes it."""
        return NewReport(**data)


class MadeDeskRefusalSchema(Schema):
    """A report that was written down."""

    id = fields.String(required=True)


class DeskRefusalSchema(Schema):
    """A report, and its answer."""

    id = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["open", "answered"]})
    at = Instant(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    item = fields.String(required=True)
    item_name = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    on = fields.Date(required=True)
    desk = fields.String(required=True)
    told = fields.String(required=True)
    answer = fields.String(required=True, metadata={"description": "empty while it is open"})
    answered_at = Instant(required=True, allow_none=True)


class DeskRefusalPageSchema(Schema):
    """A page of them, newest first."""

    items = fields.List(fields.Nested(DeskRefusalSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeskRefusalAnswerSchema(StrictSchema):
    """The managing unit's sentence."""

    answer = Text(required=True, max_length=500)
