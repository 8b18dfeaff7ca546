# SPDX-License-Identifier: Apache-2.0
"""The binary under test as a process."""

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .paths import kforge_binary


@dataclass(frozen=True)
class Result:
    """What a finished run left behind."""

    arguments: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    def json(self) -> dict:
        """The one document of `-o json`."""
        return json.loads(self.stdout)

    def expect(self, code: int) -> "Result":
        assert self.code == code, f"exit code {self.code}, not {code}: {self}"
        return self

    def __str__(self) -> str:
        return f"kforge {' '.join(self.arguments)} -> {self.code} in {self.seconds:.1f}s\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


def environment(home: Path, kubeconfig: Path | None, extra: dict[str, str] | None = None) -> dict[str, str]:
    """A small, known environment: nothing of the machine's own kubeconfig, CI marks or KFORGE_ variables gets in."""
    values = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TERM": "dumb"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            values[name] = os.environ[name]
    if kubeconfig:
        values["KUBECONFIG"] = str(kubeconfig)
    return values | (extra or {})


class Running:
    """A run that has not ended yet. Its output is collected all the time, so it never blocks on a full pipe."""

    def __init__(self, arguments: tuple[str, ...], folder: Path, env: dict[str, str]):
        self.arguments, self._started = arguments, time.monotonic()
        self._process = subprocess.Popen([kforge_binary(), *arguments], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._output = {"stdout": bytearray(), "stderr": bytearray()}
        self._readers = [threading.Thread(target=self._collect, args=(name,), daemon=True) for name in self._output]
        for reader in self._readers:
            reader.start()

    def _collect(self, name: str) -> None:
        while chunk := os.read(getattr(self._process, name).fileno(), 65536):
            self._output[name] += chunk

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def text(self) -> str:
        return b"".join(bytes(part) for part in self._output.values()).decode()

    def wait_for(self, condition, timeout: float = 60) -> None:
        """Waits until `condition(text so far)` holds; a string means: the text contains it."""
        holds = (lambda text: condition in text) if isinstance(condition, str) else condition
        end = time.monotonic() + timeout
        while not holds(self.text):
            assert self._process.poll() is None, f"kforge ended with {self._process.returncode}:\n{self.text}"
            assert time.monotonic() < end, f"kforge did not get there in {timeout}s:\n{self.text}"
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def finish(self, timeout: float = 120) -> Result:
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"kforge {' '.join(self.arguments)} did not end in {timeout}s:\n{self.text}") from None
        seconds = time.monotonic() - self._started
        for reader in self._readers:
            reader.join(10)
        return Result(self.arguments, code, self._output["stdout"].decode(), self._output["stderr"].decode(), seconds)
