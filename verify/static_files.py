"""Static files: packed once, and under an address that changes with any of them.

`url_for("static", filename="css/base.css")` gives `/static/~RELEASE/css/base.css`, where RELEASE is a
hash of all files. Whoever has fetched that never asks again, and what a module imports by a relative
path is of its own release. Without a release, or with another one, a file is asked for anew each time.

All files are read at once, when they are hashed: one that is replaced under a running process is of
its next start, and is never sent under the address of what was there before.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import dirname, join, normpath
from typing import Any, Final

from flask import Flask, Response, abort, request

from verify.assets import static_dir

_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_SCRIPT: Final = "text/javascript"
_KINDS: Final[Mapping[str, str]] = {".js": _SCRIPT, ".mjs": _SCRIPT, ".wasm": "application/wasm"}
"""What a browser insists on and `mimetypes` may take from the machine's own table."""
_PACKED_ALREADY: Final = frozenset({".png", ".jpg", ".woff2"})
_WORTH_PACKING: Final = 512
_IMPORT: Final = re.compile(r'^(?:import|} from|export)\b.*?"(\.[^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Release:
    """The files of a folder as they were when they were read: a hash of all their names and contents, 16
    hexadecimal digits, and each by its name below the folder."""

    name: str
    files: Mapping[str, bytes]

    def address(self, file: str) -> str:
        """Where one of the files is found."""
        return f"/static/~{self.name}/{file}"


@dataclass(frozen=True)
class _File:
    body: bytes
    packed: bytes | None
    kind: str
    tag: str


def read_release(folder: Path) -> Release:
    """Read all files below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    digest = hashlib.sha256()
    for name, body in files.items():
        digest.update(f"{name} ".encode())
        digest.update(hashlib.sha256(body).digest())
    return Release(digest.hexdigest()[:16], files)


@cache
def this_release() -> Release:
    """The static files of this process, read when they are first asked for."""
    return read_release(static_dir())


@cache
def imported_by(name: str) -> list[str]:
    """The modules that a module imports, and those that they do: a page names them all at once, or a
    browser finds out about each only when it has read the one before."""
    files = this_release().files
    found: list[str] = []
    waiting = [name]
    while waiting:
        module = waiting.pop()
        for place in _IMPORT.findall(files[module].decode()):
            imported = normpath(join(dirname(module), place))
            if imported not in found:
                found.append(imported)
                waiting.append(imported)
    return sorted(found)


def publish_static(app: Flask, guard: Callable[[Any], Any]) -> None:
    """Serve the static files as the endpoint `static`; `guard` declares that anyone may.

    Templates get `imported_by`.
    """
    release = this_release()
    app.add_template_global(imported_by, "imported_by")
    prefix = f"~{release.name}/"

    @app.url_defaults
    def name_the_release(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values["filename"] in release.files:
            values["filename"] = prefix + values["filename"]

    @guard
    def send_static(filename: str) -> Response:
        name = filename.partition("/")[2] if filename.startswith("~") else filename
        if name not in release.files:
            abort(404)
        file = _file(name)
        packed = file.packed is not None and request.accept_encodings.quality("gzip") > 0
        response = Response(file.packed if packed else file.body, content_type=file.kind)
        if file.packed is not None:
            response.vary.add("Accept-Encoding")
        if packed:
            response.content_encoding = "gzip"
        response.set_etag(f"{file.tag}-gzip" if packed else file.tag)
        response.headers["Cache-Control"] = (
            _IMMUTABLE if filename.startswith(prefix) else _ASK_AGAIN
        )
        return response.make_conditional(request)  # type: ignore[return-value]

    app.add_url_rule("/static/<path:filename>", "static", send_static)


@cache
def _file(name: str) -> _File:
    """One of this release, packed when it is first asked for."""
    body = this_release().files[name]
    suffix = PurePosixPath(name).suffix
    packed = None
    if len(body) >= _WORTH_PACKING and suffix not in _PACKED_ALREADY:
        packed = gzip.compress(body, mtime=0)
    kind = _KINDS.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return _File(body, packed, kind, hashlib.sha256(body).hexdigest()[:32])
