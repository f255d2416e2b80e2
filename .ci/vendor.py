"""Fetch the pinned npm files of static/vendor again, or check that nobody has changed them.

    python .ci/vendor.py check      every file has the SHA-256 of VENDOR.json
    python .ci/vendor.py fetch      download the pinned packages and write their files

To move to a newer version, change `version` and `integrity` in VENDOR.json (`npm view NAME
dist.integrity`), run `fetch --accept`, which also rewrites the file hashes, and read the diff.
A font may be cut down to `characters`: a codec of Python with two bytes for each, Latin letters kept, or
`mongolian`, the letters of Mongolian with what joins them. One whose path ends in .woff2 is packed so.
`fetch` needs npm, fontTools and brotli; the check needs nothing.
"""

import argparse
import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1] / "static" / "vendor"
LOCK = HERE / "VENDOR.json"


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def package_files(package: dict[str, Any]) -> dict[str, bytes]:
    """The tarball's members, by path within the package, once its integrity has been checked."""
    name, version = package["name"], package["version"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True)
        tarball = next(Path(folder).glob("*.tgz")).read_bytes()
    algorithm, _, expected = package["integrity"].partition("-")
    found = base64.b64encode(hashlib.new(algorithm, tarball).digest()).decode()
    if found != expected:
        raise SystemExit(f"{name} {version}: integrity is {algorithm}-{found}, not as locked")
    members: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                members[member.name.partition("/")[2]] = content.read()
    return members


def characters_of(name: str) -> set[int]:
    """The code points that are called so: see above."""
    if name == "mongolian":
        # Hudum: punctuation, digits, letters and selectors; the spaces and joiners before a suffix.
        return {*range(0x1800, 0x1843), 0x20, 0x200C, 0x200D, 0x202F}
    return _of_codec(name)


def _of_codec(codec: str) -> set[int]:
    """What a codec writes in one or two bytes, and Latin with its accents."""
    texts = [bytes([high, low]) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF)]
    chinese = "".join(text.decode(codec, "ignore") for text in texts)
    return {ord(character) for character in chinese} | {*range(0x20, 0x7F), *range(0xA0, 0x180)}


def cut_font(content: bytes, characters: str, packed: bool) -> bytes:
    """A font with these characters alone, without hints; the same bytes each time."""
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - the check does without it
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    font = TTFont(io.BytesIO(content), recalcTimestamp=False)
    joined = ["*"] if characters == "mongolian" else ["ccmp", "locl", "mark"]
    options = Options(hinting=False, notdef_outline=True, layout_features=joined)
    cutter = Subsetter(options)
    cutter.populate(unicodes=characters_of(characters))
    cutter.subset(font)
    font.flavor = "woff2" if packed else None
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()


def fetch(lock: dict[str, Any], accept: bool) -> None:
    """Write every locked file; with `accept` the lock takes the new hashes over."""
    for package in lock["packages"]:
        members = package_files(package)
        for file in package["files"]:
            content = members[file["from"]]
            if "characters" in file:
                packed = file["path"].endswith(".woff2")
                content = cut_font(content, file["characters"], packed)
            if accept:
                file["sha256"] = sha256(content)
            elif sha256(content) != file["sha256"]:
                raise SystemExit(f"{file['path']}: SHA-256 is not as locked")
            target = HERE / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    if accept:
        LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check(lock: dict[str, Any]) -> list[str]:
    """What is wrong with the files on disk, one line each; empty when all is well."""
    wrong = []
    for package in lock["packages"]:
        for file in package["files"]:
            path = HERE / file["path"]
            if not path.is_file():
                wrong.append(f"{file['path']}: missing")
            elif sha256(path.read_bytes()) != file["sha256"]:
                wrong.append(f"{file['path']}: changed")
    return wrong


def main() -> int:
    """Run one of the two commands; the exit code is 1 when a file is not as locked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("command", choices=["check", "fetch"])
    parser.add_argument("--accept", action="store_true", help="write new hashes into the lock")
    arguments = parser.parse_args()
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    if arguments.command == "fetch":
        fetch(lock, arguments.accept)
    wrong = check(lock)
    print("\n".join(wrong) if wrong else f"{len(lock['packages'])} packages as locked")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
