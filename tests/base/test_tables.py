"""Tables that an operator hands in: what can be read, and what is told by its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection

from wallet.base.deps import Deps
from wallet.base.tables import Imported, TableLine, import_table
from wallet.errors import ConfigurationError, Invalid

COLUMNS = ("code", "until")


def read(deps: Deps, file: Path) -> tuple[Imported, list[TableLine]]:
    """What a table comes to, and the lines as they were handed on."""
    lines: list[TableLine] = []

    def add(_tx: Connection, line: TableLine) -> bool:
        if line["code"] == "bad":
            raise Invalid("code：不行。")
        lines.append(line)
        return line["code"] != "known"

    return import_table(deps.db, file, COLUMNS, add), lines


def sheet(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "table.xlsx")
    return folder / "table.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_table_is_read_in_any_order_of_its_columns(
    deps: Deps, tmp_path: Path, encoding: str
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("until,code\n, 鄂 \n2030-01-02,known\n\n", encoding)
    done, lines = read(deps, table)
    assert (done.added, done.known, done.faults) == (1, 1, [])
    assert lines == [{"until": "", "code": "鄂"}, {"until": "2030-01-02", "code": "known"}]


def test_a_sheet_is_read_like_it_and_its_days_are_days(deps: Deps, tmp_path: Path) -> None:
    done, lines = read(deps, sheet(tmp_path, COLUMNS, ("一", date(2030, 1, 2)), ("二",)))
    assert done.added == 2
    assert lines == [{"code": "一", "until": "2030-01-02"}, {"code": "二", "until": ""}]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("=1+1", None), "code：单元格是公式"),
        ((15, None), "code：请把这一列设为文本格式"),
        (("一", "", "more"), "格数比表头多"),
        (("bad", None), "code：不行。"),
    ],
)
def test_what_a_line_must_not_have_is_told_by_its_number_and_nothing_is_kept(
    deps: Deps, tmp_path: Path, row: tuple[object, ...], said: str
) -> None:
    done, _lines = read(deps, sheet(tmp_path, COLUMNS, ("一", None), row))
    assert done.added == 0
    (fault,) = done.faults
    assert fault.startswith("line 3: ")
    assert said in fault


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("table.txt", "code,until\n", "must end in"),
        ("table.csv", "code\n", "must have the columns"),
        ("table.csv", 'code,until\n"a,b\n', "CSV"),
        ("table.xlsx", "no sheet", "Excel"),
    ],
)
def test_what_is_no_such_table_is_one_line(
    deps: Deps, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read(deps, tmp_path / name)
    assert said in str(refused.value)
