"""Documents drawn by Typst from the templates of `templates/pdf/`, as PDF/A-2b (ISO 19005-2).

What a document says is handed over as JSON and set as text, never put into Typst's source.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from threading import local
from typing import Any, Final, TypeVar

import typst

from verify.assets import static_dir, templates_dir
from wallet.errors import Conflict

_NAMED_MAX: Final = 20
"""To find one takes several drawings."""
_STANDARD: Final = "a-2b"
_IMAGE: Final = "data:image/"
_Source = TypeVar("_Source", Path, bytes)
_here = local()


def typeset(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """Draw a template, such as `licence.typ`, with this data; `at` is when the document was made.

    Raises Conflict (`glyph_missing`) with the characters that no font here has.
    """
    given = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        return _compile(templates_dir() / "pdf" / template, given, at.replace(microsecond=0))
    except typst.TypstError:
        check_drawable(data)
        raise


def check_drawable(data: Mapping[str, Any]) -> None:
    """Raises Conflict (`glyph_missing`) with the characters of a document's data that no font here has."""
    missing = undrawable("".join(_texts(data)))
    if missing:
        named = "、".join(f"{character}（U+{ord(character):04X}）" for character in missing)
        raise Conflict(
            f"现有字库没有这些字：{named}。请联系管理员安装字库；亮码和窗口核验不受影响。",
            "glyph_missing",
        )


def undrawable(text: str) -> list[str]:
    """The characters of a text that no font here has, each once, in their order; the first of them where there are many."""
    return list(islice(_undrawable(list(dict.fromkeys(text))), _NAMED_MAX))


def _undrawable(characters: list[str]) -> Iterator[str]:
    # Typst refuses a glyph that it lacks in PDF/A: it is asked about halves until they are single.
    try:
        _compile(_SAMPLE, {"data": json.dumps(characters)}, None)
    except typst.TypstError:
        if len(characters) == 1:
            yield characters[0]
            return
        middle = len(characters) // 2
        yield from _undrawable(characters[:middle])
        yield from _undrawable(characters[middle:])


_SAMPLE: Final = b"""
#set text(font: ("Noto Sans SC", "Noto Sans Mongolian"))
#for character in json(bytes(sys.inputs.data)) { par(character) }
"""
"""Each character by itself: what stands beside it may not choose its font."""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if not value.startswith(_IMAGE):
            yield value
    elif isinstance(value, Mapping):
        yield from _all_texts(value.values())
    elif isinstance(value, list):
        yield from _all_texts(value)


def _all_texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)


def _compile(source: _Source, inputs: dict[str, str], at: datetime | None) -> bytes:
    drawn = _compiler().compile(
        source, format="pdf", sys_inputs=inputs, pdf_standards=_STANDARD, timestamp=at
    )
    assert isinstance(drawn, bytes)
    return drawn


def _compiler() -> typst.Compiler:
    # One for each thread, kept: what it has read and laid out once it need not again.
    compiler = getattr(_here, "compiler", None)
    if compiler is None:
        compiler = _here.compiler = typst.Compiler(
            root=templates_dir() / "pdf", font_paths=_fonts()
        )
    return compiler


@cache
def _fonts() -> typst.Fonts:
    """Our own fonts first, then those of the system, which have the rarer characters."""
    return typst.Fonts(
        include_system_fonts=True,
        include_embedded_fonts=False,
        font_paths=[static_dir() / "vendor" / "fonts"],
    )
