"""`liangzheng representatives`: guardians and first administrators from a table, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from tests.support.people import sign_in
from tests.support.representatives import FATHER, RESIDENCE, child, persona
from tests.support.shared import deps_of
from tests.support.showing import events
from tests.test_cli_seals import run
from wallet.config import Config
from wallet.holders.model import Representative
from wallet.holders.representatives.table import COLUMNS

HEAD = ",".join(COLUMNS)


def line(person: str = "delegate-li", **changed: str) -> str:
    """A line of the table, with these cells changed."""
    guardian, ward = persona(person), child()
    cells = dict(
        zip(
            COLUMNS,
            (
                *("身份证", guardian.code, guardian.name, ward.code_type, ward.code, ward.name),
                *("户口簿（演示）", "演示-0002", ""),
            ),
            strict=True,
        )
    )
    return ",".join((cells | changed).values())


def load(config: Config, folder: Path, *words: str, lines: tuple[str, ...]) -> Result:
    table = folder / "table.csv"
    table.write_text("\n".join((HEAD, *lines)), "utf-8-sig")
    return run(config, "representatives", *words, table)


def cards(app: Flask, login: str) -> list[str]:
    items = sign_in(app, login).get("/api/v1/me/licences").get_json()["items"]
    return [row["type"]["code"] for row in items]


def test_a_guardian_is_entered_found_known_and_ended(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    done = load(config, tmp_path, "import", lines=(line(),))
    assert (done.exit_code, done.output) == (0, "1 entered, 0 known already\n")
    assert RESIDENCE in cards(app, "delegate-li")
    again = load(config, tmp_path, "import", lines=(line(),))
    assert again.output == "0 entered, 1 known already\n"
    ended = load(config, tmp_path, "end", lines=(line(),))
    assert (ended.exit_code, ended.output) == (0, "1 ended, 0 known already\n")
    assert RESIDENCE not in cards(app, "delegate-li")
    assert RESIDENCE in cards(app, FATHER)


def test_a_dry_run_says_what_it_would_do_and_keeps_nothing(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    done = load(config, tmp_path, "import", "--dry-run", lines=(line(),))
    assert "1 entered" in done.output
    assert RESIDENCE not in cards(app, "delegate-li")


def test_replace_keeps_all_that_the_table_names_and_ends_the_others(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    done = load(
        config, tmp_path, "import", "--replace", lines=(line("delegate-li"), line("holder-li"))
    )
    assert done.output == "2 entered, 0 known already\n"
    for guardian in ("delegate-li", "holder-li"):
        assert RESIDENCE in cards(app, guardian)
    assert RESIDENCE not in cards(app, FATHER)


def test_the_same_table_again_with_replace_changes_nothing(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    lines = (line("delegate-li"), line("holder-li"))
    load(config, tmp_path, "import", "--replace", lines=lines)
    deps = deps_of(app)
    before = deps.db.rows(select(Representative).order_by(Representative.public_id))
    told = len(events(deps, ""))
    done = load(config, tmp_path, "import", "--replace", lines=lines)
    assert done.output == "0 entered, 2 known already\n"
    assert deps.db.rows(select(Representative).order_by(Representative.public_id)) == before
    assert len(events(deps, "")) == told


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"person_code": "150602199809214223"}, "身份证号码不对"),
        ({"person_name": "李那"}, "不一致"),
        ({"person_name": "=1+1"}, "公式"),
        ({"holder_code_type": "宇宙通行证"}, "代码类型"),
        ({"until": "2099-02-30"}, "YYYY-MM-DD"),
        ({"until": "2020-01-01"}, "截止日期已过"),
        ({"basis": ""}, "basis"),
    ],
)
def test_a_table_with_a_bad_line_enters_nobody_and_names_it(
    app: Flask, config: Config, tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    done = load(config, tmp_path, "import", lines=(line(), line(**changed)))
    assert done.exit_code == 1
    assert "line 3" in done.output
    assert said in done.output
    assert RESIDENCE not in cards(app, "delegate-li")


def test_a_table_with_other_columns_is_one_line(config: Config, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("person,child\n", "utf-8")
    done = run(config, "representatives", "import", table)
    assert done.exit_code == 1
    assert "must have the columns" in done.output
