"""The digest of a licence's content, by which library and business system tell whether they agree.

SHA-256, in hexadecimal, over the canonical JSON (RFC 8785) of these members, all of them text but
`version` and what is null:

    {"area_code": …, "fields": {key: text}, "holders": [{"code", "code_type", "kind", "name"}],
     "issued_on": …, "number": …, "type": …, "valid_from": …, "valid_until": … or null, "version": …}

Values are as the library keeps them: days as YYYY-MM-DD, numbers as their digits, a photo as the
SHA-256 of its file in hexadecimal, holders in their order, no member for a field that is empty.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from wallet.base.encryption import Vault
from wallet.licences.check import CheckedLicence, NewHolder
from wallet.licences.model import CONTENT


def digest_of(licence: CheckedLicence) -> str:
    """The digest of a licence that keeps the rules, 64 hexadecimal characters."""
    new = licence.new
    return content_digest(
        {
            "type": new.type,
            "number": new.number,
            "version": licence.version,
            "issued_on": new.issued_on.isoformat(),
            "valid_from": new.valid_from.isoformat(),
            "valid_until": new.valid_until.isoformat() if new.valid_until else None,
            "area_code": new.area_code,
        },
        licence.holders,
        licence.faces,
    )


def content_digest(
    members: Mapping[str, Any], holders: Sequence[NewHolder], faces: Mapping[str, str]
) -> str:
    """The digest of what a licence says; `members` are all but `holders` and `fields`."""
    content = {
        **members,
        "holders": [
            {"kind": one.kind, "code_type": one.code_type, "code": one.code, "name": one.name}
            for one in holders
        ],
        "fields": {key: _in_digest(value) for key, value in faces.items()},
    }
    # RFC 8785 for what is in it: keys of ASCII, texts, one small integer, null.
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def content_index(vault: Vault, digest: str) -> bytes:
    """What is kept of a digest: whoever lacks the key cannot try out what a licence may say."""
    return vault.index(digest, CONTENT)


def _in_digest(value: str) -> str:
    if value.startswith("data:image/"):
        photo = base64.b64decode(value.partition(",")[2])
        return hashlib.sha256(photo).hexdigest()
    return value
