"""The JSON forms of assisted sessions and annotated copies."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from wallet import numbers
from wallet.catalogue.basis.schemas import Day
from wallet.counter.assist import EVIDENCE, AssistanceView, NewAssistance
from wallet.counter.print_copy import NewCopies
from wallet.licences.held_schemas import HeldLicenceSchema, held_members
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


class MatterQuerySchema(StrictSchema):
    """For which matter; the code of a use item."""

    item = Text(load_default=None, max_length=64)


class NewCopySchema(StrictSchema):
    """A copy to print, of `licence`, or one of each of `licences` in one go; `item` and `recipient_unit` are codes,
    where they are known."""

    licence = Text(load_default=None, max_length=200)
    licences = fields.List(
        Text(max_length=200),
        load_default=None,
        validate=validate.Length(
            min=1,
            max=numbers.COPIES_TOGETHER_MAX,
            error=f"应为 1 至 {numbers.COPIES_TOGETHER_MAX} 件证照。",
        ),
    )
    purpose = Text(required=True, max_length=numbers.COPY_PURPOSE_MAX)
    recipient = Text(required=True, max_length=numbers.COPY_RECIPIENT_MAX)
    item = Text(load_default=None, allow_none=True, max_length=64)
    recipient_unit = Text(load_default=None, allow_none=True, max_length=18)
    valid_until = Day(required=True)
    single_use = Truth(load_default=False)

    @validates_schema
    def check_licences(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two members, and no licence twice."""
        if (data["licence"] is None) == (data["licences"] is None):
            raise ValidationError("请写 licence 或 licences 中的一项。", "licence")
        if len(set(data["licences"] or ())) != len(data["licences"] or ()):
            raise ValidationError("同一件证照只能写一次。", "licences")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewCopies:
        """The copies as the journey takes them."""
        one = data.pop("licence")
        return NewCopies(**data | {"licences": data["licences"] or [one]})


class EachCopySchema(Schema):
    """A copy that was printed."""

    serial = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "what its code says"})
    pdf = fields.String(required=True, metadata={"description": "where the document is"})
    ends_on = fields.Date(required=True)


class CopySchema(EachCopySchema):
    """The first copy that was printed, and all of them in the order of `licences`; `pdf` is the document of all."""

    copies = fields.List(fields.Nested(EachCopySchema), required=True)


class CopyQuerySchema(StrictSchema):
    """Which document of a copy; `together` is that of all copies of the same request."""

    together = fields.Boolean(load_default=False)


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


def assistance_members(view: AssistanceView) -> dict[str, Any]:
    """An open session as `AssistanceSchema` has it."""
    return {**vars(view), "licences": [held_members(one) for one in view.licences]}
