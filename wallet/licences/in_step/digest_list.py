"""A digest list as a business system sends it: JSON lines, read as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson
from marshmallow import ValidationError

from wallet.errors import Invalid
from wallet.licences.in_step.reconcile import ListedLicence
from wallet.licences.in_step.schemas import ListedLicenceSchema
from wallet.web.problems import flatten_messages

_LINE_MAX: Final = 2048
"""Bytes of a line."""
_SCHEMA: Final = ListedLicenceSchema()


def listed_licences(parts: Iterable[bytes]) -> Iterator[ListedLicence]:
    """The lines of a body; raises Invalid (`digest_line`) at the first that is none.

    Empty lines are left out.
    """
    for place, line in enumerate(_lines(parts), 1):
        if line.strip():
            yield _licence(place, line)


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    rest, place = b"", 0
    for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            place += 1
            yield line
        if len(rest) > _LINE_MAX:
            raise Invalid(f"第 {place + 1} 行：过长。", "digest_line")
    if rest:
        yield rest


def _licence(place: int, line: bytes) -> ListedLicence:
    try:
        body: Any = orjson.loads(line) if len(line) <= _LINE_MAX else None
        listed: ListedLicence = _SCHEMA.load(body)
    except ValidationError as error:
        path, sentences = next(iter(flatten_messages(error.messages).items()))
        said = f"{path}：{sentences[0]}" if path not in ("", "_schema") else sentences[0]
        raise Invalid(f"第 {place} 行：{said}", "digest_line") from None
    except ValueError:
        raise Invalid(f"第 {place} 行：应为一行 JSON。", "digest_line") from None
    return listed
