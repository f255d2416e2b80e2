"""The JSON forms of verification."""

from __future__ import annotations

from itertools import chain

from marshmallow import Schema, fields, validate

from verify.desk import ITEM_MAX, OUTCOMES, TERMINAL_MAX
from verify.judgements import JUDGEMENTS_MAX, OFFLINE_REASONS
from verify.verdict import REASONS
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema


class PublicCodeSchema(StrictSchema):
    """A code that anyone wants checked."""

    code = fields.String(required=True)


class PublicLicenceSchema(Schema):
    """A licence of a public type."""

    type = fields.String(required=True)
    holder = fields.String(allow_none=True, metadata={"description": "masked"})
    status = fields.String(required=True)
    valid_until = fields.Date(allow_none=True)


class PublicCheckSchema(Schema):
    """Whether a code is genuine."""

    genuine = fields.Boolean(required=True)
    kind = fields.String(required=True, allow_none=True)
    notice = fields.String(required=True)
    licences = fields.List(fields.Nested(PublicLicenceSchema))


class CodeToVerifySchema(StrictSchema):
    """A code, the item it is used for, for a client the terminal; `fields` to see fewer than granted."""

    code = fields.String(required=True)
    item = fields.String(required=True, validate=validate.Length(1, ITEM_MAX))
    wanted = fields.Raw(
        data_key="fields",
        metadata={
            "description": "keys, or keys by licence type; one beyond the grant is 403",
            "oneOf": [
                {"type": "array", "items": {"type": "string"}},
                {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
            ],
        },
    )
    terminal = fields.String(validate=validate.Length(1, TERMINAL_MAX))


class GrantedFieldSchema(Schema):
    """A face field that the item may see."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    label_en = fields.String(required=True)
    value = fields.String(required=True)


class JudgedLicenceSchema(Schema):
    """A licence of an accepted code."""

    type = fields.String(required=True)
    type_name = fields.String(required=True)
    type_name_en = fields.String(required=True)
    identifier = fields.String(
        required=True, allow_none=True, metadata={"description": "null of another region's"}
    )
    status = fields.String(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    fields_ = fields.List(
        fields.Nested(GrantedFieldSchema), required=True, data_key="fields", attribute="fields"
    )
    photo = fields.String(metadata={"description": "data URI"})


class VerdictSchema(Schema):
    """What a desk is told."""

    id = fields.String(required=True)
    verdict = fields.String(
        required=True, metadata={"enum": ["accepted", "refused", "pending", "undetermined"]}
    )
    reason = fields.String(required=True, metadata={"enum": list(REASONS)})
    message = fields.String(required=True)
    checked_at = Instant(required=True)
    status_as_of = Instant(required=True)
    repeated = fields.Boolean(required=True)
    offline = fields.Boolean(required=True)
    unchecked = fields.List(fields.String(), required=True)
    licences = fields.List(fields.Nested(JudgedLicenceSchema), required=True)
    shown_by = fields.String(required=True, allow_none=True)
    issuer = fields.String(allow_none=True)
    legal_effect = fields.String(required=True, allow_none=True)
    federated = fields.Boolean(
        metadata={"description": "true: judged by the keys of another region's library"}
    )
    region = fields.String(metadata={"description": "what that region is called"})
    region_en = fields.String()
    purpose = fields.String()
    recipient = fields.String()
    ends_on = fields.Date(metadata={"description": "the last day of an annotated copy"})
    uses = fields.Integer(metadata={"description": "which use of an annotated copy this is"})
    answer_by = Instant(
        metadata={
            "type": "string",
            "format": "date-time",
            "description": "of a pending verdict: until when the holder may answer",
        }
    )


class ConsentSchema(StrictSchema):
    """The holder's answer."""

    allow = fields.Boolean(required=True, truthy={True}, falsy={False})


class JudgementSchema(StrictSchema):
    """What a desk judged while it was offline."""

    id = fields.String(required=True, metadata={"description": "16 random bytes in base64url"})
    code = fields.String(required=True, metadata={"description": "the text that was scanned"})
    item = fields.String(required=True, validate=validate.Length(1, ITEM_MAX))
    judged_at = fields.AwareDateTime(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf([*OFFLINE_REASONS]))
    reason = fields.String(
        required=True, validate=validate.OneOf([*chain(*OFFLINE_REASONS.values())])
    )


class JudgementsSchema(StrictSchema):
    """Judgements of a desk, and for a client the terminal."""

    judgements = fields.List(
        fields.Nested(JudgementSchema),
        required=True,
        validate=validate.Length(1, JUDGEMENTS_MAX),
    )
    terminal = fields.String(validate=validate.Length(1, TERMINAL_MAX))


class FindingSchema(Schema):
    """What the library found of a judgement."""

    id = fields.String(required=True)
    verdict = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null where `problem` says why it was not taken in"},
    )
    reason = fields.String(required=True, allow_none=True)
    message = fields.String(required=True)
    conflict = fields.Boolean(
        required=True,
        metadata={"description": "the desk accepted what the library does not"},
    )
    since = Instant(
        required=True,
        allow_none=True,
        metadata={"type": "string", "format": "date-time", "description": "of the conflict"},
    )
    checked_at = Instant(required=True)
    problem = fields.String(
        required=True, allow_none=True, metadata={"enum": ["not_permitted", "id_taken", None]}
    )


class FindingsSchema(Schema):
    """A finding for each judgement, in the same order."""

    items = fields.List(fields.Nested(FindingSchema), required=True)


class OutcomeSchema(StrictSchema):
    """What the desk did next."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))


class MeSchema(Schema):
    """Who is signed in."""

    account = fields.String(required=True)
    name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    unit = fields.String(required=True, allow_none=True)
    items = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "use items this account may verify for"},
    )
