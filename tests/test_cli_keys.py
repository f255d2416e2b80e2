"""`liangzheng keys …`: what an operator sees and does, and what the doctor says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.support.softhsm import make_softhsm
from wallet.base.audit import AuditEvent
from wallet.base.database import Database
from wallet.base.key_changes import record_noted
from wallet.base.key_files import change, open_folder, read_states
from wallet.base.key_states import kid_in, rotated
from wallet.cli import main
from wallet.config import load_config
from wallet.doctor import Finding, examine
from wallet.migrations import migrate

SECRET = "q7Jw3nVt0bZkR5xLmE2dUo9yHsCfGaPi"
NO_DATABASE = "sqlite:////nowhere/liangzheng.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder on which a server started a month ago."""
    made = tmp_path / "keys"
    open_folder(made, SECRET, datetime.now(UTC) - timedelta(days=30))
    db = database(made)
    migrate(db)
    record_noted(db, made)
    db.close()
    return made


def database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder.parent / 'liangzheng.db'}")


def keys(folder: Path, *arguments: str, **more: str) -> Result:
    environment = {"DATA": str(folder.parent), "LIANGZHENG_SECRET_KEY": SECRET} | more
    return CliRunner(env=environment).invoke(main, ["keys", *arguments])


def recorded(folder: Path) -> list[dict[str, Any]]:
    """What the audit trail tells of keys, without those of the first start."""
    db = database(folder)
    with db.read() as tx:
        events = tx.execute(select(AuditEvent.fields).order_by(AuditEvent.id)).scalars().all()
    db.close()
    return [event for event in events if event["by"] != "start"]


def states_in(folder: Path) -> dict[str, str]:
    return {kid: key.state for kid, key in read_states(folder).items()}


def findings(folder: Path, now: datetime, **more: str) -> list[Finding]:
    settings = {"DATA": str(folder.parent), "LIANGZHENG_SECRET_KEY": SECRET} | more
    return list(examine(load_config(settings), now))


def finding(folder: Path, now: datetime, subject: str = "signing keys", **more: str) -> Finding:
    return next(one for one in findings(folder, now, **more) if one.subject == subject)


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
    assert [line.split()[:3] for line in lines] == [
        [kid, "file", state] for kid, state in states_in(folder).items()
    ]
    assert [line.split()[2] for line in lines] == ["previous", "current", "next"]


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


def test_a_change_is_in_the_audit_trail_with_who_made_it(folder: Path) -> None:
    first, second = states_in(folder)
    keys(folder, "rotate")
    keys(folder, "retire", first, "--now")
    third = kid_in(read_states(folder), "next")
    assert recorded(folder) == [
        {"kid": first, "state": "previous", "by": "command", "hurry": False},
        {"kid": second, "state": "current", "by": "command", "hurry": False},
        {"kid": third, "state": "next", "by": "command", "hurry": False},
        {"kid": first, "state": "retired", "by": "command", "hurry": True},
    ]


def test_what_cannot_be_recorded_is_not_done_and_one_line_says_so(folder: Path) -> None:
    before = states_in(folder)
    answer = keys(folder, "rotate", LIANGZHENG_DATABASE_URL=NO_DATABASE)
    assert answer.exit_code == 1
    assert len(answer.output.splitlines()) == 1
    assert "not made" in answer.output
    assert states_in(folder) == before
    assert recorded(folder) == []


def test_a_stolen_key_is_refused_although_that_cannot_be_recorded_and_is_recorded_later(
    folder: Path,
) -> None:
    stolen, following = states_in(folder)
    for command in (("rotate",), ("retire", stolen)):
        answer = keys(folder, *command, "--now", LIANGZHENG_DATABASE_URL=NO_DATABASE)
        assert answer.exit_code == 0
        assert "Not recorded yet" in answer.output
    assert states_in(folder)[stolen] == "retired"
    assert recorded(folder) == []
    db = database(folder)
    for _ in range(2):
        record_noted(db, folder)
    db.close()
    told = [(event["kid"], event["state"], event["hurry"]) for event in recorded(folder)]
    assert told[:2] == [(stolen, "previous", True), (following, "current", True)]
    assert told[3:] == [(stolen, "retired", True)]


def test_list_and_doctor_say_where_a_key_lives(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsm = make_softhsm(tmp_path / "hsm", monkeypatch)
    before = finding(folder, datetime.now(UTC), f"token {hsm.label}", **hsm.environment)
    assert before.well
    wrong = hsm.environment | {"LIANGZHENG_PKCS11_TOKEN": "nobody"}
    assert not finding(folder, datetime.now(UTC), "token nobody", **wrong).well
    assert keys(folder, "rotate", **hsm.environment).exit_code == 0
    following = kid_in(read_states(folder), "next")
    lines = [line.split()[:3] for line in keys(folder, "list").output.splitlines()]
    assert [line[1:] for line in lines] == [
        ["file", "previous"],
        ["file", "current"],
        ["token", "next"],
    ]
    subject = f"signing key {following} in token {hsm.label}"
    assert finding(folder, datetime.now(UTC), subject, **hsm.environment).well
    hsm.take_away()
    away = finding(folder, datetime.now(UTC), subject, **hsm.environment)
    assert not away.well
    assert "away" in away.advice
    [unknown] = [one for one in findings(folder, datetime.now(UTC)) if "in token" in one.subject]
    assert "LIANGZHENG_PKCS11_MODULE" in unknown.advice


def test_a_token_that_refuses_leaves_the_keys_as_they_were(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsm = make_softhsm(tmp_path / "hsm", monkeypatch)
    before = states_in(folder)
    answer = keys(folder, "rotate", **hsm.environment | {"LIANGZHENG_PKCS11_PIN": "wrong-pin"})
    assert answer.exit_code == 1
    assert len(answer.output.splitlines()) == 1
    assert "LIANGZHENG_PKCS11_PIN" in answer.output
    assert "wrong-pin" not in answer.output
    assert states_in(folder) == before


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
