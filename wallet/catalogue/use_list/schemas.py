"""The JSON forms of the use list."""

from __future__ import annotations

from marshmallow import Schema, fields

from wallet.catalogue.schemas import BasisDocumentSchema
from wallet.catalogue.use_list.materials import SATISFIED_BY


class NecessarySchema(Schema):
    """A licence type, and the keys of the face fields that the item needs of it."""

    type = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")


class MaterialSchema(Schema):
    """A material of an item; one that is not `needed` is asked of some people only."""

    name = fields.String(required=True)
    name_en = fields.String(required=True)
    needed = fields.Boolean(required=True)
    satisfied_by = fields.String(required=True, metadata={"enum": list(SATISFIED_BY)})
    types = fields.List(fields.Nested(NecessarySchema), required=True)


class UseItemSchema(Schema):
    """An entry of the use list (用证事项清单)."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String()
    unit = fields.String(required=True)
    unit_en = fields.String()
    scene = fields.String(required=True, metadata={"enum": ["government", "social", "platform"]})
    licence_types = fields.List(fields.String(), required=True)
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        data_key="fields",
        attribute="fields",
        metadata={"description": "licence type → keys of the fields it may see"},
    )
    materials = fields.List(fields.Nested(MaterialSchema), required=True)
    consent = fields.String(required=True, metadata={"enum": ["none", "ask"]})
    purpose = fields.String(required=True)
    purpose_en = fields.String()
    retention = fields.String(required=True)
    retention_en = fields.String()
    traditional_channel = fields.String(required=True)
    traditional_channel_en = fields.String()
    basis = fields.String()
    basis_document = fields.Nested(BasisDocumentSchema, allow_none=True)
    version = fields.Integer(required=True)


class UseItemPageSchema(Schema):
    """A page of the use list."""

    items = fields.List(fields.Nested(UseItemSchema), required=True)
    next_cursor = fields.String(allow_none=True, required=True)
