"""Answers that a browser saves as a file."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def pdf_download(pdf: bytes, name: str) -> Response:
    """A PDF to be saved as `name`, which has no suffix and may be Chinese (RFC 6266)."""
    response = Response(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"licence.pdf\"; filename*=UTF-8''{quote(name)}.pdf"
    )
    return response
