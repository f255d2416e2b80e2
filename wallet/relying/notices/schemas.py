"""The JSON forms of notices."""

from __future__ import annotations

from marshmallow import Schema, fields

from wallet.web.json import Instant


class NoticeSchema(Schema):
    """What a unit was told of a grant."""

    id = fields.String(required=True)
    at = Instant(required=True)
    kind = fields.String(
        required=True, metadata={"description": "`ending`, `ended`, `suspended` or `resumed`"}
    )
    unit = fields.String(required=True)
    grant = fields.String(required=True)
    item = fields.String(required=True)
    item_name = fields.String(required=True)
    type_name = fields.String(required=True)
    ends_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "of `ending` and `ended`"}
    )


class NoticePageSchema(Schema):
    """A page of notices."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
