"""Draw a QR code on the server, for a page that has no script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import zxingcpp

QUIET: Final = 4
"""Modules of white on every side, as ISO 18004 asks."""


@dataclass(frozen=True)
class Drawing:
    """A code as a picture of squares: `across` of them each way, white margin and all.

    `path` is that of an SVG, in which a square is one unit: the black ones, joined along each row.
    """

    across: int
    path: str


def draw_qr(text: str, level: Literal["L", "M"] = "L") -> Drawing:
    """The smallest code at that level of correction for a text, its bytes as UTF-8: L on a screen, M on paper.

    Raises ValueError when it has no room.
    """
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    squares = drawn.to_image(scale=1, add_quiet_zones=False)
    size, grey = squares.shape[0], memoryview(squares).tobytes()  # type: ignore[arg-type]
    runs = (
        f"M{start + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y in range(size)
        for start, length in _black(grey[y * size : (y + 1) * size])
    )
    return Drawing(size + 2 * QUIET, "".join(runs))


def _black(row: bytes) -> Iterator[tuple[int, int]]:
    """(start, length) of the black stretches of a row, 0 is black and 255 white."""
    start = 0
    for stretch in row.split(b"\xff"):
        if stretch:
            yield start, len(stretch)
        start += len(stretch) + 1


def qr_svg(text: str, level: Literal["L", "M"]) -> str:
    """The drawing of `draw_qr` as an SVG, black on white with its margin."""
    drawing = draw_qr(text, level)
    across = drawing.across
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {across}">'
        f'<rect width="{across}" height="{across}" fill="#fff"/>'
        f'<path d="{drawing.path}" fill="#000"/></svg>'
    )
