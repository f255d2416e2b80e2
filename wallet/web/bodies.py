"""Bodies too long to be held in memory."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

_BLOCK: Final = 1 << 16


def streamed(*, of_lines: bool) -> Iterator[bytes]:
    """The request's body as it comes, chunked or not, whole or not at all.

    A body that was cut off is told by its length or its `Content-Digest` (RFC 9530, sha-256). The
    server ends a chunked one that was cut off without a word: where neither is given and it is
    `of_lines`, its last line must have its line break, so that no half of a line is taken for one.
    Raises RequestEntityTooLarge past the limit of the endpoint, BadRequest for what was cut off.
    """
    # Not `request.stream`: with a limit it ends a chunked body there without a word.
    stream = request.environ["wsgi.input"]
    limit, length, said = request.max_content_length or 0, request.content_length, _digest_said()
    size, last, digest = 0, b"", hashlib.sha256()
    while length is None or size < length:
        most = _BLOCK if length is None else min(_BLOCK, length - size)
        try:
            part: bytes = stream.read(most)
        except OSError:
            raise BadRequest from None
        if not part:
            break
        size += len(part)
        if size > limit:
            raise RequestEntityTooLarge
        digest.update(part)
        last = part[-1:]
        yield part
    if length is not None and size < length:
        raise BadRequest
    if said is not None and said != b64encode(digest.digest()).decode():
        raise BadRequest
    if size and length is None and said is None and of_lines and last != b"\n":
        raise BadRequest


def _digest_said() -> str | None:
    for member in request.headers.get("Content-Digest", "").split(","):
        name, _, value = member.strip().partition("=")
        if name == "sha-256":
            return value.strip(":")
    return None
