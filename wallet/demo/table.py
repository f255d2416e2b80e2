"""The table that the demo prints: who can sign in, where, and as which machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from wallet.base.clock import local_day, read_clock
from wallet.config import Config
from wallet.demo.data import load
from wallet.demo.files import read_json
from wallet.demo.personas import short_note
from wallet.demo.seed import CLIENTS_FILE
from wallet.pages.console import MENUS

_PAGES = {
    "holder": "/wallet",
    "desk": "/desk",
    **{role: menu.entries[0].address for role, menu in MENUS.items()},
}
"""Page of a role; the others see their account."""


def who_can_sign_in(config: Config) -> str:
    """Several lines: the address, every persona with role and page, the machine clients."""
    demo = load(local_day(read_clock()))
    people = [
        ("holder", login, row.name, row.note, row.note_en) for login, row in demo.holders.items()
    ] + [
        (row.roles[0], login, row.name, row.note, row.note_en) for login, row in demo.staff.items()
    ]
    lines = [
        "",
        f"亮证演示 Liangzheng demo   {config.public_url}",
        "人物、号码、单位均为虚构。All people, numbers and units are invented.",
        "",
        *_table(
            [("登录 persona", "姓名", "角色 role", "页面 page", "说明 who")]
            + [
                (login, name, role, _PAGES.get(role, "/account"), _short(note, note_en))
                for role, login, name, note, note_en in people
            ]
        ),
        "",
        "机器客户端 machine clients (POST /oauth/token):",
        *_table(_clients(config)),
        f"  ⟶ {config.data / CLIENTS_FILE}",
        "",
        "Ctrl-C 结束 ends it.",
    ]
    return "\n".join(lines)


def _short(note: str, note_en: str) -> str:
    return f"{short_note(note)} · {short_note(note_en, ';')}"


def _clients(config: Config) -> list[tuple[str, ...]]:
    return [
        (str(entry["client_id"]), str(entry["client_secret"]))
        for name, entry in read_json(config.data / CLIENTS_FILE).items()
        if name != "people"
    ]


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ]
        yield "  " + "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns that a text takes on a terminal: wide characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
