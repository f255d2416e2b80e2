"""The documents name every setting, command, make target, page and API route, and no other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from flask import Flask

from wallet.cli import main
from wallet.config import SETTINGS

_ROOT: Final = Path(__file__).parents[2]
_GUIDE: Final = (_ROOT / "docs" / "operator.md").read_text("utf-8")
_PAGES: Final = [*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md")]
_TARGET: Final = re.compile(r"^([a-z]+):", re.MULTILINE)
_LINK: Final = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def _first_cells(heading: str) -> set[str]:
    """The names in back quotes in the first cell of the rows under a heading."""
    section = _GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def _commands(group: click.Group, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_setting_is_documented() -> None:
    assert _first_cells("Settings") == set(SETTINGS)


def test_every_command_and_make_target_is_documented() -> None:
    targets = _TARGET.findall((_ROOT / "Makefile").read_text("utf-8"))
    commands = set(_commands(main, "liangzheng"))
    assert _first_cells("Commands") == commands | {f"make {name}" for name in targets}


def test_every_page_is_documented(app: Flask) -> None:
    pages = {rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/v1/")}
    assert _first_cells("Pages") | {"/healthz", "/readyz"} == pages


def test_every_api_route_is_in_the_openapi_document(app: Flask) -> None:
    described = app.test_client().get("/api/openapi.json").get_json()["paths"]
    documented = {
        (re.sub(r"{\w+}", "{}", path), method)
        for path, operations in described.items()
        for method in operations.keys() & {"get", "post", "put", "patch", "delete"}
    }
    routes = {
        (re.sub(r"<[^>]+>", "{}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/v1/", "/oauth/", "/.well-known/", "/status-lists/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert documented == routes


def test_the_floors_are_those_that_are_checked() -> None:
    text = (_ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = text.split("\n## Floors\n")[1].split("```\n")[1].splitlines()
    settings = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert listed == next(rule["layers"] for rule in contracts if rule["type"] == "layers")


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    targets = [target for target in _LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []
