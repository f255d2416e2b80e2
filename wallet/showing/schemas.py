"""The JSON forms of showings and uses."""

from __future__ import annotations

from collections.abc import Sequence

from marshmallow import Schema, fields, validate

from wallet.licences.delegations.model import KINDS
from wallet.licences.schemas import IDENTIFIER_MAX, Day
from wallet.showing.assisted import ASSISTED_KINDS
from wallet.showing.filters import BY, OUTCOMES, ROLES
from wallet.showing.show import LICENCES_MAX
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text


class NewShowingSchema(StrictSchema):
    """The licences to show; `item` helps to choose and does not bind the code."""

    licences = fields.List(
        Text(max_length=IDENTIFIER_MAX),
        required=True,
        validate=validate.Length(1, LICENCES_MAX, error=f"应选 1 至 {LICENCES_MAX} 份证照。"),
        error_messages={"required": "请选择要出示的证照。", "invalid": "应为证照标识的列表。"},
    )
    item = Text(load_default=None, allow_none=True, max_length=64)


class LiveCodeSchema(Schema):
    """A live code: `text` goes into the QR."""

    id = fields.String(required=True)
    text = fields.String(required=True)
    expires_at = Instant(required=True)
    refresh_at = Instant(required=True)
    ends_at = Instant(required=True)
    server_time = Instant(required=True)


class AskedLicenceSchema(Schema):
    """A licence, and what a desk asks to see of it."""

    name = fields.String(required=True)
    name_en = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    fields_en = fields.List(fields.String(), required=True)


class AskSchema(Schema):
    """What a desk asks the holder for."""

    unit = fields.String(required=True)
    terminal = fields.String(required=True)
    item = fields.String(required=True)
    item_en = fields.String(required=True)
    fields_ = fields.List(
        fields.String(),
        required=True,
        data_key="fields",
        attribute="fields",
        metadata={"description": "labels of the fields that would be seen"},
    )
    fields_en = fields.List(fields.String(), required=True)
    licences = fields.List(
        fields.Nested(AskedLicenceSchema),
        required=True,
        metadata={"description": "the same fields, licence by licence"},
    )
    retention = fields.String(required=True, metadata={"description": "how long they are kept"})
    retention_en = fields.String(required=True)
    ends_at = Instant(required=True)


class ShowingStateSchema(Schema):
    """What has become of a showing."""

    state = fields.String(
        required=True,
        metadata={"enum": ["waiting", "asked", "used", "withdrawn", "refused", "expired"]},
    )
    used_by = fields.String(allow_none=True)
    used_at = Instant(allow_none=True)
    terminal = fields.String(allow_none=True)
    item = fields.String(allow_none=True)
    item_en = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    fields_en = fields.List(fields.String())
    reason = fields.String(
        allow_none=True,
        metadata={
            "description": "of a question that gave nothing: why, as in a verdict; `frozen` where the account is"
        },
    )
    ask = fields.Nested(AskSchema, allow_none=True)


class FreezeSchema(Schema):
    """Since when the account is frozen."""

    frozen_at = Instant(required=True, allow_none=True)


class ShownUnderSchema(Schema):
    """The delegation that a licence was shown under; its delegate masked for others than its sides."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    grantor = fields.String(required=True)
    delegate = fields.String(required=True)


class PaperAskedSchema(Schema):
    """A material that a desk wanted on paper although it was told that the library holds it."""

    material = fields.String(required=True)
    reason = fields.String(required=True)
    basis = fields.String(required=True)
    at = Instant(required=True)


class UseSchema(Schema):
    """One use of an own licence, or of another's that this account showed; or a look-up."""

    id = fields.String(required=True)
    at = Instant(required=True)
    unit = fields.String(required=True)
    terminal = fields.String()
    item = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null for an assisted session"},
    )
    item_name = fields.String(required=True, allow_none=True)
    item_name_en = fields.String(required=True, allow_none=True)
    identifier = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null for a delegate once the delegation is over"},
    )
    licence_type = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null for a look-up that found none"},
    )
    licence_type_en = fields.String(required=True, allow_none=True)
    kind = fields.String(
        required=True, metadata={"enum": ["use", "holdings", "merchant_check", *ASSISTED_KINDS]}
    )
    cause = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "of a look-up without a code: why, as the unit said; of an assisted session its matter"
        },
    )
    evidence = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of an assisted session: how staff knew who it was"},
    )
    act = fields.String(
        required=True, allow_none=True, metadata={"description": "what was done in it"}
    )
    case = fields.String(required=True, allow_none=True)
    paper_asked = fields.List(fields.Nested(PaperAskedSchema), required=True)
    fields_ = fields.List(
        fields.String(),
        required=True,
        data_key="fields",
        attribute="fields",
        metadata={"description": "labels of the fields that were seen"},
    )
    fields_en = fields.List(fields.String(), required=True)
    asked = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "labels of the fields that the holder was asked for, if any"},
    )
    asked_en = fields.List(fields.String(), required=True)
    outcome = fields.String(required=True, metadata={"enum": [*OUTCOMES, "undetermined"]})
    reason = fields.String(required=True)
    shown_by = fields.String(allow_none=True)
    served = fields.String(allow_none=True)
    offline = fields.Boolean(required=True)
    role = fields.String(required=True, metadata={"enum": ["own", "delegate"]})
    under = fields.Nested(ShownUnderSchema, required=True, allow_none=True)
    holder = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "whose licence, where the account acts for them"},
    )
    counter = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the unit whose staff showed it for the person whom they served"},
    )
    acted = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "who else of those who act for that holder showed it"},
    )


def _one_of(choices: Sequence[str]) -> validate.OneOf:
    return validate.OneOf(choices, error=f"应为 {'、'.join(choices)} 之一。")


class UsesQuerySchema(PageQuerySchema):
    """Which uses; what is left out does not matter."""

    since = Day(
        load_default=None,
        data_key="from",
        metadata={"description": "from this day on, in Shanghai"},
    )
    until = Day(load_default=None, data_key="to", metadata={"description": "that day included"})
    licence_type = Text(load_default=None, data_key="type", max_length=64)
    outcome = fields.String(load_default=None, validate=_one_of(OUTCOMES))
    role = fields.String(
        load_default=None,
        validate=_one_of(ROLES),
        metadata={"description": "delegate: of another's licence, which this account showed"},
    )
    by = fields.String(
        load_default=None,
        validate=_one_of(BY),
        metadata={"description": "shown by this account, or by others"},
    )
    under = Text(
        load_default=None,
        data_key="delegation",
        max_length=64,
        metadata={"description": "only what was shown under that one"},
    )


class UsePageSchema(Schema):
    """A page of uses, newest first."""

    items = fields.List(fields.Nested(UseSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
