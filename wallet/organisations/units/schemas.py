"""The JSON forms of units and their responsible persons."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet import numbers
from wallet.organisations.units.change import NewUnit
from wallet.organisations.units.rules import KINDS, LEVELS
from wallet.web.json import Instant
from wallet.web.schemas import PageQuerySchema, StrictSchema, Text

_ALL_KINDS = sorted({kind for kinds in KINDS.values() for kind in kinds})


def _level(**more: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(LEVELS, error=f"应为 {'、'.join(LEVELS)} 之一。"), **more
    )


def _kinds(**more: Any) -> fields.List[Any]:
    one = fields.String(
        validate=validate.OneOf(_ALL_KINDS, error=f"应为 {'、'.join(_ALL_KINDS)} 之一。")
    )
    return fields.List(
        one, validate=validate.Length(max=len(_ALL_KINDS), error="不能重复。"), **more
    )


class UnitQuerySchema(PageQuerySchema):
    """Which units are looked for."""

    q = fields.String(load_default="", validate=validate.Length(max=200, error="最多 200 个字符。"))
    missing = fields.Boolean(
        load_default=False, metadata={"description": "those without a responsible person"}
    )
    closed = fields.Boolean(load_default=False, metadata={"description": "closed ones too"})


class NewUnitSchema(StrictSchema):
    """A unit to add below one of the own subtree."""

    code = Text(required=True, max_length=18)
    name = Text(required=True, max_length=numbers.UNIT_NAME_MAX)
    name_en = Text(load_default="", min_length=0, max_length=numbers.UNIT_NAME_MAX)
    level = _level(required=True)
    kinds = _kinds(required=True)
    area_code = Text(required=True, max_length=6)
    parent = Text(required=True, max_length=18)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewUnit:
        """The unit as the journey takes it."""
        return NewUnit(**data)


class UnitChangeSchema(StrictSchema):
    """What is to change of a unit; what is not given stays."""

    name = Text(max_length=numbers.UNIT_NAME_MAX)
    name_en = Text(max_length=numbers.UNIT_NAME_MAX)
    level = _level()
    kinds = _kinds()
    area_code = Text(max_length=6)
    parent = Text(max_length=18)


class UnitSchema(Schema):
    """A unit."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    level = fields.String(required=True, metadata={"enum": list(LEVELS)})
    kinds = fields.List(fields.String(), required=True)
    area_code = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    responsible = fields.String(
        required=True, allow_none=True, metadata={"description": "login of the responsible person"}
    )
    people = fields.Integer(required=True, metadata={"description": "accounts that may sign in"})


class UnitPageSchema(Schema):
    """A page of units, each before those below it."""

    items = fields.List(fields.Nested(UnitSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)
    missing = fields.Integer(
        required=True, metadata={"description": "open units without a responsible person"}
    )


class ResponsibleSchema(StrictSchema):
    """Who is to be the responsible person: a staff member of the unit, and their phone number."""

    login = Text(required=True, max_length=numbers.LOGIN_MAX)
    phone = fields.String(
        required=True,
        validate=validate.Regexp(r"\+?[0-9][0-9 -]{4,18}\Z", error="应为电话号码。"),
    )


class TenureSchema(Schema):
    """Who was, or is, a unit's responsible person."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, metadata={"description": "empty for those who were"})
    since = Instant(required=True)
    until = Instant(required=True, allow_none=True)
    recorded_by = fields.String(required=True)
    ended_by = fields.String(required=True, allow_none=True)


class TenurePageSchema(Schema):
    """All of them, the present one first."""

    items = fields.List(fields.Nested(TenureSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
