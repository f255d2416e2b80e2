"""Answers that a browser saves as a file."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response


def pdf_download(pdf: bytes, name: str) -> Response:
    """A PDF to be saved as `name`, which has no suffix and may be Chinese (RFC 6266)."""
    return download([pdf], "licence.pdf", f"{name}.pdf", "application/pdf")


def download(parts: Iterable[bytes], plain: str, name: str, kind: str) -> Response:
    """A file to be saved as `name`; `plain` is its name in ASCII, `kind` its content type."""
    response = Response(parts, content_type=kind)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    return response
