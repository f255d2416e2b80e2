"""How much of the faults is run: a sample in `make test`, all of it in `make faults`."""

from __future__ import annotations

import os
from typing import Final

ROUNDS: Final = int(os.environ.get("LZ_FAULT_ROUNDS", "100"))
"""Races for each kind of database and each state of Redis."""
FULL: Final = 10_000
"""From so many rounds on, what was measured is kept in `bench/results/`."""
BLOCK: Final = 250
"""Races whose codes are shown together: they must be over before these expire."""
STRIKES: Final = 10
"""How often something happens to Redis during the rounds, if there are as many blocks."""
