"""The JSON edge of merchant checks."""

from __future__ import annotations

from datetime import date
from typing import Final

from marshmallow import Schema, fields, validate

from wallet import numbers
from wallet.relying.merchant_checks.read import RESULTS
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text

_FIRST: Final = date(1949, 10, 1)
_STATES: Final = ["waiting", "running", "done", "stopped"]


class CheckQuerySchema(StrictSchema):
    """For which item a list is checked, of which type alone, and since when a change counts."""

    item = Text(required=True, max_length=64)
    type = Text(load_default=None, max_length=64)
    since = fields.Date(
        load_default=None,
        error_messages={"invalid": "应为日期，如 2026-11-22。"},
        # The first days of the calendar have no midnight in UTC.
        validate=validate.Range(min=_FIRST, error=f"应不早于 {_FIRST}。"),
    )


class ResultQuerySchema(StrictSchema):
    """As what a result is wanted."""

    format = fields.String(
        load_default="csv",
        validate=validate.OneOf(list(RESULTS), error=f"应为 {'、'.join(RESULTS)} 之一。"),
    )


class NewSubscriptionSchema(StrictSchema):
    """Where the platform wants to be told."""

    webhook = Text(required=True, max_length=numbers.WEBHOOK_ADDRESS_MAX)


class SubscriptionSchema(Schema):
    """Where it is told, and until when."""

    webhook = fields.String(required=True)
    ends_at = Instant(required=True)


class WebhookSecretSchema(SubscriptionSchema):
    """The same, with the secret of its signatures, which is told once."""

    secret = fields.String(required=True)


class CheckSchema(Schema):
    """How far a list is."""

    id = fields.String(required=True)
    item = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": _STATES})
    lines = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    match = fields.Integer(required=True)
    no_match = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unreadable = fields.Integer(required=True)
    received_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    subscription = fields.Nested(SubscriptionSchema, required=True, allow_none=True)
