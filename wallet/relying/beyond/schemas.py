"""The JSON forms of grants in use, alerts and the rule of suspension."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from wallet import numbers
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text, Truth


class GrantQuerySchema(PageQuerySchema):
    """Which grants."""

    suspended = fields.Boolean(
        load_default=False, metadata={"description": "those alone that are suspended"}
    )
    ending = fields.Boolean(
        load_default=False, metadata={"description": "those alone that end within 30 days"}
    )


class AlertQuerySchema(PageQuerySchema):
    """Which alerts."""

    closed = fields.Boolean(load_default=False, metadata={"description": "closed ones too"})


class GrantSchema(Schema):
    """What a party may use."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    item = fields.String(required=True)
    item_name = fields.String(required=True)
    licence_type = fields.String(required=True)
    type_name = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    networks = fields.List(fields.String(), required=True, allow_none=True)
    opens = fields.Time(
        required=True,
        allow_none=True,
        format="%H:%M",
        metadata={"description": "hours of each day, Asia/Shanghai; null: all of it"},
    )
    closes = fields.Time(required=True, allow_none=True, format="%H:%M")
    quota_per_day = fields.Integer(required=True, allow_none=True)
    may_look_up = fields.Boolean(
        required=True,
        metadata={"description": "holders by name and code, `look_ups_per_day` a day"},
    )
    look_ups_per_day = fields.Integer(required=True, allow_none=True)
    suspended_at = Instant(required=True, allow_none=True)
    suspended_by = fields.String(
        required=True, allow_none=True, metadata={"description": "an account, or `rule`"}
    )
    suspension_reason = fields.String(required=True, allow_none=True)
    changeable = fields.Boolean(required=True)


class TrafficSchema(Schema):
    """What was done under a grant in the last days."""

    since = fields.Date(required=True)
    judged = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    beyond = fields.Integer(
        required=True, metadata={"description": "requests beyond what was granted for its item"}
    )
    lines = fields.Integer(required=True, metadata={"description": "lines of a platform's lists"})


class GrantPageSchema(Schema):
    """A page of grants."""

    items = fields.List(fields.Nested(GrantSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class GrantClientsSchema(StrictSchema):
    """The machine clients that work under a grant, by their `client_id`."""

    clients = fields.List(
        Text(max_length=64), required=True, validate=validate.Length(max=50, error="最多 50 个。")
    )


class LookUpsSchema(StrictSchema):
    """Whether holders may be looked up by name and code under a grant, and then how many a day."""

    may_look_up = Truth(required=True)
    per_day = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(
            min=1,
            max=numbers.LOOK_UPS_PER_DAY_MAX,
            error=f"应为 1 至 {numbers.LOOK_UPS_PER_DAY_MAX}。",
        ),
    )

    @validates_schema
    def goes_together(self, data: dict[str, Any], **_: Any) -> None:
        """A number where it is allowed, and none where it is not."""
        if data["may_look_up"] == (data["per_day"] is None):
            raise ValidationError("允许查询时写明每日次数，不允许时不写。", "per_day")


class SuspensionSchema(StrictSchema):
    """Why a grant is suspended."""

    reason = Text(required=True, max_length=200)


class AlertSchema(Schema):
    """What went beyond a grant."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    actor = fields.String(required=True)
    item = fields.String(required=True)
    cause = fields.String(required=True)
    times = fields.Integer(required=True)
    first_at = Instant(required=True)
    last_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)


class AlertPageSchema(Schema):
    """A page of alerts."""

    items = fields.List(fields.Nested(AlertSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


def _count(most: int) -> fields.Integer:
    within = validate.Range(min=1, max=most, error=f"应为 1 至 {most}。")
    return fields.Integer(required=True, strict=True, validate=within)


class NewRuleSchema(StrictSchema):
    """A rule to set."""

    refusals = _count(numbers.SUSPEND_AFTER_MAX)
    minutes = _count(numbers.SUSPEND_WITHIN_MINUTES_MAX)


class RuleSchema(Schema):
    """The rule that holds."""

    refusals = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    unit = fields.String(
        required=True, allow_none=True, metadata={"description": "who set it, null: the default"}
    )
