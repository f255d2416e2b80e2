"""Bodies too long to be held in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

_BLOCK: Final = 1 << 16


def streamed() -> Iterator[bytes]:
    """The request's body as it comes, chunked or not, whole or not at all.

    Raises RequestEntityTooLarge past the limit of the endpoint, BadRequest when the body is cut off.
    """
    # Not `request.stream`: with a limit it ends a chunked body there without a word.
    stream = request.environ["wsgi.input"]
    limit, size = request.max_content_length or 0, 0
    length = request.content_length
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
        yield part
    if length is not None and size < length:
        raise BadRequest
