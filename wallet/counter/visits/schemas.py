"""The JSON forms of home service."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet import numbers
from wallet.catalogue.basis.schemas import Day
from wallet.counter.schemas import EvidenceSchema
from wallet.counter.visits.prepare import Person
from wallet.web.schemas import StrictSchema, Text


class ToVisitSchema(StrictSchema):
    """Whom to visit, and for what."""

    code_type = Text(required=True, max_length=8)
    code = Text(required=True, max_length=64)
    name = Text(required=True, max_length=200)
    matter = Text(required=True, max_length=numbers.MATTER_MAX)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Person:
        """The person as the journey takes it."""
        return Person(**data)


class NewVisitsSchema(StrictSchema):
    """A list to prepare."""

    day = Day(required=True)
    persons = fields.List(
        fields.Nested(ToVisitSchema),
        required=True,
        validate=validate.Length(
            1, numbers.VISITS_MAX, error=f"应为 1 至 {numbers.VISITS_MAX} 人。"
        ),
    )


class BeginVisitSchema(StrictSchema):
    """How staff know at the door that it is this person's wish."""

    evidence = fields.Nested(EvidenceSchema, required=True)


class VisitSchema(Schema):
    """An entry of a list."""

    id = fields.String(required=True)
    code_type = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    matter = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["planned", "served", "struck"]})
    assistance = fields.String(
        required=True, allow_none=True, metadata={"description": "the own session that is open"}
    )


class VisitListSchema(Schema):
    """A list without its entries."""

    id = fields.String(required=True)
    day = fields.Date(required=True)
    going = fields.String(required=True, metadata={"description": "who goes"})
    state = fields.String(required=True, metadata={"enum": ["waiting", "confirmed", "over"]})
    own = fields.Boolean(required=True)


class OneVisitListSchema(VisitListSchema):
    """A list with its entries."""

    visits = fields.List(fields.Nested(VisitSchema), required=True)


class VisitListPageSchema(Schema):
    """The lists of a unit, the latest first."""

    items = fields.List(fields.Nested(VisitListSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
