"""Where the pages' templates, static files and translations lie.

In a wheel they ship inside this package (the lower of the two, so that both find them);
in a checkout they are the repository's own top-level folders.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def templates_dir() -> Path:
    """Folder of the Jinja templates."""
    return _folder("templates")


def static_dir() -> Path:
    """Folder of css, JavaScript modules, pictures and vendored files."""
    return _folder("static")


def translations_dir() -> Path:
    """Folder of the gettext catalogues; the message ids are the Chinese sentences."""
    return _PACKAGE / "translations"


def _folder(name: str) -> Path:
    shipped = _PACKAGE / f"_{name}"
    return shipped if shipped.is_dir() else _PACKAGE.parent / name
