"""`liangzheng units import`: hundreds of units and staff from tables, all of a table or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.support.people import sign_in
from tests.support.shared import deps_of
from tests.support.units import CITY, told, usable_code
from tests.test_cli_seals import run
from wallet.config import Config
from wallet.organisations.model import Staff, Unit

HEAD = "code,name,name_en,level,kinds,area_code,parent\n"
STAFF_HEAD = "login,name,unit,roles,terminal,phone\n"
ROOT = usable_code("1", "140000", "MADEM9500")
BELOW = usable_code("1", "140100", "MADEM9501")


def load(config: Config, folder: Path, units: str = "", staff: str = "") -> Result:
    words: list[str | Path] = ["units", "import"]
    if units:
        (folder / "units.csv").write_text(units, "utf-8-sig")
        words.append(folder / "units.csv")
    if staff:
        (folder / "staff.csv").write_text(staff, "utf-8")
        words += ["--staff", folder / "staff.csv"]
    return run(config, *words)


def test_a_tree_with_its_people_is_there_at_once_and_a_second_run_changes_nothing(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    units = (
        f"{HEAD}{ROOT},外省政务局（演示）,,region,managing,140000,\n"
        f"{BELOW},外市政务局（演示）,City,city,managing relying,140100,{ROOT}\n"
    )
    staff = f"{STAFF_HEAD}far-manager,远方,{ROOT},manager,,0351-8500001\nfar-desk,近处,{BELOW},desk,1 号窗口,\n"
    done = load(config, tmp_path, units, staff)
    assert done.exit_code == 0, done.output
    assert done.output.count("2 added, 0 known already") == 2
    manager = sign_in(app, "far-manager")
    assert {"manager", "responsible"} == set(manager.get("/api/v1/me").get_json()["roles"])
    listed = manager.get("/api/v1/units").get_json()["items"]
    assert [one["code"] for one in listed] == [ROOT, BELOW]
    assert listed[0]["name_en"] == "外省政务局（演示）"
    again = load(config, tmp_path, units, staff)
    assert again.output.count("0 added, 2 known already") == 2
    assert [event["actor"] for event in told(app, "unit.added")] == ["command"] * 2


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"{BELOW},名称（演示）,,city,managing,140100,{ROOT}", "line 3: parent"),
        (f"{BELOW},名称（演示）,,city,managing,140100,{CITY}", "line 3: area_code"),
        (f"{BELOW},名称（演示）,,town,managing,140100,", "line 3: level"),
        (f"{BELOW},,,city,managing,140100,", "line 3: name"),
        ("11111,名称（演示）,,city,managing,140100,", "line 3: code"),
    ],
)
def test_a_table_with_a_fault_adds_nothing_and_names_the_line(
    app: Flask, config: Config, tmp_path: Path, line: str, fault: str
) -> None:
    good = usable_code("1", "150600", "MADEM9502")
    done = load(
        config, tmp_path, f"{HEAD}{good},好的（演示）,,city,relying,150600,{CITY}\n{line}\n"
    )
    assert done.exit_code == 1
    assert fault in done.output
    assert "units: 0 added" in done.output
    with deps_of(app).db.read() as tx:
        assert tx.execute(select(Unit.id).where(Unit.code == good)).first() is None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"a,某人,{CITY},issuer,,", "roles"),
        (f"a,某人,{ROOT},desk,,", "unit"),
        (f"a b,某人,{CITY},desk,,", "login"),
        (f"a,某人,{CITY},desk,,12", "phone"),
        ("a,某人,12150602MADEM02143,desk,,0477-8500009", "phone"),
    ],
)
def test_a_table_of_staff_is_held_against_the_same_rules(
    app: Flask, config: Config, tmp_path: Path, line: str, fault: str
) -> None:
    with deps_of(app).db.read() as tx:
        before = tx.execute(select(func.count(Staff.id))).scalar_one()
    done = load(config, tmp_path, staff=f"{STAFF_HEAD}{line}\n")
    assert done.exit_code == 1
    assert f"line 2: {fault}" in done.output
    with deps_of(app).db.read() as tx:
        assert tx.execute(select(func.count(Staff.id))).scalar_one() == before


@pytest.mark.parametrize("table", ["a,b\n1,2\n", f'{HEAD}"1\n'])
def test_what_is_no_such_table_is_one_line(config: Config, tmp_path: Path, table: str) -> None:
    done = load(config, tmp_path, table)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert load(config, tmp_path).exit_code == 2
