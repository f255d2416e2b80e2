"""Files for their owner alone: read only where others may not, written whole or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wallet.errors import ConfigurationError

_FILE_MODE: Final = 0o600


def read_private(path: Path) -> bytes:
    """What a file holds; raises ConfigurationError when it is not there or others may touch it."""
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path} may be read by others; run: chmod 600 {path}")
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(f"{path} is missing; restore it from a copy") from None


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 and rename it into its place, lasting when this returns."""
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder where it is missing, and keep other processes out of it meanwhile."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
