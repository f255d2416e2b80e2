"""Change what judges a code in every small way, and see that its tests notice: part of `make proof`.

1. mutmut changes the functions, and tries the tests on each change in a fork of one process.
2. A change that went unnoticed there is tried in a process of its own: what runs while a module
   is loaded had run before the fork.
3. Numbers, texts, patterns and tables outside of functions, which mutmut leaves alone, are changed
   here, each in a process of its own.

Prints the share of changes that were noticed; ends with 1 below the target, or where one that was
not is missing in docs/mutation.md.
"""

import ast
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".venv" / "mutation"
EXPLAINED = ROOT / "docs" / "mutation.md"
TARGET = 0.9
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
PYTEST = [
    sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
    *SETTINGS["pytest_add_cli_args"], *SETTINGS["pytest_add_cli_args_test_selection"],
]  # fmt: skip
FRESH = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Compiled files are known by second and size, which a change may leave as they were."""


def main() -> int:
    """Change, test, report."""
    shutil.rmtree(WORK, ignore_errors=True)
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    for name in ("verify", "tests"):
        shutil.copytree(ROOT / name, WORK / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", WORK)
    if noticed(WORK, {}):
        raise SystemExit("The tests fail without any change.")
    print(
        f"Changing the judge; this takes half an hour. {WORK / 'mutmut.log'} tells how far it is."
    )
    changed: Counter[str] = Counter()
    survived: list[tuple[str, str]] = []
    for file, change, kept in itertools.chain(in_functions(), outside_functions()):
        changed[file] += 1
        if kept:
            survived.append((file, change))
            print(f"not noticed in {file}: {change}", flush=True)
    return report(changed, survived)


def noticed(folder: Path, environment: dict[str, str]) -> bool:
    """Whether the tests fail in a folder."""
    done = subprocess.run(
        PYTEST, cwd=folder, env=os.environ | FRESH | environment, capture_output=True, check=False
    )
    return done.returncode != 0


def in_functions() -> Iterator[tuple[str, str, bool]]:
    """What mutmut makes: file, change, whether no test noticed it."""
    mutmut = [sys.executable, "-m", "mutmut"]
    with (WORK / "mutmut.log").open("wb") as log:
        subprocess.run([*mutmut, "run", "--max-children", "1"], cwd=WORK, stdout=log, check=True)
    for file in SETTINGS["only_mutate"]:
        meta = json.loads((WORK / "mutants" / f"{file}.meta").read_text("utf-8"))
        for name, code in meta["exit_code_by_key"].items():
            kept = code in {0, 33} and not noticed(WORK / "mutants", {"MUTANT_UNDER_TEST": name})
            shown = subprocess.run(
                [*mutmut, "show", name], cwd=WORK, capture_output=True, text=True, check=True
            ).stdout if kept else ""  # fmt: skip
            lines = [line[1:].strip() for line in shown.splitlines() if re.match(r"[-+] ", line)]
            yield file, " → ".join(lines), kept


def outside_functions() -> Iterator[tuple[str, str, bool]]:
    """What is changed here: file, change, whether no test noticed it."""
    for file in SETTINGS["only_mutate"]:
        path = WORK / file
        source = path.read_text("utf-8")
        for change, text in changes(source):
            path.write_text(text, "utf-8")
            yield file, change, not noticed(WORK, {})
        path.write_text(source, "utf-8")


def changes(source: str) -> Iterator[tuple[str, str]]:
    """Each small change of what a module assigns: how it is told, and the whole text with it."""
    data = source.encode()
    starts = [0, *itertools.accumulate(map(len, data.splitlines(keepends=True)))]
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        name = ast.unparse(statement).partition(" = ")[0].partition(":")[0]
        for node in ast.walk(statement.value):
            for part, told, other in variants(node):
                begin = starts[part.lineno - 1] + part.col_offset
                end = starts[(part.end_lineno or 0) - 1] + (part.end_col_offset or 0)
                text = data[:begin] + other.encode() + data[end:]
                yield f"{name}: {told}", text.decode()


def variants(node: ast.AST) -> Iterator[tuple[ast.expr, str, str]]:
    """A part of a value, how its change is told, and what stands there instead."""
    match node:
        case ast.Call(func=ast.Attribute(attr="compile"), args=[ast.Constant() as part]):
            for other in patterns(part.value):
                yield part, f"{part.value} → {other}", f'r"{other}"'
        case ast.Constant(value=bool() | None):
            pass
        case ast.Constant(value=int(number)):
            for other in (number - 1, number + 1):
                yield node, f"{number} → {other}", str(other)
        case ast.Constant(value=str(text)) if not set(text) & set("\\[{"):
            yield node, f"{text} → {text}X", repr(f"{text}X")
        case ast.Dict(keys=keys, values=values):
            pairs = [f"{ast.unparse(k)}: {ast.unparse(v)}" for k, v in zip(keys, values) if k]  # noqa: B905
            for pair in pairs:
                rest = ", ".join(each for each in pairs if each != pair)
                yield node, f"without {pair}", f"{{{rest}}}"


def patterns(pattern: str) -> Iterator[str]:
    """A pattern with other counts, without each of its ranges, and with one character more."""
    for count in re.finditer(r"(?<=[{,])\d+", pattern):
        for step in (-1, 1):
            yield f"{pattern[: count.start()]}{int(count[0]) + step}{pattern[count.end() :]}"
    for each in re.findall(r"[A-Za-z0-9]-[A-Za-z0-9]", pattern):
        yield pattern.replace(each, "", 1)
    for opened in re.finditer(r"\[\^?", pattern):
        yield f"{pattern[: opened.end()]}!{pattern[opened.end() :]}"


def report(changed: Counter[str], survived: list[tuple[str, str]]) -> int:
    """Print the scores, and the changes that nobody has explained."""
    explained = EXPLAINED.read_text("utf-8")
    kept = Counter(file for file, _ in survived)
    for file, total in changed.items():
        print(f"{file:<22} {total - kept[file]} of {total} noticed: {1 - kept[file] / total:.1%}")
    unexplained = [change for _, change in survived if f"`{change}`" not in explained]
    for change in unexplained:
        print(f"not in {EXPLAINED.relative_to(ROOT)}: {change}")
    good = all(1 - kept[file] / total >= TARGET for file, total in changed.items())
    return 0 if good and not unexplained else 1


if __name__ == "__main__":
    sys.exit(main())
