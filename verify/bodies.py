"""What the desk's endpoints are sent: JSON objects with these members and no others.

Every sentence of a refusal is Chinese; its `messages` name the member.
"""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import UnprocessableEntity


def sent_object(*members: str) -> dict[str, Any]:
    """The request's body, an object with no other members than these; raises 422."""
    return object_of(request.get_json(), "", *members)


def object_of(value: Any, place: str, *members: str) -> dict[str, Any]:
    """A value as an object with no other members than these; `place` names it in a refusal."""
    if not isinstance(value, dict):
        raise unprocessable(place, "应为一个 JSON 对象。")
    for name in value:
        if name not in members:
            raise unprocessable(_path(place, name), "没有这一项。")
    return value


def text_in(body: dict[str, Any], name: str, place: str = "") -> str:
    """A member that is any text, even an empty one; raises 422."""
    value = body.get(name)
    if not isinstance(value, str):
        raise unprocessable(_path(place, name), "必填，应为文字。")
    return value


def line_in(body: dict[str, Any], name: str, longest: int, place: str = "") -> str:
    """A member that is one printable line of 1 to `longest` characters; raises 422."""
    value = text_in(body, name, place)
    if not value:
        raise unprocessable(_path(place, name), "必填，应为文字。")
    if len(value) > longest or not value.isprintable():
        raise unprocessable(_path(place, name), f"最多 {longest} 个字符，且不能含有控制字符。")
    return value


def lines_in(
    body: dict[str, Any], name: str, most: int, longest: int, place: str = ""
) -> list[str]:
    """A member that is a list of up to `most` lines, each as in `line_in`; raises 422."""
    values = body[name]
    if not isinstance(values, list) or len(values) > most:
        raise unprocessable(_path(place, name), f"应为最多 {most} 项的列表。")
    within = {str(position): value for position, value in enumerate(values)}
    return [line_in(within, position, longest, _path(place, name)) for position in within]


def unprocessable(name: str, sentence: str) -> UnprocessableEntity:
    """The 422 that names a member and says what is wrong with it."""
    error = UnprocessableEntity(sentence)
    error.data = {"messages": {name: [sentence]}}  # type: ignore[attr-defined]
    return error


def _path(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
