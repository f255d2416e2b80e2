"""Programs of the product under watch: what their processes use, and an end at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from wallet.config import Config

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_STOP_SECONDS: Final = 30


class Watched:
    """`python -m wallet …` on the demo of a data folder, in a session of its own."""

    def __init__(self, config: Config, *arguments: str | Path, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if "LIANGZHENG" not in name}
        self._cpu: dict[int, float] = {}
        self._memory: dict[int, int] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wallet", *map(str, arguments)],
            env=kept | {"LIANGZHENG_DATA": str(config.data)} | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def runs(self) -> bool:
        """Whether it has not ended; looks at what its processes use meanwhile."""
        self._look()
        return self._process.poll() is None

    def pause(self) -> None:
        """Let none of its processes go on."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let them go on."""
        os.killpg(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL to all its processes at once."""
        self._look()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as an operator does."""
        self._look()
        self.resume()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_STOP_SECONDS)

    @property
    def cpu_seconds(self) -> float:
        """Processor time of all its processes, as last seen."""
        return sum(self._cpu.values())

    @property
    def peak_mib(self) -> int:
        """The most memory that any one of its processes has had."""
        return max(self._memory.values(), default=0) // 1024

    def _look(self) -> None:
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal():
                continue
            try:
                # Behind the name in brackets, which may hold anything: state, parent, group, session.
                fields = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
                if int(fields[3]) != self._process.pid:
                    continue
                status = (folder / "status").read_text("ascii", "replace")
            except OSError:
                continue  # it has ended meanwhile
            pid = int(folder.name)
            self._cpu[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    self._memory[pid] = int(line.split()[1])
