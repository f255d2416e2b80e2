"""The JSON forms of a served person's history."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from wallet.catalogue.basis.schemas import Day
from wallet.counter.history.gather import HistoryWanted
from wallet.counter.history.print_history import HistoryForm
from wallet.web.schemas import StrictSchema, Text, Truth

ADDRESS_LINES: Final = 5


class HistoryQuerySchema(StrictSchema):
    """Which period, in local days, inclusive."""

    since = Day(load_default=None, allow_none=True, data_key="from")
    until = Day(load_default=None, allow_none=True, data_key="to")
    again = Truth(load_default=False, metadata={"description": "with the notices printed before"})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> HistoryWanted:
        """As the journey takes it."""
        return HistoryWanted(**data)


class HistoryPrintSchema(StrictSchema):
    """What to print, and how; `address` are the lines for the window of an envelope, which are not kept."""

    since = Day(load_default=None, allow_none=True, data_key="from")
    until = Day(load_default=None, allow_none=True, data_key="to")
    again = Truth(load_default=False)
    large = Truth(load_default=False)
    address = fields.List(
        Text(max_length=60), load_default=list, validate=validate.Length(max=ADDRESS_LINES)
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[HistoryWanted, HistoryForm]:
        """As the journey takes them."""
        form = HistoryForm(data.pop("large"), tuple(data.pop("address")))
        return HistoryWanted(**data), form


class ServedHistorySchema(Schema):
    """How much a print would hold."""

    uses = fields.Integer(required=True)
    copies = fields.Integer(required=True)
    notices = fields.Integer(required=True)
    more = fields.Boolean(required=True, metadata={"description": "whether some are left out"})
