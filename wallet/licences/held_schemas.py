"""The JSON forms of what an account holds, and of what a counter sees of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from wallet.licences.held import HeldLicence
from wallet.licences.schemas import TypeNameSchema
from wallet.licences.status.transitions import ALLOWED
from wallet.web.json import Instant


class HeldLicenceSchema(Schema):
    """A licence in the wallet."""

    identifier = fields.String(required=True)
    type = fields.Nested(TypeNameSchema, required=True)
    number = fields.String(required=True)
    status = fields.String(
        required=True,
        metadata={"enum": ["valid", "suspended", "expired", "revoked", "not_yet_valid"]},
    )
    status_label = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(required=True, allow_none=True)
    issuing_unit = fields.String(required=True)
    role = fields.String(required=True, metadata={"enum": ["own", "delegate"]})
    holder = fields.String(metadata={"description": "masked"})


def held_members(licence: HeldLicence) -> dict[str, Any]:
    """A licence as `HeldLicenceSchema` has it."""
    return {
        "identifier": licence.identifier,
        "type": {
            "code": licence.type_code,
            "name": licence.type_name,
            "name_en": licence.type_name_en,
            "name_mn": licence.type_name_mn,
        },
        "number": licence.number,
        "status": licence.status,
        "status_label": licence.status_label,
        "valid_from": licence.valid_from,
        "valid_until": licence.valid_until,
        "issuing_unit": licence.issuing_unit,
        "role": licence.role,
        "holder": licence.holder_masked,
    }


class HeldFieldSchema(Schema):
    """A face field of a licence in the wallet."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True)
    value = fields.String(required=True)


class StatusChangeSchema(Schema):
    """Why a licence is suspended or revoked, as its issuing unit says."""

    act = fields.String(required=True, metadata={"enum": sorted(ALLOWED)})
    reason = fields.String(required=True)
    basis = fields.String(required=True)
    at = Instant(required=True)


class HeldLicenceDetailSchema(HeldLicenceSchema):
    """A licence in the wallet with its face, and for its holder why it does not stand."""

    status_change = fields.Nested(StatusChangeSchema, allow_none=True)

    fields_ = fields.List(
        fields.Nested(HeldFieldSchema), required=True, data_key="fields", attribute="fields"
    )


class HeldLicencePageSchema(Schema):
    """The licences of an account."""

    items = fields.List(fields.Nested(HeldLicenceSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
