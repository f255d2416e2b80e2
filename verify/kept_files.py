"""A page that is installed as an app: the files of it that a browser keeps.

A service worker keeps them. Its script names them and is versioned by their release, so that a browser
takes a new release whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from fnmatch import fnmatchcase

from flask import Response, request

from verify.static_files import Release


def worker_script(release: Release, worker: str, patterns: Sequence[str]) -> str:
    """The script of a service worker.

    `worker` is the file that it is made of, `patterns` name what it keeps, both below the static folder. In front of it
    stand VERSION, which changes with any file, and KEPT, the addresses of what is kept.
    """
    names = (name for name in release.files if any(fnmatchcase(name, one) for one in patterns))
    kept = [release.address(name) for name in names]
    return (
        f"const VERSION = {json.dumps(release.name)};\n"
        f"const KEPT = {json.dumps(kept, indent=1)};\n"
        f"{release.files[worker].decode()}"
    )


def fresh(content: str, kind: str) -> Response:
    """An answer that is asked for anew each time: it says what is new in all the others."""
    body = content.encode()
    response = Response(body, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return response.make_conditional(request)  # type: ignore[return-value]
