"""The JSON edge of features: a blueprint whose bodies are read as strictly as every other body."""

from __future__ import annotations

from typing import Any

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser


class _Parser(FlaskParser):
    """Reads JSON by the app's provider; the library's own takes NaN, lone surrogates, any depth."""

    def load_json(self, req: Request, schema: Any) -> Any:
        """The body; 415 for another content type, 400 for what is not JSON."""
        return req.get_json()


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """A flask-smorest blueprint with that parser."""

    ARGUMENTS_PARSER = _Parser()

    def arguments(self, schema: type[Schema], **more: Any) -> Any:
        """Read the arguments by one instance of the schema; the library makes one a request."""
        return super().arguments(schema(), **more)
