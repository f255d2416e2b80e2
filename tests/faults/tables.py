"""The tables of `make faults`, and where a long run is kept and told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.faults.sizes import KEPT_FROM

_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class RaceLine:
    """One kind of database with one state of Redis.

    `other` is any answer that is neither the acceptance nor `already_used`; `overlapping` are
    the races in which the second desk asked before the first was answered; `false_refusals`
    those in which nobody accepted; `strikes` is how often Redis was killed or the like. Times
    are in seconds: of the racing, and of the answer that took longest.
    """

    database: str
    redis: str
    races: int
    accepted: int
    refused: int
    other: int
    records: int
    claims: int
    overlapping: int
    false_refusals: int
    strikes: int
    seconds: float
    slowest: float


@dataclass(frozen=True)
class KillLine:
    """One kind of database with one way of issuing, whose process was killed again and again.

    `licences` are those that were to be issued, `acknowledged` those that the issuing unit had
    been told of before a kill, `lost` those of them that are not there. `left_pending` had been
    recorded and not issued when the process ended; `half_issued` are those of which anything is
    missing or there twice after the sweep, `other_answers` the repeats that were not answered as
    the first time. The time is in seconds.
    """

    database: str
    way: str
    kills: int
    licences: int
    acknowledged: int
    lost: int
    left_pending: int
    half_issued: int
    other_answers: int
    seconds: float


@dataclass(frozen=True)
class Table:
    """A table: what its lines are, how much of it is a long run, and its file and page."""

    title: str
    line: type[RaceLine] | type[KillLine]
    size: str
    kept_from: int
    name: str

    @property
    def results(self) -> Path:
        """The figures of the last long run."""
        return _ROOT / "bench" / "results" / f"{self.name}.json"

    @property
    def page(self) -> Path:
        """The page that tells of them."""
        return _ROOT / "docs" / f"{self.name}.md"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(self.line.__dataclass_fields__)

    def key(self, line: dict[str, Any]) -> tuple[str, str]:
        """What tells a line from the others: the first two columns."""
        first, second = self.columns[:2]
        return line[first], line[second]

    def is_long(self, lines: list[dict[str, Any]]) -> bool:
        """Whether these lines are those of a long run; a sample is not kept."""
        return bool(lines) and min(line[self.size] for line in lines) >= self.kept_from


RACES: Final = Table("two desks, one code", RaceLine, "races", KEPT_FROM, "exactly-once")
KILLS: Final = Table("killed while issuing", KillLine, "kills", KEPT_FROM // 20, "issuing")
TABLES: Final = (RACES, KILLS)
