"""Licences as PDF, and what independent readers say of them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import pdf_oxide
from PIL import Image

from tests.support.people import Visitor
from tests.support.showing import FOOD, identifier_of
from wallet.demo.seals import CA_FILE

_Made = TypeVar("_Made")
APT: Final = "apt-get install -y poppler-utils libnss3-tools"


def download(holder: Visitor, type_code: str = FOOD, role: str = "own") -> bytes:
    """The sealed PDF of a holder's licence of that type."""
    answer = holder.get(f"/api/v1/me/licences/{identifier_of(holder, type_code, role)}.pdf")
    assert answer.status_code == 200, answer.text
    data: bytes = answer.data
    return data


def page_data(title: str) -> dict[str, object]:
    """The least that the licence's template needs."""
    return {
        "template": {"theme": "market", "layout": "landscape", "bilingual": "mn_above"},
        "demo": False, "watermark": None, "notice": None, "region": None,
        "title": title, "title_mn": None, "title_en": "", "fields": [], "photo": None,
        "sentences": [], "seal": None, "unit": "", "issued_on": "", "identifier": "",
        "drawn_at": "",
    }  # fmt: skip


def signature_of(pdf: bytes, folder: Path, trusting: Path | None = None) -> str:
    """What poppler's pdfsig says of the signature; `trusting` is a data folder, for its demo CA."""
    file = folder / "licence.pdf"
    file.write_bytes(pdf)
    nss = folder / "nss"
    store = f"sql:{nss}"
    if not nss.exists():
        nss.mkdir()
        run("certutil", "-N", "--empty-password", "-d", store)
    if trusting is not None:
        run("certutil", "-A", "-n", "ca", "-t", "TC,TC,TC", "-i", trusting / CA_FILE, "-d", store)
    return run("pdfsig", "-nssdir", store, file)


def text_of(pdf: bytes, folder: Path) -> str:
    """The text of a document, as poppler's pdftotext reads it."""
    file = folder / "text.pdf"
    file.write_bytes(pdf)
    return run("pdftotext", "-layout", file, "-")


def pages_of(pdf: bytes, folder: Path, dots: int = 150) -> list[Image.Image]:
    """The pages of a document in grey, with so many dots an inch, as poppler's pdftoppm draws them."""
    file, drawn = folder / "drawn.pdf", folder / f"drawn-{dots}"
    file.write_bytes(pdf)
    run("pdftoppm", "-r", str(dots), "-gray", file, drawn)
    pages = []
    for path in sorted(folder.glob(f"{drawn.name}-*.pgm")):
        with Image.open(path) as page:
            pages.append(page.copy())
        path.unlink()
    return pages


def pdf_a_of(pdf: bytes, folder: Path) -> dict[str, Any]:
    """What pdf-oxide says of a document as PDF/A-2b."""
    file = folder / "archive.pdf"
    file.write_bytes(pdf)
    found: dict[str, Any] = pdf_oxide.PdfDocument(str(file)).validate_pdf_a("2b")
    return found


def run(program: str, *arguments: str | Path) -> str:
    """The output of a program that must be installed."""
    path = shutil.which(program)
    if path is None:
        raise RuntimeError(f"the tests need {program}; install it with: {APT}")
    done = subprocess.run(
        [path, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=30,
        check=False,
    )
    return done.stdout + done.stderr


def in_a_thread(work: Callable[[], _Made]) -> _Made:
    """What `work` makes in a thread without an event loop: in ours that of a browser may run."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()
