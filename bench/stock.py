"""Files of stock as an issuing unit has them: food operation permits, every tenth with a fault."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import openpyxl
from stdnum.cn import ric

from tests.support.batches import COLUMNS, row_of

BAD: Final = 10
"""One row in so many has a fault: a wrong check digit in the holder's ID number."""


def write_stock(path: Path, count: int) -> Path:
    """A file of so many rows; `path` ends in .csv or .xlsx."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_rows(count))
        return path
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _rows(count):
        sheet.append(row)
    book.save(path)
    return path


def _rows(count: int) -> Iterator[list[Any]]:
    yield list(COLUMNS)
    for number in range(count):
        month, day = number // 50 % 12 + 1, number // 600 % 28 + 1
        code = f"150602{1950 + number % 50}{month:02d}{day:02d}{number // 16800 % 1000:03d}"
        code += ric.calc_check_digit(f"{code}0")
        if number % BAD == BAD - 1:
            code = code[:-1] + ("1" if code[-1] != "1" else "2")
        said = f"JY1506{number:09d}"
        yield row_of(
            {
                "number": said,
                "holders": [{"code_type": "居民身份证", "code": code, "name": f"演示{number}"}],
                "issued_on": "2026-01-05",
                "valid_from": "2026/1/5",
                "valid_until": "2031年1月4日",
                "area_code": "150602",
                "fields": {
                    "number": said,
                    "operator_name": f"第 {number} 面馆（演示）",
                    "credit_code": "92150602MADEM0701B",
                    "responsible_person": f"演示{number}",
                    "domicile": f"鄂尔多斯市东胜区天骄路 {number} 号",
                    "premises": f"鄂尔多斯市东胜区天骄路 {number} 号",
                    "business_form": "餐饮服务经营者",
                    "business_items": "热食类食品制售",
                },
            }
        )
