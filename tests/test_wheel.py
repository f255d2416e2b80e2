"""An installed wheel serves its own pages and static files, wherever it lies."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPT = """
import os, verify, wallet
from wallet.app import create_app
from wallet.base.clock import read_clock
from wallet.base.deps import build_deps
from wallet.demo.run import prepare
from wallet.demo.seed import seed
from wallet.migrations import migrate
config = prepare(os.environ)
deps = build_deps(config)
migrate(deps.db)
seed(deps, read_clock())
client = create_app(config).test_client()
for path in ("/", "/catalogue", "/static/css/base.css", "/api/docs", "/desk-worker.js"):
    print(path, client.get(path).status_code)
print(verify.__file__, wallet.__file__)
"""


def test_a_wheel_serves_pages_and_static_files(tmp_path: Path) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)),
        ],
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed), "DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    *pages, places = answer.stdout.splitlines()
    assert all(page.endswith(" 200") for page in pages), pages
    assert all(place.startswith(str(installed)) for place in places.split())
