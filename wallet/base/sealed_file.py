"""Large files at rest: sealed in frames, so that any part can be read without the rest."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from wallet.base.encryption import Vault

FRAME: Final = 1 << 16
"""Bytes of the file that are sealed together."""
_OVERHEAD: Final = 28
"""Nonce and tag of a frame."""


def seal_file(vault: Vault, parts: Iterable[bytes], path: Path, context: str) -> int:
    """Write what the parts hold, sealed, lasting when this returns; gives its size in bytes.

    Memory holds a part and a frame. When the parts raise, no file is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    size = number = 0
    pending = bytearray()
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                size += len(part)
                pending += part
                while len(pending) >= FRAME:
                    file.write(_seal(vault, bytes(pending[:FRAME]), context, number))
                    del pending[:FRAME]
                    number += 1
            if pending:
                file.write(_seal(vault, bytes(pending), context, number))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise
    return size


def open_sealed(vault: Vault, path: Path, context: str, size: int) -> io.BufferedReader:
    """A file that `seal_file` wrote, to be read and sought like any other."""
    return io.BufferedReader(_Frames(vault, path, context, size), FRAME)


class _Frames(io.RawIOBase):
    def __init__(self, vault: Vault, path: Path, context: str, size: int) -> None:
        self._vault, self._context, self._size = vault, context, size
        self._file = path.open("rb")
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("a place before the start")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, FRAME)
        if self._held[0] != number:
            self._file.seek(number * (FRAME + _OVERHEAD))
            sealed = self._file.read(FRAME + _OVERHEAD)
            self._held = number, self._vault.open_bytes(sealed, _context(self._context, number))
        part = self._held[1][offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()


def _seal(vault: Vault, frame: bytes, context: str, number: int) -> bytes:
    return vault.seal_bytes(frame, _context(context, number))


def _context(context: str, number: int) -> str:
    # Its number is part of a frame's context, so that none can be put in another's place.
    return f"{context} {number}"
