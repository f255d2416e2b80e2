"""Pages are sent packed: on a slow network the page itself is the most there is to wait for.

Only HTML: answers of the API are short. A page may hold a secret (its CSRF token) beside what its
address says, so that its packed length could tell something of the secret (BREACH). The cookies are
`SameSite`, so nobody elsewhere can have many such pages sent; and each has a name of random length in
its gzip header, as Django's middleware writes one.
"""

from __future__ import annotations

import gzip
import secrets
from typing import Final

from flask import Flask, Response, request

_WORTH_PACKING: Final = 1400
"""Bytes that go in one packet anyway."""
_PADDING_MAX: Final = 100
_LEVEL: Final = 6


def pack_pages(app: Flask) -> None:
    """Pack the body of every page for a browser that unpacks."""

    @app.after_request
    def pack(response: Response) -> Response:
        if response.mimetype != "text/html" or response.is_streamed:
            return response
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if len(body) >= _WORTH_PACKING and request.accept_encodings.quality("gzip") > 0:
            response.set_data(_packed(body))
            response.content_encoding = "gzip"
        return response


def _packed(body: bytes) -> bytes:
    """Gzip (RFC 1952) with a file name of 1 to 100 letters, which nobody reads."""
    packed = gzip.compress(body, _LEVEL, mtime=0)
    name = b"a" * (1 + secrets.randbelow(_PADDING_MAX)) + b"\0"
    flags = packed[3] | 0x08
    return packed[:3] + bytes((flags,)) + packed[4:10] + name + packed[10:]
