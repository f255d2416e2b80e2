"""`liangzheng items import`: a use list from a table, all of it or nothing, and nothing is published by it."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.support.items import DRAFTS, item_content
from tests.support.people import sign_in
from tests.support.showing import RENEWAL
from tests.support.units import BANK, HALL, HALL_BESIDE, told
from tests.test_cli_seals import run
from wallet.base.clock import read_clock
from wallet.base.deps import Deps
from wallet.catalogue.model import LicenceType, UseItemVersion
from wallet.catalogue.use_list.table import COLUMNS, import_items
from wallet.config import Config

ONE: Final[dict[str, str]] = {
    "事项代码": "senior-canteen", "单位代码": HALL, "事项名称": "老年餐厅就餐登记",
    "事项英文名": "Senior canteen", "场景": "政务", "征得同意": "否", "用途": "核对年龄",
    "用途英文": "Check the age", "留存": "不留存", "留存英文": "Not kept",
    "传统渠道": "可持老年人优待证到餐厅登记", "传统渠道英文": "Bring the senior card",
    "依据": "鄂府办发〔2022〕161号 第十二条", "依据文件": "ordos-2022-161", "材料": "老年人优待证",
    "材料英文名": "Senior card", "必需": "是", "满足方式": "任一", "证照类型": "senior-card",
    "可看信息": "姓名、birth_date",
}  # fmt: skip
MORE: Final = {
    **dict.fromkeys(COLUMNS, ""), "材料": "老年人优待证", "证照类型": "残疾人证", "可看信息": "姓名",
}  # fmt: skip
"""Another licence that satisfies the same material, on the next line."""


def table(folder: Path, rows: Sequence[dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    """These rows as a CSV file."""
    file = folder / "items.csv"
    with file.open("w", encoding=encoding, newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return file


def load(config: Config, file: Path, *words: str) -> Result:
    return run(config, "items", "import", file, *words)


def versions(deps: Deps) -> int:
    with deps.db.read() as tx:
        return tx.execute(select(func.count()).select_from(UseItemVersion)).scalar_one()


def waiting(app: Flask) -> list[dict[str, Any]]:
    """What the manager of the city has in the queue."""
    sun = sign_in(app, "manager-sun")
    listed = sun.get(f"{DRAFTS}?state=submitted").get_json()["items"]
    return [sun.get(f"{DRAFTS}/{one['id']}").get_json() for one in listed]


def test_items_of_a_table_wait_for_a_manager_and_a_second_run_changes_nothing(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    other = ONE | {"事项代码": "senior-gym", "事项名称": "老年健身", "单位代码": HALL_BESIDE}
    file = table(tmp_path, [ONE, MORE, other])
    done = load(config, file)
    assert (done.exit_code, done.output) == (
        0,
        "items: 2 submitted for review, 0 known already\n",
    ), done.output
    canteen, gym = waiting(app)
    assert (canteen["code"], gym["code"]) == ("senior-canteen", "senior-gym")
    ((material),) = canteen["content"]["materials"]
    assert (material["needed"], material["satisfied_by"]) == (True, "any_of")
    assert material["types"] == [
        {"type": "senior-card", "fields": ["name", "birth_date"]},
        {"type": "disability-certificate", "fields": ["name"]},
    ]
    assert app.test_client().get("/api/v1/items/senior-canteen").status_code == 404
    assert {event["account"] for event in told(app, "use_item.submitted")} == {"command"}
    assert "0 submitted for review, 2 known already" in load(config, file).output
    sun = sign_in(app, "manager-sun")
    for act, body in (("review", {"decision": "pass"}), ("publication", {})):
        assert sun.post(f"{DRAFTS}/{canteen['id']}/{act}", body).status_code == 200
    assert app.test_client().get("/api/v1/items/senior-canteen").status_code == 200
    assert "0 submitted for review, 2 known already" in load(config, file).output


def test_a_dry_run_tells_the_same_and_keeps_nothing(
    deps: Deps, config: Config, tmp_path: Path
) -> None:
    file, before = table(tmp_path, [ONE, MORE]), versions(deps)
    done = load(config, file, "--dry-run")
    assert (done.exit_code, done.output) == (0, "items: 1 would be submitted, 0 known already\n")
    assert versions(deps) == before


def test_an_excel_file_and_an_old_encoding_are_read_alike(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(COLUMNS))
    book.active.append([ONE[column] for column in COLUMNS])
    book.save(tmp_path / "items.xlsx")
    assert "1 submitted" in load(config, tmp_path / "items.xlsx").output
    assert (
        "0 submitted for review, 1 known" in load(config, table(tmp_path, [ONE], "gb18030")).output
    )


def test_a_new_version_of_a_published_item_comes_by_a_table_too(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    rows = table(
        tmp_path,
        [ONE | {"事项代码": RENEWAL, "证照类型": "food-operation-permit", "可看信息": "number"}],
    )
    assert "1 submitted" in load(config, rows).output
    ((draft),) = waiting(app)
    assert (draft["code"], draft["version"]) == (RENEWAL, 2)
    assert item_content(app)["materials"][0]["name"] == "食品经营许可证"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"传统渠道": ""}, "第 2 行：traditional_channel：须写明不用手机怎么办理"),
        ({"传统渠道英文": "no"}, "第 2 行：traditional_channel_en：须写明不用手机怎么办理"),
        ({"事项代码": "老年餐厅"}, "第 2 行：code：应为小写字母"),
        ({"事项代码": ""}, "第 2 行：code：应为小写字母"),
        ({"单位代码": "11150600MADEM9999X"}, "没有登记这个单位代码"),
        ({"单位代码": BANK}, "第 2 行：scene：只有用证单位"),
        ({"场景": "社会"}, "“场景”应为 政务、社会化、平台核验 之一"),
        ({"征得同意": "y"}, "“征得同意”应为 是、否 之一"),
        ({"满足方式": "随便"}, "“满足方式”应为 任一、全部 之一"),
        ({"必需": "否"}, "第 2 行：materials：至少要有一项必需的材料"),
        ({"证照类型": "学生证"}, "第 2 行的证照类型不在发证目录中"),
        ({"可看信息": "工资"}, "现行版本没有这些信息：工资"),
        ({"可看信息": ""}, "materials.0.types.0.fields：应有 1 至 100 项"),
        ({"可看信息": "姓名、name"}, "materials.0.types.0.fields：字段重复"),
        ({"依据文件": "none-such"}, "没有登记这一依据文件"),
        ({"用途": '=HYPERLINK("http://x")'}, "第 2 行“用途”：不能以 =、+、-、@ 开头"),
        ({"用途": "@SUM(1)"}, "第 2 行“用途”：不能以 =、+、-、@ 开头"),
        ({"用途": "一\u202e二"}, "第 2 行：purpose：不能含有控制字符"),
        ({"用途": "长" * 201}, "第 2 行：purpose：长度应为 1 至 200 个字符"),
    ],
)  # fmt: skip
def test_a_table_with_a_fault_adds_nothing_and_says_in_which_line_it_is(
    deps: Deps, config: Config, tmp_path: Path, change: dict[str, str], fault: str
) -> None:
    before = versions(deps)
    good = ONE | {"事项代码": "senior-gym"}
    done = load(config, table(tmp_path, [ONE | change, good]))
    assert done.exit_code == 1
    assert fault in done.output
    assert "items: 0 submitted for review" in done.output
    assert versions(deps) == before


def test_a_line_that_contradicts_its_item_is_a_fault(
    deps: Deps, config: Config, tmp_path: Path
) -> None:
    done = load(config, table(tmp_path, [ONE, MORE | {"用途": "别的用途"}]))
    assert "第 3 行的“用途”与第 2 行不同" in done.output
    done = load(
        config, table(tmp_path, [ONE, ONE | {"事项代码": "senior-gym"}, ONE | {"用途": "x"}])
    )
    assert "第 4 行：已有未发布的草案" in done.output


def test_formulas_and_numbers_in_an_excel_file_are_told_by_their_column(
    deps: Deps, config: Config, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(COLUMNS))
    for column, value in (("用途", "=1+1"), ("留存", 3), ("依据", True)):
        book.active.append([value if name == column else ONE[name] for name in COLUMNS])
    book.save(tmp_path / "items.xlsx")
    done = load(config, tmp_path / "items.xlsx")
    assert done.exit_code == 1
    assert "第 2 行“用途”：单元格是公式" in done.output
    assert "第 3 行“留存”：请把这一列设为文本格式" in done.output
    assert "第 4 行“依据”：单元格是逻辑值" in done.output


@pytest.mark.parametrize(
    ("name", "said", "told_so"),
    [
        ("items.csv", b"", "表头应为"),
        ("items.csv", "事项代码,事项名称\n".encode(), "表头应为"),
        ("items.csv", b"\xff\xfe\x00", "编码"),
        ("items.xlsx", b"PK\x03\x04", "Excel"),
        ("items.txt", b"x", "must end in .csv or .xlsx"),
    ],
)
def test_what_is_no_such_table_is_refused_in_a_sentence(
    config: Config, deps: Deps, tmp_path: Path, name: str, said: bytes, told_so: str
) -> None:
    (tmp_path / name).write_bytes(said)
    done = load(config, tmp_path / name)
    assert done.exit_code in (1, 2)
    assert told_so in done.output
    assert "Traceback" not in done.output


def test_ten_thousand_lines_are_taken_in_flat_memory(deps: Deps, tmp_path: Path) -> None:
    with deps.db.read() as tx:
        rows = tx.execute(select(LicenceType.code, LicenceType.fields)).all()
    types = [(row.code, row.fields[0]["key"]) for row in rows]
    once = {key: ONE[key] for key in ("材料英文名", "必需")}
    items, materials = 32, 20
    lines = [
        (ONE if n == place == 0 else MORE | once)
        | {"事项代码": f"item-{item}", "材料": f"材料 {n}", "证照类型": code, "可看信息": key}
        for item in range(items)
        for n in range(materials)
        for place, (code, key) in enumerate(types)
    ]
    assert len(lines) > 10_000
    file = table(tmp_path, lines)
    del lines
    tracemalloc.start()
    try:
        done = import_items(deps, file, read_clock(), dry=True)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (done.added, done.known, done.faults) == (items, 0, [])
    assert most < 8 * 1024 * 1024
