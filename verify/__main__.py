"""The offline commands: `python -m verify trust URL -o FILE`, then `… check TEXT --trust FILE`,
`… slip TEXT --trust FILE` for an emergency slip, or `… serve --trust FILE`, the desk page.

`check` prints the verdict as JSON and exits 0 accepted, 1 refused, 2 undetermined: the bundle is
past its limit, or a file cannot be read. `slip` exits 0 for one that the library issued, 1 for any other.
"""

from __future__ import annotations

import argparse
import codecs
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Final, TextIO

from verify.check import check
from verify.fetch import fetch_trust
from verify.slips import read_slip
from verify.trust import BundleError, load_trust, save_trust
from verify.verdict import Outcome, Refused, Verdict, verdict_members

EXIT: Final[dict[Outcome, int]] = {"accepted": 0, "refused": 1, "undetermined": 2, "pending": 2}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m verify", description="亮证：离线核验")
    commands = parser.add_subparsers(dest="command", required=True)
    fetching = commands.add_parser("trust", help="fetch the trust bundles of libraries")
    fetching.add_argument(
        "urls", nargs="+", metavar="URL", help="address of a library; the first is at home here"
    )
    fetching.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    checking = commands.add_parser("check", help="check a code with a trust bundle")
    checking.add_argument("text", metavar="TEXT", help="the code's text; - reads standard input")
    checking.add_argument("--trust", type=Path, required=True, metavar="FILE")
    slipping = commands.add_parser("slip", help="check the code of an emergency slip")
    slipping.add_argument("text", metavar="TEXT", help="the code's text")
    slipping.add_argument("--trust", type=Path, required=True, metavar="FILE")
    serving = commands.add_parser("serve", help="serve the desk page of this machine")
    serving.add_argument("--trust", type=Path, required=True, metavar="FILE")
    serving.add_argument(
        "--refresh", nargs="+", default=[], metavar="URL",
        help="keep the bundles fresh from these addresses, in the order of the file",
    )  # fmt: skip
    serving.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="where judgements are kept (FILE of --trust + .desk)",
    )
    serving.add_argument("--host", default="127.0.0.1", metavar="IP")
    serving.add_argument("--port", type=int, default=8010)
    options = parser.parse_args(arguments)
    try:
        if options.command == "serve":
            return _serve(options)
        if options.command == "trust":
            save_trust(fetch_trust(options.urls), options.output)
            return 0
        if options.command == "slip":
            return _slip(options.text, options.trust)
        text = _there(sys.stdin).read().strip() if options.text == "-" else options.text
        verdict = check(text, load_trust(options.trust), time.time())
        _print(verdict)
    except (BundleError, OSError) as error:
        _complain(error)
        return 2
    return EXIT[verdict.outcome]


def _slip(text: str, trust: Path) -> int:
    """Print which slip this code is of, or why of none."""
    told: dict[str, object]
    try:
        told = vars(read_slip(text, load_trust(trust).keys, time.time()))
    except Refused as refused:
        told = {"reason": refused.reason}
    output = _there(sys.stdout)
    output.write(f"{json.dumps(told)}\n")
    output.flush()
    return 1 if "reason" in told else 0


def _print(verdict: Verdict) -> None:
    """The verdict as JSON; raises OSError where it cannot be written: not told is not judged."""
    output = _there(sys.stdout)
    escaped = codecs.lookup(output.encoding).name != "utf-8"
    members = verdict_members(verdict)
    text = json.dumps(members, ensure_ascii=escaped, indent=2, default=_plain)
    try:
        output.write(f"{text}\n")
        output.flush()
    except OSError:
        # What is left in the buffer would fail once more at the end, with an exit code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())
        raise


def _there(stream: TextIO | None) -> TextIO:
    """A standard stream; raises OSError where this process was started without it."""
    if stream is None:
        raise OSError("A standard stream is closed.")
    return stream


def _complain(error: Exception) -> None:
    with suppress(OSError):  # the exit code tells all the same
        _there(sys.stderr).write(f"{error}\n")


def _serve(options: argparse.Namespace) -> int:
    """Serve the desk; Flask is only loaded here."""
    from verify.serve import DeskError, Options, serve  # noqa: PLC0415

    trust: Path = options.trust
    if options.refresh and not trust.exists():
        save_trust(fetch_trust(options.refresh), trust)
    record = options.record or trust.with_name(f"{trust.name}.desk")
    try:
        serve(
            Options(
                trust=str(trust),
                record=str(record),
                refresh=tuple(options.refresh),
                host=options.host,
                port=options.port,
            )
        )
    except DeskError as error:
        _complain(error)
        return 2
    return 0


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    sys.exit(main())
