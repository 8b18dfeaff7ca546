# SPDX-License-Identifier: Apache-2.0
"""What a run of a program costs."""

import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    code: int
    seconds: float  # since measured() was called
    cpu: float  # seconds
    peak: float  # MiB


def measured(process: subprocess.Popen, read=lambda: None, every: float = 0.02) -> Cost:
    """The cost of a process that was just started, to its end; `read` takes its output meanwhile. Its peak memory is looked for while it runs,
    `every` so many seconds: ru_maxrss would count the memory of this program, which started it."""
    started = time.monotonic()
    peak, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(every):
            peak[0] = max(peak[0], _peak_of(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    ended.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(process.returncode, seconds, usage.ru_utime + usage.ru_stime, peak[0] / 1024)


def _peak_of(pid: int) -> int:
    """KiB."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0
