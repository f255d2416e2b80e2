"""The table that the demo prints: who can sign in, where, and as which machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

import zxingcpp

from wallet.base.clock import local_day, read_clock
from wallet.config import Config
from wallet.demo import tls
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
        *(_for_a_phone(config) if config.tls_certificate else ()),
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


def _for_a_phone(config: Config) -> Iterator[str]:
    """Where a phone on the same network finds the demo, as a code that its camera reads, and how it trusts it."""
    yield from _qr(config.public_url)
    yield "手机和本机连同一网络，用相机扫上面的码，或输入这个网址。"
    yield "A phone on the same network scans this with its camera, or types the address."
    yield "第一次：浏览器提示不安全时仍然继续，再打开下面的网址安装证书，按手机提示设为信任，以后不再提示："
    yield "The first time: go on past the warning, open the address below, install the certificate and trust it:"
    yield f"  {config.public_url}/demo/ca.crt"
    yield f"  ⟶ {config.data / tls.FOLDER / tls.CA_FILE}"
    yield ""


def _qr(text: str) -> Iterator[str]:
    """A code in half blocks, light on dark whatever the terminal's colours, two rows of squares in a line."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    squares = drawn.to_image(scale=1, add_quiet_zones=True)
    height, width = squares.shape
    grey = memoryview(squares).tobytes()  # type: ignore[arg-type]
    for y in range(0, height, 2):
        pairs = (
            (grey[y * width + x] == 0, y + 1 < height and grey[(y + 1) * width + x] == 0)
            for x in range(width)
        )
        yield (
            "\x1b[30;107m"
            + "".join(" ▄▀█"[2 * above + below] for above, below in pairs)
            + "\x1b[0m"
        )


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
