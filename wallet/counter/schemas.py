"""The JSON forms of assisted sessions and annotated copies."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet import numbers
from wallet.catalogue.basis.schemas import Day
from wallet.counter.assist import EVIDENCE, NewAssistance
from wallet.counter.print_copy import NewCopy
from wallet.licences.held_schemas import HeldLicenceSchema
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text, Truth


class ServedSchema(StrictSchema):
    """Whom to serve; `name` may be left out where the card was read."""

    code_type = Text(required=True, max_length=8)
    code = Text(required=True, max_length=64)
    name = Text(load_default="", min_length=0, max_length=200)


class EvidenceSchema(StrictSchema):
    """How staff know that it is this person's wish; `reference` names the proof, and is no proof itself."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(EVIDENCE, error=f"应为 {'、'.join(EVIDENCE)} 之一。"),
    )
    reference = Text(load_default="", min_length=0, max_length=numbers.REFERENCE_MAX)


class NewAssistanceSchema(StrictSchema):
    """A session to begin; `matter` is what the person has come for."""

    holder = fields.Nested(ServedSchema, required=True)
    evidence = fields.Nested(EvidenceSchema, required=True)
    matter = Text(required=True, max_length=numbers.MATTER_MAX)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewAssistance:
        """The session as the journey takes it."""
        return NewAssistance(
            **data["holder"],
            evidence=data["evidence"]["kind"],
            reference=data["evidence"]["reference"],
            matter=data["matter"],
        )


class AssistanceSchema(Schema):
    """An open session."""

    id = fields.String(required=True)
    holder = fields.String(required=True, metadata={"description": "masked"})
    matter = fields.String(required=True)
    evidence = fields.String(required=True)
    licences = fields.List(fields.Nested(HeldLicenceSchema), required=True)
    started_at = Instant(required=True)
    ends_at = Instant(required=True)


class NewCopySchema(StrictSchema):
    """A copy to print; `item` and `recipient_unit` are codes, where they are known."""

    licence = Text(required=True, max_length=200)
    purpose = Text(required=True, max_length=numbers.COPY_PURPOSE_MAX)
    recipient = Text(required=True, max_length=numbers.COPY_RECIPIENT_MAX)
    item = Text(load_default=None, allow_none=True, max_length=64)
    recipient_unit = Text(load_default=None, allow_none=True, max_length=18)
    valid_until = Day(required=True)
    single_use = Truth(load_default=False)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewCopy:
        """The copy as the journey takes it."""
        return NewCopy(**data)


class CopySchema(Schema):
    """A copy that was printed."""

    serial = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "what its code says"})
    pdf = fields.String(required=True, metadata={"description": "where the document is"})
    ends_on = fields.Date(required=True)


class RevocationSchema(StrictSchema):
    """Why a copy is revoked."""

    reason = Text(required=True, max_length=200)


class OwnCopySchema(Schema):
    """A copy of an own licence."""

    serial = fields.String(required=True)
    type_name = fields.String(required=True)
    purpose = fields.String(required=True)
    recipient = fields.String(required=True)
    ends_on = fields.Date(required=True)
    state = fields.String(required=True, metadata={"enum": ["good", "ended", "revoked"]})
    uses = fields.Integer(required=True)
    printed_at = Instant(required=True)
    unit = fields.String(required=True, metadata={"description": "where it was printed"})


class OwnCopyPageSchema(Schema):
    """The copies of the licences that an account holds, the latest first."""

    items = fields.List(fields.Nested(OwnCopySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
