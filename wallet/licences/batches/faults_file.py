"""What is wrong with the lines of a batch as a CSV file, for a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

from wallet.base.deps import Deps
from wallet.base.spreadsheets import plain_cell
from wallet.licences.batches.accept import all_faults

_HEADER: Final = ("行", "列", "项", "代码", "原因")


def faults_file(deps: Deps, batch_id: int) -> Iterator[bytes]:
    """The file in parts, with the mark without which Excel takes UTF-8 for another encoding."""
    yield codecs.BOM_UTF8 + _row(_HEADER)
    for fault in all_faults(deps, batch_id):
        yield _row((fault.line, fault.column, fault.field, fault.slug, fault.detail))


def _row(cells: tuple[str | int | None, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(map(plain_cell, cells))
    return text.getvalue().encode()
