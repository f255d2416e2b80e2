"""The JSON forms of inboxes, deliveries and receipts."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from wallet.licences.delegations.model import KINDS
from wallet.licences.delegations.tell import ACTS as DELEGATION_ACTS
from wallet.licences.delivery.acting import ACTS as ACTING_ACTS
from wallet.licences.delivery.deliver import ISSUE, REMIND, RENEW
from wallet.licences.delivery.model import ASKED, ASSISTED, LOOKED_UP, REPORT_ANSWERED, USED
from wallet.licences.status.transitions import ALLOWED, EXPIRE
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text

RECEIPTS_MAX: Final = 100
_ACTS: Final = sorted({*ALLOWED, ISSUE, RENEW, REMIND, EXPIRE})


class InboxTypeSchema(Schema):
    """Code and name of a licence type."""

    code = fields.String(required=True, attribute="type_code")
    name = fields.String(required=True, attribute="type_name")
    name_en = fields.String(attribute="type_name_en")


class InboxDelegationSchema(Schema):
    """A delegation that news are of."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})
    grantor = fields.String(required=True)
    delegate = fields.String(required=True)
    begins_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "the first day, where it was still to come"},
    )


class InboxActingSchema(Schema):
    """Who acts for whom, or is asked to."""

    kind = fields.String(
        required=True,
        metadata={"enum": ["person", "organisation"], "description": "of the holder"},
    )
    holder = fields.String(required=True)
    person = fields.String(required=True)


class InboxUseSchema(Schema):
    """A use of the licence, or a question to show it, that news are of."""

    at = Instant(required=True)
    unit = fields.String(required=True)
    terminal = fields.String(required=True)
    item = fields.String(required=True, allow_none=True)
    item_en = fields.String(required=True, allow_none=True)
    fields_ = fields.List(
        fields.String(),
        required=True,
        data_key="fields",
        attribute="fields",
        metadata={"description": "labels of what was seen, or asked for in vain"},
    )
    fields_en = fields.List(fields.String(), required=True)
    outcome = fields.String(required=True)
    reason = fields.String(required=True)
    shown_by = fields.String(required=True, allow_none=True)
    offline = fields.Boolean(required=True)
    evidence = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of an assisted session that has begun"},
    )
    acts = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "what was done in an assisted session"},
    )


class InboxEntrySchema(Schema):
    """News in a holder's inbox: of a licence; of a delegation, or of who acts for whom, which have no
    other members of a licence than `licence`, null."""

    id = fields.String(required=True)
    act = fields.String(
        required=True,
        metadata={
            "enum": sorted(
                {
                    *_ACTS,
                    *DELEGATION_ACTS,
                    *ACTING_ACTS,
                    USED,
                    ASKED,
                    LOOKED_UP,
                    ASSISTED,
                    REPORT_ANSWERED,
                }
            )
        },
    )
    status_label = fields.String(metadata={"description": "of a change of status"})
    licence = fields.String(required=True, allow_none=True, attribute="identifier")
    type = fields.Nested(InboxTypeSchema)
    issuing_unit = fields.String()
    holder = fields.String(metadata={"description": "masked"})
    valid_until = fields.Date(
        allow_none=True, metadata={"description": "the last good day, if any"}
    )
    delegation = fields.Nested(InboxDelegationSchema)
    acting = fields.Nested(InboxActingSchema)
    use = fields.Nested(InboxUseSchema)
    delivered_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)
    printed_at = Instant(
        required=True, allow_none=True, metadata={"description": "handed over on paper"}
    )


class InboxPageSchema(Schema):
    """A page of an inbox, newest first."""

    items = fields.List(fields.Nested(InboxEntrySchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)


class ReadEntrySchema(Schema):
    """An entry that was opened: the licence as the holder has it now, or the delegation."""

    licence = fields.String(required=True, allow_none=True)
    delegation = fields.String()


class ReceiptSchema(StrictSchema):
    """What a channel tells of a message that it was sent."""

    id = Text(required=True, max_length=64, metadata={"description": "its webhook-id"})
    delivered_at = Text(max_length=40)
    read_at = Text(max_length=40)
    receipt = Text(max_length=128)


class ReceiptsSchema(StrictSchema):
    """What a channel tells of messages that it was sent."""

    channel = Text(required=True, max_length=64)
    receipts = fields.List(
        fields.Nested(ReceiptSchema),
        required=True,
        validate=validate.Length(1, RECEIPTS_MAX, error=f"应有 1 至 {RECEIPTS_MAX} 条回执。"),
    )


class NotedSchema(Schema):
    """How many receipts were of messages to this channel."""

    noted = fields.Integer(required=True)


class DeliverySchema(Schema):
    """One delivery of what became of a licence."""

    channel = fields.String(required=True, allow_none=True)
    channel_name = fields.String(required=True)
    act = fields.String(required=True, metadata={"enum": _ACTS})
    state = fields.String(
        required=True,
        metadata={
            "enum": ["waiting", "accepted", "delivered", "read", "dead", "dropped", "exempt"]
        },
    )
    at = Instant(required=True)
    attempts = fields.Integer(required=True)
    delivered_at = Instant(required=True, allow_none=True)
    read_at = Instant(required=True, allow_none=True)
    receipt = fields.String(allow_none=True)
    error = fields.String(allow_none=True)
    basis = fields.String(allow_none=True, metadata={"description": "of an exemption"})


class DeliveriesSchema(Schema):
    """All deliveries of a licence, oldest first."""

    items = fields.List(fields.Nested(DeliverySchema), required=True)
