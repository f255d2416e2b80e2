"""`liangzheng keys …`: what an operator sees and does, and what the doctor says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wallet.base.key_files import change, open_folder, read_states
from wallet.base.key_states import kid_in, rotated
from wallet.cli import main
from wallet.config import load_config
from wallet.doctor import Finding, examine

SECRET = "q7Jw3nVt0bZkR5xLmE2dUo9yHsCfGaPi"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder on which a server started a month ago."""
    made = tmp_path / "keys"
    open_folder(made, SECRET, datetime.now(UTC) - timedelta(days=30))
    return made


def keys(folder: Path, *arguments: str) -> Result:
    environment = {"DATA": str(folder.parent), "LIANGZHENG_SECRET_KEY": SECRET}
    return CliRunner(env=environment).invoke(main, ["keys", *arguments])


def states_in(folder: Path) -> dict[str, str]:
    return {kid: key.state for kid, key in read_states(folder).items()}


def finding(folder: Path, now: datetime) -> Finding:
    settings = {"DATA": str(folder.parent), "LIANGZHENG_SECRET_KEY": SECRET}
    return next(one for one in examine(load_config(settings), now) if one.subject == "signing keys")


def test_before_the_first_start_there_is_nothing_to_list(tmp_path: Path) -> None:
    answer = keys(tmp_path / "keys", "list")
    assert (answer.exit_code, answer.output) == (
        0,
        "No key yet; the server makes one when it first starts.\n",
    )
    assert "start the server" in keys(tmp_path / "keys", "rotate").output


def test_list_names_every_key_and_its_state(folder: Path) -> None:
    assert keys(folder, "rotate").exit_code == 0
    lines = keys(folder, "list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [kid, state] for kid, state in states_in(folder).items()
    ]
    assert [line.split()[1] for line in lines] == ["previous", "current", "next"]


def test_rotate_makes_the_next_key_sign_and_says_what_changed(folder: Path) -> None:
    following = kid_in(read_states(folder), "next")
    answer = keys(folder, "rotate")
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) == 3
    assert kid_in(read_states(folder), "current") == following
    assert sorted(states_in(folder).values()) == ["current", "next", "previous"]


def test_a_second_rotation_is_too_early_and_one_line_says_until_when(folder: Path) -> None:
    keys(folder, "rotate")
    before = states_in(folder)
    for option in ((), ("--now",)):
        answer = keys(folder, "rotate", *option)
        assert answer.exit_code == 1
        assert len(answer.output.splitlines()) == 1
        assert "may sign from" in answer.output
    assert states_in(folder) == before


def test_a_stolen_key_is_replaced_and_refused_at_once(folder: Path) -> None:
    stolen = kid_in(read_states(folder), "current") or ""
    assert "keys rotate" in keys(folder, "retire", stolen).output
    keys(folder, "rotate", "--now")
    assert keys(folder, "retire", stolen).exit_code == 1
    assert keys(folder, "retire", stolen, "--now").exit_code == 0
    assert states_in(folder)[stolen] == "retired"
    assert "refused" in keys(folder, "list").output


def test_a_next_key_that_is_retired_leaves_another(folder: Path) -> None:
    following = kid_in(read_states(folder), "next") or ""
    assert keys(folder, "retire", following).exit_code == 0
    assert kid_in(read_states(folder), "next") not in (following, None)


def test_a_kid_that_is_not_there_is_one_line(folder: Path) -> None:
    answer = keys(folder, "retire", "zzzz")
    assert (answer.exit_code, answer.output) == (1, "Error: there is no key zzzz\n")


def test_the_doctor_asks_for_the_worker_a_day_after_a_rotation_was_due(folder: Path) -> None:
    made = next(iter(read_states(folder).values())).since
    late = made + timedelta(days=91)
    assert finding(folder, late - timedelta(seconds=1)).well
    assert not finding(folder, late).well
    assert "worker" in finding(folder, late).advice
    change(folder, SECRET, late, partial(rotated, now=late))
    assert finding(folder, late).well


def test_the_doctor_names_a_file_of_states_that_others_may_read(folder: Path) -> None:
    (folder / "states.json").chmod(0o644)
    assert "chmod 600" in finding(folder, datetime.now(UTC)).advice
