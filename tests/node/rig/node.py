# SPDX-License-Identifier: Apache-2.0
"""The running node: its programs, and what they leave in the machine."""

import fcntl
import os
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

from harness.wait import until

FOLDER = Path(__file__).resolve().parents[1]
NAME = "real-1"


class Node:
    def __init__(self, folder: Path):
        self.folder = folder
        self._first = (folder / "namespaces.pid").read_text().strip()

    @contextmanager
    def turn(self, alone: bool = False):
        """Tests run beside each other, but for those that disturb the node for all: these wait for the others and have it alone."""
        with (self.folder / "settings/turn").open("a") as turns:
            fcntl.flock(turns, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def log_file(self, pod: dict, container: str) -> Path:
        """Where the kubelet keeps what the first run of a container writes; rotation gives the name to another file."""
        name = pod["metadata"]
        return self.folder / f"logs/pods/{name['namespace']}_{name['name']}_{name['uid']}/{container}/0.log"

    def inside(self, *command: str, check: bool = True) -> str:
        """The output of a command in the node's namespaces."""
        entered = ["nsenter", "-t", self._first, "-p", "-m", "-n", "--", *command]
        return subprocess.run(entered, check=check, capture_output=True, text=True, timeout=60).stdout

    def processes(self, program: str) -> list[int]:
        """The ids, as the machine counts them, of the node's processes of that name."""
        space = os.readlink(f"/proc/{self._first}/ns/pid")
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and (entry / "comm").read_text().strip() == program[:15] and os.readlink(entry / "ns/pid") == space:
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                pass  # it ended meanwhile
        return found

    def signal(self, program: str, number: signal.Signals) -> None:
        [process] = self.processes(program)
        os.kill(process, number)

    def kill(self, program: str) -> None:
        """SIGKILL, and waits until it is gone."""
        [process] = self.processes(program)
        os.kill(process, signal.SIGKILL)
        until(lambda: process not in self.processes(program))

    def start(self, program: str) -> None:
        """`containerd` or `kubelet`, as `tests/node/up` does."""
        self.inside(str(FOLDER / "start"), str(self.folder), program)
