"""The JSON forms of basis documents."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from wallet import numbers
from wallet.base.clock import read_day
from wallet.catalogue.basis.keep import NewDocument
from wallet.web.schemas import StrictSchema, Text

STATES = ("future", "in_force", "lapsing", "lapsed")


class Day(fields.Field[date]):
    """A day as YYYY-MM-DD."""

    default_error_messages = {"invalid": "应为日期，如 2026-01-31。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        try:
            return read_day(value)
        except ValueError:
            raise self.make_error("invalid") from None


class NewDocumentSchema(StrictSchema):
    """A document to register; `effective_to` is the first day on which it is no longer in force."""

    # `new` is the address of the form.
    code = fields.String(
        required=True,
        validate=validate.Regexp(
            r"(?!new\Z)[a-z0-9][a-z0-9-]{0,63}\Z", error="应为小写字母、数字和 -，最多 64 个。"
        ),
    )
    number = Text(required=True, max_length=numbers.BASIS_NUMBER_MAX)
    title = Text(required=True, max_length=numbers.BASIS_TITLE_MAX)
    effective_from = Day(required=True)
    effective_to = Day(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewDocument:
        """The document as the journey takes it."""
        return NewDocument(**data)


class DocumentChangeSchema(StrictSchema):
    """What is to change of a document; what is not given stays."""

    number = Text(max_length=numbers.BASIS_NUMBER_MAX)
    title = Text(max_length=numbers.BASIS_TITLE_MAX)
    effective_from = Day()
    effective_to = Day(allow_none=True)
    replaced_by = Text(max_length=64, allow_none=True)


class CitationSchema(Schema):
    """A rule that cites a document."""

    kind = fields.String(required=True, metadata={"enum": ["type", "item"]})
    code = fields.String(required=True)
    name = fields.String(required=True)


class DocumentSchema(Schema):
    """A basis document."""

    code = fields.String(required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    effective_from = fields.Date(required=True)
    effective_to = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "the first day on which it is no longer in force"},
    )
    state = fields.String(required=True, metadata={"enum": list(STATES)})
    unit = fields.String(required=True, allow_none=True)
    replaced_by = fields.String(required=True, allow_none=True)
    cited_by = fields.List(fields.Nested(CitationSchema), required=True)


class DocumentPageSchema(Schema):
    """All of them, those that end first before the others."""

    items = fields.List(fields.Nested(DocumentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
