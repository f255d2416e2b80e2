"""The JSON forms of staff accounts."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet import numbers
from wallet.organisations.people.change import NewStaff
from wallet.organisations.people.roles import ROLE_KINDS
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text, Truth


def _roles(**more: Any) -> fields.List[Any]:
    one = fields.String(
        validate=validate.OneOf(list(ROLE_KINDS), error=f"应为 {'、'.join(ROLE_KINDS)} 之一。")
    )
    return fields.List(
        one, validate=validate.Length(max=len(ROLE_KINDS), error="不能重复。"), **more
    )


class StaffQuerySchema(PageQuerySchema):
    """Whose accounts: of one unit, of logins that hold a text."""

    unit = fields.String(
        load_default="", validate=validate.Length(max=18, error="最多 18 个字符。")
    )
    q = fields.String(load_default="", validate=validate.Length(max=200, error="最多 200 个字符。"))


class NewStaffSchema(StrictSchema):
    """An account to add."""

    login = fields.String(
        required=True,
        validate=validate.Regexp(
            rf"[A-Za-z0-9][A-Za-z0-9._@-]{{0,{numbers.LOGIN_MAX - 1}}}\Z",
            error=f"应为字母、数字和 . _ @ -，最多 {numbers.LOGIN_MAX} 个。",
        ),
    )
    name = Text(required=True, max_length=numbers.STAFF_NAME_MAX)
    unit = Text(required=True, max_length=18)
    roles = _roles(required=True)
    terminal = Text(load_default="", min_length=0, max_length=numbers.STAFF_NAME_MAX)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewStaff:
        """The account as the journey takes it."""
        return NewStaff(**data)


class StaffChangeSchema(StrictSchema):
    """What is to change of an account; what is not given stays."""

    name = Text(max_length=numbers.STAFF_NAME_MAX)
    roles = _roles()
    terminal = Text(min_length=0, max_length=numbers.STAFF_NAME_MAX)
    disabled = Truth(metadata={"description": "ends its sessions at once"})


class StaffSchema(Schema):
    """A staff account."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    terminal = fields.String(required=True)
    disabled_at = Instant(required=True, allow_none=True)
    responsible = fields.Boolean(
        required=True, metadata={"description": "it is the unit's responsible person"}
    )


class StaffPageSchema(Schema):
    """A page of accounts."""

    items = fields.List(fields.Nested(StaffSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
