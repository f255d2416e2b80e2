"""The JSON forms of desk numbers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from verify.desk import TERMINAL_MAX
from wallet import numbers
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text


class NumberForSchema(StrictSchema):
    """A client names its terminal."""

    terminal = Text(max_length=TERMINAL_MAX)


class DrawnNumberSchema(Schema):
    """A desk's number."""

    number = fields.String(required=True)
    unit = fields.String(required=True)
    terminal = fields.String(required=True)
    ends_at = Instant(required=True)
    server_time = Instant(required=True)


class TakenCodeSchema(Schema):
    """The next code that was sent to this desk."""

    text = fields.String(
        required=True, allow_none=True, metadata={"description": "null where nothing waits"}
    )


class NumberedDeskSchema(Schema):
    """The desk that shows a number."""

    unit = fields.String(required=True)
    terminal = fields.String(required=True)
    ends_at = Instant(required=True)


class NumberSchema(StrictSchema):
    """A number as the holder has typed it."""

    number = fields.String(
        required=True,
        validate=validate.Regexp(
            rf"[0-9]{{{numbers.DESK_NUMBER_DIGITS}}}\Z",
            error=f"应为 {numbers.DESK_NUMBER_DIGITS} 位数字。",
        ),
    )
