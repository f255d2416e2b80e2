"""How much of the faults is run: a sample in `make test`, all of it in `make faults`."""

from __future__ import annotations

import os
from typing import Final

ROUNDS: Final = int(os.environ.get("LZ_FAULT_ROUNDS", "100"))
"""Races for each kind of database and each state of Redis; the other faults follow from it."""
KEPT_FROM: Final = 1_000
"""From so many rounds on, what was measured is kept, and told in docs/exactly-once.md."""
BLOCK: Final = 200
"""Races whose codes are shown together: they must be over before these expire."""
STRIKES: Final = 10
"""How often something happens to Redis during the rounds, if there are as many blocks."""
KILLS: Final = max(5, ROUNDS // 20)
"""Kills of a process that issues one by one, and as many of one that works batches off."""
