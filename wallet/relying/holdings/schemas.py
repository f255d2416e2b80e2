"""The JSON forms of no repeat submission."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from verify.desk import ITEM_MAX, TERMINAL_MAX
from wallet import numbers
from wallet.licences.schemas import NAME_MAX, Trimmed
from wallet.relying.holdings.by_holder import ByHolder
from wallet.relying.holdings.look_up import ByAssistance, ByCode
from wallet.relying.holdings.supply import SENTENCES
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text


class NamedHolderSchema(StrictSchema):
    """A holder by code and name."""

    code_type = Text(required=True, max_length=3)
    code = Text(required=True, max_length=64)
    name = Trimmed(required=True, max_length=NAME_MAX)


class BySchema(StrictSchema):
    """Whose holdings: one of the ways. A holder who is not there is named with case and cause."""

    code = fields.String(metadata={"description": "the text of a live code"})
    assistance = Text(max_length=64, metadata={"description": "an assisted session"})
    holder = fields.Nested(NamedHolderSchema)
    case = Trimmed(max_length=numbers.LOOK_UP_CASE_MAX)
    cause = Trimmed(max_length=numbers.LOOK_UP_CAUSE_MAX)

    @validates_schema
    def is_one_way(self, data: dict[str, Any], **_: Any) -> None:
        """One of them, and not two; with `holder` case and cause, and not without."""
        if len(data.keys() & {"code", "assistance", "holder"}) != 1:
            raise ValidationError("应写明 code、assistance、holder 之一。")
        for member in ("case", "cause"):
            if ("holder" in data) != bool(data.get(member)):
                said = "查询不在场的持证人须写明。" if "holder" in data else "没有这一项。"
                raise ValidationError(said, member)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ByCode | ByHolder | ByAssistance:
        """The way as the journey takes it."""
        if "holder" in data:
            return ByHolder(**data["holder"], case=data["case"], cause=data["cause"])
        return ByCode(data["code"]) if "code" in data else ByAssistance(data["assistance"])


class HoldingsQuerySchema(StrictSchema):
    """For which item, and whose; a client may name its terminal."""

    item = Text(required=True, max_length=ITEM_MAX)
    by = fields.Nested(BySchema, required=True)
    terminal = Text(load_default=None, max_length=TERMINAL_MAX)


class SuppliedTypeSchema(Schema):
    """A licence type."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)


class StillAskedSchema(Schema):
    """Why a material must be asked all the same."""

    reason = fields.String(required=True, metadata={"enum": [*SENTENCES]})
    message = fields.String(required=True)
    basis = fields.String(
        required=True, metadata={"description": "on which the item asks for its materials"}
    )


class SupplySchema(Schema):
    """A material of the item."""

    material = fields.String(required=True)
    material_en = fields.String(required=True)
    needed = fields.Boolean(required=True)
    held = fields.Boolean(required=True, metadata={"description": "it may not be asked for"})
    shown = fields.Boolean(required=True, metadata={"description": "it was in the code"})
    licence_type = fields.String(required=True, allow_none=True)
    supplied = fields.List(fields.Nested(SuppliedTypeSchema), required=True)
    missing = fields.List(fields.Nested(SuppliedTypeSchema), required=True)
    exception = fields.Nested(StillAskedSchema, allow_none=True)


class HoldingsSchema(Schema):
    """What the library can supply."""

    id = fields.String(required=True)
    item = fields.String(required=True)
    materials = fields.List(fields.Nested(SupplySchema), required=True)


class PaperWantedSchema(Schema):
    """Where a desk wanted paper that the library holds."""

    id = fields.String(required=True)
    at = Instant(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    item = fields.String(required=True)
    item_name = fields.String(required=True)
    who = fields.String(required=True, metadata={"description": "a login, or a client"})
    terminal = fields.String(required=True)
    material = fields.String(required=True)
    reason = fields.String(required=True)
    basis = fields.String(required=True)


class PaperWantedPageSchema(Schema):
    """A page of these, newest first."""

    items = fields.List(fields.Nested(PaperWantedSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WantPaperSchema(StrictSchema):
    """Which material the desk wants on paper nonetheless, why, and on what basis."""

    material = Text(required=True, max_length=60)
    reason = Text(required=True, max_length=numbers.PAPER_REASON_MAX)
    basis = Text(required=True, max_length=numbers.PAPER_REASON_MAX)
