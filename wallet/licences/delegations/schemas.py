"""The JSON forms of delegations."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from wallet import numbers
from wallet.licences.delegations.listed import GIVEN, RECEIVED
from wallet.licences.delegations.model import KINDS
from wallet.licences.delegations.offer import NewDelegation
from wallet.licences.schemas import IDENTIFIER_MAX, NAME_MAX, Day, Trimmed
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text, Truth

_STATES: Final = "offered declined withdrawn lapsed upcoming active ended expired".split()


def _some(limit: int) -> validate.Length:
    return validate.Length(1, limit, error=f"应选 1 至 {limit} 个。")


class PersonSchema(StrictSchema):
    """A natural person by code and name; both must be right."""

    code_type = Text(load_default="111", max_length=3)
    code = Text(required=True, max_length=64)
    name = Trimmed(required=True, max_length=NAME_MAX)


class NewDelegationSchema(StrictSchema):
    """What the holder lets somebody do. `items` are use items by code; any matter must be said: null."""

    delegate = fields.Nested(PersonSchema, required=True)
    licences = fields.List(
        Text(max_length=IDENTIFIER_MAX),
        required=True,
        validate=_some(numbers.DELEGATION_LICENCES_MAX),
    )
    items = fields.List(
        Text(max_length=64),
        required=True,
        allow_none=True,
        validate=_some(numbers.DELEGATION_ITEMS_MAX),
    )
    starts_on = Day(load_default=None, metadata={"description": "today if left out"})
    ends_on = Day(required=True, metadata={"description": "the last day"})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewDelegation:
        """The offer as the journey takes it."""
        return NewDelegation(**data.pop("delegate"), **data)


class AnswerSchema(StrictSchema):
    """Whether the delegate takes it on."""

    accept = Truth(required=True)


class DelegationQuerySchema(PageQuerySchema):
    """Which side of delegations; both where it is left out."""

    side = fields.String(
        load_default=None,
        validate=validate.OneOf([GIVEN, RECEIVED], error="应为 given 或 received。"),
    )


class NamedSchema(Schema):
    """Code and name."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)


class ScopeTypeSchema(Schema):
    """Code and name of a licence type."""

    code = fields.String(required=True, attribute="type_code")
    name = fields.String(required=True, attribute="type_name")
    name_en = fields.String(required=True, attribute="type_name_en")


class ScopeLicenceSchema(Schema):
    """A licence within a delegation."""

    identifier = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null for a delegate before it is accepted and after it is over"},
    )
    type = fields.Function(lambda one: ScopeTypeSchema().dump(one), required=True)
    number_masked = fields.String(required=True)


class DelegationSchema(Schema):
    """A delegation as either side sees it."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    side = fields.String(required=True, metadata={"enum": [GIVEN, RECEIVED]})
    state = fields.String(required=True, metadata={"enum": _STATES})
    grantor = fields.String(required=True)
    delegate = fields.String(required=True)
    delegate_code = fields.String(required=True, metadata={"description": "masked"})
    licences = fields.List(fields.Nested(ScopeLicenceSchema), required=True)
    items = fields.List(
        fields.Nested(NamedSchema),
        required=True,
        allow_none=True,
        metadata={"description": "null for any matter"},
    )
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    offered_at = Instant(required=True)
    answer_until = Instant(required=True)
    accepted_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_by = fields.String(
        required=True, allow_none=True, metadata={"enum": ["grantor", "delegate"]}
    )


class DelegationPageSchema(Schema):
    """A page of delegations, newest first."""

    items = fields.List(fields.Nested(DelegationSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
