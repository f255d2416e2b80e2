"""The JSON forms of drafts of items."""

from __future__ import annotations

from marshmallow import Schema, fields

from wallet.catalogue.basis.schemas import Day
from wallet.catalogue.draft_schemas import DraftEntrySchema, StepSchema
from wallet.catalogue.use_list.content import ItemContentSchema
from wallet.web.json import Instant
from wallet.web.schemas import StrictSchema, Text


class ItemDraftContentSchema(StrictSchema):
    """The whole content of a draft. Its rules are the journey's, whose sentences have slugs of their own."""

    content = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "as `content` of the answer"},
    )


class NewItemDraftSchema(ItemDraftContentSchema):
    """A draft of an item, by the code that it has or gets."""

    code = Text(required=True, max_length=64)


class ItemDraftSchema(DraftEntrySchema):
    """A version of an item with its content and its steps."""

    counts_from = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "the day from which a scheduled version counts"},
    )
    content = fields.Nested(ItemContentSchema, required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class PublicationSchema(StrictSchema):
    """From which day on it counts; at once where none is named."""

    counts_from = Day(load_default=None, allow_none=True, data_key="from")


class WithdrawalSchema(StrictSchema):
    """Why an item is taken off the list."""

    reason = Text(load_default="", min_length=0)


class PublishedItemVersionSchema(Schema):
    """A version of an item, and from when until when it counts."""

    version = fields.Integer(required=True)
    name = fields.String(required=True)
    published_at = Instant(required=True)
    replaced_at = Instant(required=True, allow_none=True)
