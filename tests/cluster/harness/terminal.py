# SPDX-License-Identifier: Apache-2.0
"""Runs kforge on a pseudo terminal and keeps the screen as a person would see it."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

import pyte

from .paths import kforge_binary


class TerminalRun:
    def __init__(self, arguments: tuple[str, ...], folder: Path, env: dict[str, str], size: tuple[int, int]):
        lines, columns = size
        self.arguments = arguments
        self._screen = pyte.HistoryScreen(columns, lines, history=5000)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = bytearray()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.settings_before = termios.tcgetattr(slave)
        self._slave = slave  # kept open: the settings are read after the end, and no output is lost

        def own_the_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self._process = subprocess.Popen([kforge_binary(), *arguments], cwd=folder, env=env, stdin=slave, stdout=slave, stderr=slave,
                                         preexec_fn=own_the_terminal)

    @property
    def settings(self) -> list:
        return termios.tcgetattr(self._slave)

    @property
    def cursor_hidden(self) -> bool:
        return self._screen.cursor.hidden

    @property
    def screen(self) -> str:
        """The visible lines."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip() + "\n"

    @property
    def everything(self) -> str:
        """What scrolled away and the visible lines."""
        gone = ("".join(line[column].data for column in range(self._screen.columns)).rstrip() for line in self._screen.history.top)
        return "\n".join([*gone, self.screen])

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        chunk = os.read(self._master, 65536)
        self.raw += chunk
        self._stream.feed(chunk)
        return True

    def wait_for(self, condition, timeout: float = 60) -> None:
        """Reads until `condition(screen)` holds; a string means: the screen shows it."""
        holds = (lambda text: condition in text) if isinstance(condition, str) else condition
        end = time.monotonic() + timeout
        while not holds(self.screen):
            assert time.monotonic() < end, f"the screen did not show it in {timeout}s:\n{self.everything}"
            if not self._read(0.05) and self._process.poll() is not None and not holds(self.screen):
                raise AssertionError(f"kforge ended with {self._process.returncode}:\n{self.everything}")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def resize(self, lines: int, columns: int) -> None:
        """As when a window is pulled larger or smaller."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._screen.resize(lines, columns)

    def finish(self, timeout: float = 60) -> int:
        """Reads to the end and returns the exit code."""
        end = time.monotonic() + timeout
        while self._process.poll() is None:
            if time.monotonic() > end:
                self._process.kill()
                self._process.wait()
                raise AssertionError(f"kforge did not end in {timeout}s:\n{self.everything}")
            self._read(0.05)
        while self._read(0):
            pass
        return self._process.returncode

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._slave)
        os.close(self._master)
