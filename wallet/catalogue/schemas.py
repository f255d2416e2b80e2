"""The JSON forms of the catalogue."""

from __future__ import annotations

from marshmallow import Schema, fields

from wallet.catalogue.content import TemplateSchema
from wallet.catalogue.masking import MASKS
from wallet.web.json import Instant


class CodeSchema(Schema):
    """A value of a code list and its label; a retired one is not taken in any more."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    label_en = fields.String()
    retired = fields.Boolean()


class StatusCodeSchema(CodeSchema):
    """A status of the type's field and which of the four statuses it means."""

    means = fields.String(
        required=True, metadata={"enum": ["valid", "suspended", "expired", "revoked"]}
    )
    act = fields.String(
        metadata={
            "enum": ["withdraw", "annul", "revoke", "cancel"],
            "description": "what the issuing unit does in setting a code that means revoked: "
            "撤回, 撤销, 吊销, 注销",
        }
    )


class FaceFieldSchema(Schema):
    """A face field (照面信息) of a type."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    label_en = fields.String()
    type = fields.String(
        required=True, metadata={"enum": ["text", "date", "number", "code", "photo"]}
    )
    required = fields.Boolean(required=True)
    label_mn = fields.String()
    sensitive = fields.Boolean()
    mask = fields.String(metadata={"enum": list(MASKS)})
    retired = fields.Boolean(
        metadata={"description": "of older licences alone; refused on new ones"}
    )
    max_length = fields.Integer()
    codes = fields.List(fields.Nested(CodeSchema))


class BasisDocumentSchema(Schema):
    """The regulation that an entry rests on."""

    code = fields.String(required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    effective_from = fields.String(required=True)
    effective_to = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the first day on which it is no longer in force"},
    )
    state = fields.String(
        required=True, metadata={"enum": ["future", "in_force", "lapsing", "lapsed"]}
    )


class PublishedVersionSchema(Schema):
    """A version of an entry, and from when until when it counts."""

    version = fields.Integer(required=True)
    name = fields.String(required=True)
    published_at = Instant(required=True)
    replaced_at = Instant(required=True, allow_none=True)


class PublishedVersionPageSchema(Schema):
    """Versions of an entry."""

    items = fields.List(fields.Nested(PublishedVersionSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)


class LicenceTypeSchema(Schema):
    """An entry of the catalogue (发证目录)."""

    code = fields.String(required=True)
    number = fields.Integer(metadata={"description": "claim `t` of codes"})
    type_code = fields.String(metadata={"description": "GB/T 36904"})
    name = fields.String(required=True)
    name_en = fields.String()
    name_mn = fields.String(allow_none=True)
    issuing_unit = fields.String(required=True)
    holder_kinds = fields.List(fields.String(), required=True)
    collected_since = fields.String(required=True)
    public_attribute = fields.String(required=True)
    standard_level = fields.String(required=True)
    basis = fields.String(required=True)
    version = fields.Integer(required=True)
    basis_document = fields.Nested(BasisDocumentSchema, allow_none=True)
    template = fields.Nested(TemplateSchema)
    theme = fields.String()
    review = fields.Boolean(
        metadata={"description": "licences of this type are reviewed before they are sealed"}
    )
    status_codes = fields.List(fields.Nested(StatusCodeSchema), required=True)
    fields_ = fields.List(
        fields.Nested(FaceFieldSchema), required=True, data_key="fields", attribute="fields"
    )


class LicenceTypePageSchema(Schema):
    """A page of the catalogue."""

    items = fields.List(fields.Nested(LicenceTypeSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
