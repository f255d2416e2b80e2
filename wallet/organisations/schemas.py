"""The JSON forms of tokens and keys; Authlib reads the request itself."""

from __future__ import annotations

from marshmallow import Schema, fields


class TokenRequestSchema(Schema):
    """Client credentials (RFC 6749 §4.4.2), or an assertion instead of the secret (RFC 7523)."""

    grant_type = fields.String(required=True, metadata={"enum": ["client_credentials"]})
    client_assertion_type = fields.String(
        metadata={"enum": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]}
    )
    client_assertion = fields.String(metadata={"description": "a JWT signed with the client's key"})


class TokenSchema(Schema):
    """An access token."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"enum": ["Bearer"]})
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class KeySetSchema(Schema):
    """A JWK Set."""

    keys = fields.List(fields.Dict(), required=True)
