"""The English catalogue has every sentence of the pages, and nothing in it is left open."""

from __future__ import annotations

from gettext import GNUTranslations
from pathlib import Path
from typing import Final

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from verify.assets import translations_dir

_ROOT: Final = Path(__file__).parents[2]
_CATALOGUE: Final = translations_dir() / "en" / "LC_MESSAGES"


def _sentences() -> set[str]:
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    return {
        message if isinstance(message, str) else message[0]
        for folder in ("verify", "wallet", "templates")
        for _, _, message, _, _ in extract_from_dir(_ROOT / folder, methods)
    }


def _translations() -> dict[str, str]:
    with (_CATALOGUE / "messages.po").open("rb") as file:
        return {
            str(message.id): "" if message.fuzzy else str(message.string)
            for message in read_po(file)
            if message.id
        }


def test_every_sentence_has_an_english_translation() -> None:
    translations, sentences = _translations(), _sentences()
    assert "亮码" in sentences
    assert sorted(text for text in sentences if not translations.get(text)) == []


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    with (_CATALOGUE / "messages.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert {
        text: english
        for text, english in _translations().items()
        if compiled.gettext(text) != english
    } == {}
