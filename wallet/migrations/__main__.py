"""Write a new revision from what the models have and the migrations do not."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from wallet.base.database import Database
from wallet.migrations import FOLDER, alembic_config, migrate


def main(message: str) -> None:
    """Compare the models with an empty database at head; the number of the revision follows."""
    number = len(list((FOLDER / "versions").glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        migrate(db)
        with db.begin() as tx:
            revision = command.revision(
                alembic_config(tx), message, autogenerate=True, rev_id=f"{number:04}"
            )
        db.close()
    assert isinstance(revision, Script)
    path = Path(revision.path)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ###" not in line), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python -m wallet.migrations "what changes"')
    main(sys.argv[1])
