"""docs/integrator.md lists the slug of every error that the source can raise."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Final

import wallet.errors
from wallet.web.problems import HTTP_SLUGS, STATUS

_ROOT: Final = Path(__file__).parents[2]
_ROW: Final = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)
_ERRORS: Final = {
    name
    for name, value in inspect.getmembers(wallet.errors, inspect.isclass)
    if issubclass(value, wallet.errors.DomainError)
}


def _slug_of(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in _ERRORS:
        return None
    given = [keyword.value for keyword in call.keywords if keyword.arg == "slug"] or call.args[1:2]
    if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
        return given[0].value
    return None


def _raised() -> set[str]:
    slugs = {
        slug
        for folder in ("wallet", "verify")
        for path in (_ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and (slug := _slug_of(node))
    }
    return (
        slugs | {slug for _, slug, _ in STATUS.values()} | {row[0] for row in HTTP_SLUGS.values()}
    )


def test_every_slug_is_listed() -> None:
    listed = set(_ROW.findall((_ROOT / "docs" / "integrator.md").read_text("utf-8")))
    assert _raised() <= listed
