"""The people of the sign-in page: everyone in `data/people.json`, in the order of that file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flask_babel import gettext as _

from verify.languages import chosen_language
from wallet.demo.data import load_holders, load_staff, load_units


@dataclass(frozen=True)
class Persona:
    """One person, in the group of the page (0 holders, 1 desks, 2 others) and its language."""

    id: str
    name: str
    about: str
    group: int
    group_label: str
    icon: str


def personas() -> list[Persona]:
    """Everyone who may sign in to the demo, for the page of the current request; asks no database."""
    return list(_personas(chosen_language()))


def short_note(note: str, separator: str = "；") -> str:
    """A note of the data without its first words, that the person is invented."""
    return note.rsplit(separator, maxsplit=1)[-1].strip()


@cache
def _personas(language: str) -> tuple[Persona, ...]:
    return (*_holders(language), *sorted(_staff(language), key=lambda persona: persona.group))


def _holders(language: str) -> Iterator[Persona]:
    english = language == "en"
    for login, row in load_holders().items():
        note = short_note(row.note_en, ";") if english else short_note(row.note)
        about = [note[:1].upper() + note[1:]]
        if row.organisation:
            about.append(row.organisation.name_en if english else row.organisation.name)
        icon = "building" if row.organisation else "person"
        yield Persona(login, row.name, " · ".join(about), 0, _("持证人（手机）"), icon)


def _staff(language: str) -> Iterator[Persona]:
    english = language == "en"
    units = {unit.code: unit.name_en if english else unit.name for unit in load_units()}
    for login, row in load_staff().items():
        terminal = row.terminal_en if english else row.terminal
        desk = "desk" in row.roles
        yield Persona(
            id=login,
            name=row.name,
            about=" · ".join(filter(None, (units[row.unit], terminal))),
            group=1 if desk else 2,
            group_label=_("核验窗口（电脑）") if desk else _("其他工作人员"),
            icon="desk" if desk else "people",
        )
