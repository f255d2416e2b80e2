"""The offline command: `python -m verify trust URL -o FILE`, then `… check TEXT --trust FILE`.

`check` prints the verdict as JSON and exits 0 accepted, 1 refused, 2 undetermined: the bundle is
past its limit, or a file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from verify.check import check
from verify.fetch import fetch_trust
from verify.trust import BundleError, load_trust, save_trust
from verify.verdict import Outcome, verdict_members

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
    options = parser.parse_args(arguments)
    try:
        if options.command == "trust":
            save_trust(fetch_trust(options.urls), options.output)
            return 0
        text = sys.stdin.read().strip() if options.text == "-" else options.text
        verdict = check(text, load_trust(options.trust), time.time())
    except (BundleError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    members = verdict_members(verdict)
    sys.stdout.write(json.dumps(members, ensure_ascii=False, indent=2, default=_plain) + "\n")
    return EXIT[verdict.outcome]


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    sys.exit(main())
