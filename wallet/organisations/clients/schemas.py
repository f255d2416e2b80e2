"""The JSON forms of machine clients."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet import numbers
from wallet.organisations.clients.keep import NewClient
from wallet.organisations.people.roles import CLIENT_KINDS
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text


class NewClientSchema(StrictSchema):
    """A machine client to add."""

    unit = Text(required=True, max_length=18)
    name = Text(required=True, max_length=numbers.UNIT_NAME_MAX)
    roles = fields.List(
        fields.String(
            validate=validate.OneOf(
                list(CLIENT_KINDS), error=f"应为 {'、'.join(CLIENT_KINDS)} 之一。"
            )
        ),
        required=True,
        validate=validate.Length(1, len(CLIENT_KINDS), error="请至少选一个，不能重复。"),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewClient:
        """The client as the journey takes it."""
        return NewClient(**data)


class NewSecretSchema(StrictSchema):
    """For how many days the secret before goes on."""

    overlap_days = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(
            min=0,
            max=numbers.SECRET_OVERLAP_DAYS,
            error=f"应为 0 至 {numbers.SECRET_OVERLAP_DAYS}。",
        ),
    )


class KeysSchema(StrictSchema):
    """A client's own public keys (RFC 7517), all that are good."""

    keys = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        validate=validate.Length(
            max=numbers.CLIENT_KEYS, error=f"最多 {numbers.CLIENT_KEYS} 个公钥。"
        ),
    )


class SecretSchema(Schema):
    """A secret that is told this once."""

    client_id = fields.String(required=True)
    client_secret = fields.String(required=True)
    old_until = Instant(required=True, allow_none=True)


class ClientSchema(Schema):
    """A machine client."""

    client_id = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    keys = fields.List(
        fields.String(), required=True, metadata={"description": "`kid` of its own public keys"}
    )
    old_secret_until = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


class ClientPageSchema(Schema):
    """A page of machine clients."""

    items = fields.List(fields.Nested(ClientSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
