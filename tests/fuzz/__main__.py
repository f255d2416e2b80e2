"""`python -m tests.fuzz --seconds N`: look for a text that the readers do not stand.

It starts from the hostile cases and the corpus, uses one core, and ends with 1 at the first
finding, which lies in `.venv/fuzz/` then. `--keep` writes the corpus anew, smallest inputs first.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.fuzz.target import seeds

HERE: Final = Path(__file__).parent
CORPUS: Final = HERE / "corpus"
WORK: Final = HERE.parents[1] / ".venv" / "fuzz"
LONGEST: Final = 4096
"""Bytes of an input; a code's text may have 2,048 characters."""
SLOWEST: Final = 10
"""Seconds that one input may take."""


def main() -> int:
    """Fuzz, print what was done, keep the corpus if asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    grown, start = WORK / "grown", WORK / "seeds"
    write(start, seeds())
    grown.mkdir()
    began = time.monotonic()
    done = fuzzer(
        grown, CORPUS, start, f"-max_total_time={options.seconds}", f"-dict={HERE}/words.dict"
    )
    print(report(done.stderr, time.monotonic() - began))
    if done.returncode:
        print(done.stderr[-4000:], file=sys.stderr)
        return 1
    if options.keep:
        smallest = WORK / "smallest"
        smallest.mkdir()
        fuzzer(smallest, grown, CORPUS, start, "-merge=1").check_returncode()
        shutil.rmtree(CORPUS)
        write(CORPUS, (path.read_bytes() for path in smallest.iterdir()))
        print(f"corpus: {len(list(CORPUS.iterdir()))} inputs")
    return 0


def write(folder: Path, inputs: Iterable[bytes]) -> None:
    """Each input as a file that is named for its content."""
    folder.mkdir(parents=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def fuzzer(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """Run libFuzzer over folders; the first of them takes what is new."""
    again = WORK / "again"
    again.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tests.fuzz.run "$0" "$@"\n')
    again.chmod(0o700)
    limits = (f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-artifact_prefix={WORK}/finding-")
    return subprocess.run(
        [again, *limits, "-print_final_stats=1", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd=HERE.parents[1],
        check=False,
    )


def report(log: str, seconds: float) -> str:
    """One line: inputs run, branches and features they took, what libFuzzer kept."""
    executed = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log)
    covered = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", log)
    if not executed or not covered:
        return f"the fuzzer ended after {seconds:.0f} s without its figures"
    edges, features, kept = covered[-1]
    return (
        f"{int(executed[-1]):,} inputs in {seconds:.0f} s, {edges} branches of verify/ and "
        f"{features} features, {kept} inputs kept"
    )


if __name__ == "__main__":
    sys.exit(main())
