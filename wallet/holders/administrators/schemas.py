"""The JSON forms of administrators."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from wallet.holders.administrators.change import NewAdministrator
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text, Truth


class NewAdministratorSchema(StrictSchema):
    """Who is asked to act for which organisation, both by their codes."""

    organisation = Text(required=True, max_length=64)
    code_type = Text(load_default="111", max_length=3)
    code = Text(required=True, max_length=64)
    name = Text(required=True, max_length=200)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewAdministrator:
        """The offer as the journey takes it."""
        return NewAdministrator(**data)


class AdministratorAnswerSchema(StrictSchema):
    """Whether that person takes it on."""

    accept = Truth(required=True)


class OrganisationSchema(Schema):
    """Code and name of an organisation."""

    code = fields.String(required=True, attribute="organisation_code")
    name = fields.String(required=True, attribute="organisation")


class AdministratorSchema(Schema):
    """Somebody who acts for an organisation, or is asked to."""

    id = fields.String(required=True)
    organisation = fields.Function(lambda one: OrganisationSchema().dump(one), required=True)
    name = fields.String(required=True)
    code_masked = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["offered", "active"]})
    mine = fields.Boolean(required=True, metadata={"description": "it is this account"})
    starts_on = fields.Date(required=True, allow_none=True)
    offered_at = Instant(required=True, allow_none=True)
    answer_until = Instant(required=True, allow_none=True)


class AdministratorPageSchema(Schema):
    """All of them: an organisation has at most five."""

    items = fields.List(fields.Nested(AdministratorSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
