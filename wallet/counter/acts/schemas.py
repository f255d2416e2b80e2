"""The JSON forms of the acts in an assisted session."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from wallet import numbers
from wallet.counter.acts.model import KINDS, STATES
from wallet.licences.held_schemas import HeldFieldSchema, HeldLicenceSchema
from wallet.showing.assisted import COPY, HAND_OVER
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text


class ActLicenceSchema(Schema):
    """A licence that an act is about."""

    type_name = fields.String(required=True)
    type_name_en = fields.String(required=True)
    number_masked = fields.String(required=True)


class ActItemSchema(Schema):
    """A use item that an act is about."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)


class ActDelegationSchema(Schema):
    """A delegation that is to be made, or was ended."""

    side = fields.String(required=True, metadata={"enum": ["given", "received"]})
    name = fields.String(required=True, metadata={"description": "of the other side"})
    code_type = fields.String(required=True)
    code = fields.String(
        required=True, metadata={"description": "masked where the delegation was there before"}
    )
    licences = fields.List(fields.Nested(ActLicenceSchema), required=True)
    items = fields.List(
        fields.Nested(ActItemSchema),
        required=True,
        allow_none=True,
        metadata={"description": "null for any matter"},
    )
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)


class ActContentSchema(Schema):
    """What an act says."""

    delegation = fields.Nested(ActDelegationSchema, required=True, allow_none=True)
    told = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "lines of other acts, as they are printed"},
    )


class ActSchema(Schema):
    """An act of a session."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    content = fields.Nested(ActContentSchema, required=True)
    prepared_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    terminal = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "where the colleague works who has confirmed or declined it"},
    )
    reason = fields.String(required=True, metadata={"description": "why it was declined"})


class ReceiptPairSchema(Schema):
    """A line as it is printed."""

    label = fields.String(required=True)
    value = fields.String(required=True)


class AssistanceReceiptActSchema(Schema):
    """What was done, or was to be."""

    kind = fields.String(required=True, metadata={"enum": [COPY, HAND_OVER, *KINDS]})
    title = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    at = Instant(required=True)
    pairs = fields.List(fields.Nested(ReceiptPairSchema), required=True)
    note = fields.String(required=True, metadata={"description": "what the person must know"})


class AssistanceReceiptSchema(Schema):
    """The receipt of a session, as it is printed."""

    id = fields.String(required=True)
    holder = fields.String(required=True, metadata={"description": "masked"})
    unit = fields.String(required=True)
    terminal = fields.String(required=True)
    evidence = fields.String(required=True)
    reference = fields.String(required=True)
    matter = fields.String(required=True)
    started_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    acts = fields.List(fields.Nested(AssistanceReceiptActSchema), required=True)
    sentences = fields.List(fields.String(), required=True)


class ConfirmationSchema(Schema):
    """An act of a colleague's session that is to be confirmed."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    asked_by = fields.String(required=True)
    terminal = fields.String(required=True)
    holder = fields.String(required=True, metadata={"description": "masked"})
    evidence = fields.String(required=True)
    reference = fields.String(required=True)
    matter = fields.String(required=True)
    content = fields.Nested(ActContentSchema, required=True)
    prepared_at = Instant(required=True)
    ends_at = Instant(required=True)
    seen = fields.String(
        required=True, metadata={"description": "stands for the content; sent back in the answer"}
    )


class ConfirmationPageSchema(Schema):
    """What waits for a staff member, the oldest first."""

    items = fields.List(fields.Nested(ConfirmationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ConfirmationAnswerSchema(StrictSchema):
    """A colleague's answer; who declines says why."""

    answer = fields.String(
        required=True,
        validate=validate.OneOf(["confirm", "decline"], error="应为 confirm 或 decline。"),
    )
    seen = Text(required=True, max_length=64)
    reason = Text(load_default="", min_length=0, max_length=numbers.DECLINE_REASON_MAX)

    @validates_schema
    def says_why(self, data: dict[str, Any], **_: Any) -> None:
        """A refusal has a reason."""
        if data["answer"] == "decline" and not data["reason"].strip():
            raise ValidationError({"reason": ["不同意时请写明原因。"]})


class NewLookSchema(StrictSchema):
    """Which licence to look at."""

    licence = Text(required=True, max_length=200)


class FaceSchema(HeldLicenceSchema):
    """A licence of the served person with its face."""

    fields_ = fields.List(fields.Nested(HeldFieldSchema), required=True, data_key="fields")
