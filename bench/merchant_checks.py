"""What a platform's list costs: seconds to take it in, to answer it and to give the result out, and the memory.

`python -m bench.merchant_checks` fills a library with `--licences` permits of every standing, makes a list of `--lines` lines,
found and not, and has it checked in a process of its own. Unless every answer is the one that going by the plain
list of what was put in gives, it fails. It prints the table, and writes it to `results/merchant_checks.json`.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import multiprocessing
import os
import platform
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, select

from bench.stage import DATABASES, database, stage
from tests.support.licences import FOOD, ISSUER_CODE
from tests.support.merchants import ITEM, file_of
from wallet.base.clock import local_day, read_clock
from wallet.base.database import AnyRow, Base
from wallet.base.deps import Deps, build_deps
from wallet.catalogue.model import LicenceType
from wallet.config import load_config
from wallet.holders.names import normalise_name
from wallet.licences.identifier import make_identifier
from wallet.licences.model import (
    HOLDER_NAME,
    IDENTIFIER,
    NUMBER,
    Licence,
    LicenceHolder,
)
from wallet.organisations.model import Client
from wallet.relying.desks import Desk
from wallet.relying.merchant_checks.accept import NewCheck, accept_check
from wallet.relying.merchant_checks.answer import answer_some
from wallet.relying.merchant_checks.read import check_result
from wallet.web.principal import Principal

RESULT: Final = Path(__file__).parent / "results" / "merchant_checks.json"
KINDS: Final = ("ndjson", "csv", "xlsx")
_SEED: Final = 47
_KIB: Final = 1024
_PEAK: Final = Path("/proc/self/clear_refs")
"""What starts the count of a process's largest memory anew (Linux)."""


@dataclass(frozen=True)
class Put:
    """A permit as it was put in, in the clear; `stands` is whether it is in force today and the newest version."""

    identifier: str
    number: str
    name: str
    stands: bool


@dataclass(frozen=True)
class Took:
    """Seconds of the clock for each step and of the processor for all; the memory of the process that did it
    all, before it had the list and at its largest moment."""

    take_in_seconds: float
    answer_seconds: float
    result_seconds: float
    processor_seconds: float
    memory_before_mib: int
    peak_memory_mib: int


