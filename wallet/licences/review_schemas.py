"""The JSON forms of the review before sealing, and of what the issuing client is told of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from wallet.licences.held_schemas import HeldFieldSchema
from wallet.licences.schemas import Trimmed, TypeNameSchema
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema

_REQUIRED: dict[str, Any] = {"required": "必填。", "null": "不能为空。"}


class ReviewDecisionSchema(StrictSchema):
    """What a staff member decided on a licence that waits for review."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf(["pass", "return"], error="应为 pass 或 return。"),
        error_messages=_REQUIRED,
    )
    reason = Trimmed(load_default="", metadata={"description": "needed to return it"})


class ReviewedSchema(Schema):
    """The decision, as it counts from now on."""

    identifier = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["passed", "returned"]})
    reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True)


class ReviewStateSchema(Schema):
    """Where the review of a licence is."""

    state = fields.String(required=True, metadata={"enum": ["waiting", "passed", "returned"]})
    reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class ReceivedLicenceSchema(Schema):
    """What became of a licence, as its issuing unit is told."""

    identifier = fields.String(required=True)
    type = fields.String(required=True)
    number = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(
        required=True,
        metadata={
            "enum": [
                "pending",
                "returned",
                "valid",
                "suspended",
                "expired",
                "revoked",
                "not_yet_valid",
            ]
        },
    )
    code = fields.String(required=True, metadata={"description": "the type's own status code"})
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    received_at = Instant(required=True)
    issued_at = Instant(required=True, allow_none=True)
    delivered_at = Instant(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)
    review = fields.Nested(ReviewStateSchema, required=True, allow_none=True)


class AwaitingReviewSchema(Schema):
    """A licence that waits for the review of its issuing unit."""

    identifier = fields.String(required=True)
    type = fields.Nested(TypeNameSchema, required=True)
    number = fields.String(required=True)
    version = fields.Integer(required=True)
    holders = fields.List(fields.String(), required=True)
    received_at = Instant(required=True)


class AwaitingReviewDetailSchema(AwaitingReviewSchema):
    """A licence that waits for review, with its face."""

    fields_ = fields.List(
        fields.Nested(HeldFieldSchema), required=True, data_key="fields", attribute="fields"
    )


class AwaitingReviewPageSchema(Schema):
    """The queue of a unit."""

    items = fields.List(fields.Nested(AwaitingReviewSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
