"""Forms with a file (RFC 7578), read as they come: the file is never held whole, nor written in the
clear to a temporary folder as the usual reader of forms does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from wallet.errors import Invalid
from wallet.web.bodies import streamed
from wallet.web.cookies import CSRF_FIELD
from wallet.web.guards import check_form_token

_BUFFER: Final = 1 << 20
_FIELDS_MAX: Final = 16
_FIELD_MAX: Final = 4096


@dataclass(frozen=True)
class FormWithFile:
    """The fields that came before the file, its name, and its bytes as they come."""

    fields: Mapping[str, str]
    filename: str
    parts: Iterator[bytes]


def form_with_file() -> FormWithFile:
    """The request's form up to its file; what comes after the file is read and left.

    The form's own CSRF token is checked before anything of the file is looked at; its view declares
    that with a guard that is `streamed`. Raises BadRequest for what is no such form or was cut off,
    NotPermitted (`csrf_failed`), Invalid (a zero byte).
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary.isascii() or not boundary:
        raise BadRequest
    events = _events(MultipartDecoder(boundary.encode(), _BUFFER, max_parts=_FIELDS_MAX))
    fields: dict[str, str] = {}
    for event in events:
        if isinstance(event, File):
            check_form_token(fields.get(CSRF_FIELD, ""))
            return FormWithFile(fields, event.filename, _file(events))
        if isinstance(event, Field):
            fields[event.name] = _text(events)
    check_form_token(fields.get(CSRF_FIELD, ""))
    raise BadRequest


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    try:
        for part in streamed(of_lines=False):
            decoder.receive_data(part)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                yield event
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            yield event
    except ValueError:
        raise BadRequest from None


def _text(events: Iterator[Event]) -> str:
    data = b""
    for event in events:
        if not isinstance(event, Data) or len(data) + len(event.data) > _FIELD_MAX:
            raise BadRequest
        data += event.data
        if not event.more_data:
            break
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise BadRequest from None
    if "\0" in text:
        raise Invalid("内容中有不能使用的字符，请删去后再试。")
    return text


def _file(events: Iterator[Event]) -> Iterator[bytes]:
    whole = False
    for event in events:
        if whole:
            continue  # to the end of the body, so that whoever sends it hears the answer
        if not isinstance(event, Data):
            raise BadRequest
        if event.data:
            yield event.data
        whole = not event.more_data
    if not whole:
        raise BadRequest