@dataclass(frozen=True)
class Checked:
    """One list, and what it took."""

    database: str
    kind: str
    lines: int
    licences: int
    at: str
    took: Took


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; an AssertionError when an answer is another."""
    parser = argparse.ArgumentParser(prog="python -m bench.merchant_checks")
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--licences", type=int, default=20_000)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    options = parser.parse_args(arguments)
    done = []
    for kind in options.databases:
        with database(kind) as config, stage(config) as staged:
            put = fill(staged.deps, options.licences)
            lines, expected = ask(put, options.lines)
            for form in KINDS:
                with multiprocessing.get_context("spawn").Pool(1) as process:
                    told, took = process.apply(check, (config.data, form, file_of(lines, form)))
                assert [ref for ref, _ in told] == [line["ref"] for line in lines], "lines are lost"
                assert [answer for _, answer in told] == expected, "an answer is another"
                at = read_clock().isoformat(timespec="seconds")
                done.append(Checked(kind, form, len(lines), len(put), at, took))
                print(_line(done[-1]), flush=True)
    _write(done)
    return 0


def fill(deps: Deps, count: int) -> list[Put]:
    """Put permits into a library as if they had been issued: valid, suspended, revoked, over, to come, and
    every tenth with a newer version."""
    dice, now, put = random.Random(_SEED), read_clock(), list[Put]()
    today, licences, holders = local_day(now), list[dict[str, Any]](), list[dict[str, Any]]()
    seal, index = deps.vault.seal, deps.vault.index
    with deps.db.begin() as tx:
        model = tx.execute(
            select(Licence, LicenceType.type_code)
            .join(LicenceType, LicenceType.id == Licence.type_id)
            .where(LicenceType.code == FOOD)
        ).first()
        assert model is not None
        of_model = select(LicenceHolder).where(LicenceHolder.licence_id == model.id)
        holder = tx.execute(of_model).first()
        assert holder is not None
        first = tx.execute(select(func.max(Licence.id))).scalar_one() + 1
        while len(put) < count:
            number, name = f"JY{len(put):012}", f"商户 {dice.randrange(count)}"
            versions = 2 if dice.random() < 0.1 else 1
            for version in range(1, versions + 1):
                status = dice.choices(["valid", "suspended", "revoked"], [8, 1, 1])[0]
                begins = today + timedelta(days=dice.choice([-9, -1, 0, 1]))
                ends = dice.choice([None, *(today + timedelta(days=days) for days in (-1, 0, 9))])
                identifier = make_identifier(model.type_code, ISSUER_CODE, version)
                licences.append(
                    _columns(model, Licence)
                    | {
                        "id": first + len(put),
                        "identifier_index": index(identifier, IDENTIFIER),
                        "identifier_sealed": seal(identifier, IDENTIFIER),
                        "number_index": index(number, NUMBER),
                        "number_sealed": seal(number, NUMBER),
                        "version": version,
                        "status": status,
                        "valid_from": begins,
                        "valid_until": ends,
                        "superseded_at": None if version == versions else now,
                    }
                )
                of_licence = {
                    "licence_id": first + len(put),
                    "name_sealed": seal(name, HOLDER_NAME),
                    "name_index": index(normalise_name(name), HOLDER_NAME),
                }
                holders.append(_columns(holder, LicenceHolder) | of_licence)
                current = version == versions and status == "valid"
                stands = current and begins <= today and (ends is None or today <= ends)
                put.append(Put(identifier, number, name, stands))
        tx.execute(insert(Licence), licences)
        tx.execute(insert(LicenceHolder), holders)
    return put


def _columns(row: AnyRow, table: type[Base]) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in table.__table__.columns}


def ask(put: Sequence[Put], count: int) -> tuple[list[dict[str, str]], list[str]]:
    """Lines of every kind in no order, and their answers by the plain list of what was put in."""
    dice, lines, expected = random.Random(_SEED + 1), list[dict[str, str]](), list[str]()
    by_identifier = {one.identifier: one.stands for one in put}
    by_number: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one in put:
        by_number[one.number, one.name].append(one.stands)
    for at in range(count):
        one = dice.choice(put)
        line = dice.choice([
            {"identifier": one.identifier},
            {"number": one.number, "name": one.name},
            {"number": one.number, "name": dice.choice(put).name},
            {"number": f"XX{at}", "name": one.name},
        ])  # fmt: skip
        if "identifier" in line:
            found = [by_identifier[line["identifier"]]]
        else:
            found = by_number.get((line["number"], line["name"]), [])
        lines.append(line | {"ref": f"M-{at}"})
        expected.append("match" if any(found) else "changed" if found else "no_match")
    assert set(expected) == {"match", "changed", "no_match"}
    return lines, expected


def check(data: Path, kind: str, file: bytes) -> tuple[list[tuple[str, str]], Took]:
    """Have a list checked; what each line is called and its answer, and what it took."""
    deps = build_deps(load_config({"LIANGZHENG_DATA": str(data)}))
    client = deps.db.rows(select(Client).where(Client.client_id == "demo-platform"))[0]
    principal = Principal("client", client.id, 0, "", unit_id=client.unit_id)
    desk = Desk(principal, f"client:{client.id}:", "", "127.0.0.1")
    _PEAK.write_text("5")  # from here on: what a process was started with counts otherwise
    before, worked, began = _peak_mib(), time.process_time(), time.perf_counter()
    new = NewCheck(ITEM, None, None, kind, kind, file)
    public_id = accept_check(deps, desk, new, read_clock())
    taken_in = time.perf_counter()
    while answer_some(deps, read_clock()):
        pass
    answered = time.perf_counter()
    table = b"".join(check_result(deps, desk, public_id, "csv", read_clock()))
    given = time.perf_counter()
    took = Took(
        round(taken_in - began, 2),
        round(answered - taken_in, 2),
        round(given - answered, 2),
        round(time.process_time() - worked, 2),
        before,
        _peak_mib(),
    )
    deps.db.close()
    rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    return [(row["ref"], row["answer"]) for row in rows], took


def _peak_mib() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // _KIB


def _line(done: Checked) -> str:
    took = done.took
    return (
        f"{done.database:<11} {done.kind:<7} {done.lines:>7,} lines  in {took.take_in_seconds:>5.2f} s  "
        f"answered {took.answer_seconds:>6.2f} s  out {took.result_seconds:>5.2f} s  processor "
        f"{took.processor_seconds:>6.2f} s  {took.memory_before_mib:>4} to {took.peak_memory_mib} MiB"
    )


def _write(done: Sequence[Checked]) -> None:
    machine = {
        "processors": os.cpu_count(),
        "kind": platform.machine(),
        "python": platform.python_version(),
    }
    result = {"machine": machine, "merchant_checks": [asdict(one) for one in done]}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
