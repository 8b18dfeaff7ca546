# SPDX-License-Identifier: Apache-2.0
"""Customers who do not stop asking while something is changed, and the count of those who got no answer."""

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass

from .shop import HOST


@dataclass(frozen=True)
class Place:
    """What customers ask for."""

    address: str
    path: str = "/api/products"
    port: int = 80


class Load:
    """`customers` threads that ask one after the other. With keep-alive a connection is used until the server closes it."""

    def __init__(self, place: Place, customers: int = 4, keep_alive: bool = True, pause: float = 0.01):
        self._place, self._keep_alive, self._pause = place, keep_alive, pause
        self.answers: Counter = Counter()   # by status
        self.versions: Counter = Counter()  # by x-service-version
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._customer, daemon=True) for _ in range(customers)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    @property
    def count(self) -> int:
        return sum(self.answers.values()) + len(self.failures)

    @property
    def bad(self) -> list[str]:
        return self.failures + [f"{count} times {status}" for status, count in self.answers.items() if status != 200]

    def _customer(self) -> None:
        connection = None
        while not self._stop.wait(self._pause):
            reused = connection is not None
            connection = connection or http.client.HTTPConnection(self._place.address, self._place.port, timeout=30)
            try:
                connection = self._ask(connection)
            except (OSError, http.client.HTTPException) as problem:
                connection.close()
                connection = None
                # A server may close a connection that idles; every client asks again then, on a new one (RFC 9110, 9.2.2).
                if not (reused and isinstance(problem, (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError))):
                    self.failures.append(f"{time.strftime('%H:%M:%S')} {problem!r}")

    def _ask(self, connection: http.client.HTTPConnection) -> http.client.HTTPConnection | None:
        """The connection for the next question, if it can be used again."""
        connection.request("GET", self._place.path, headers={"Host": HOST, "Connection": "keep-alive" if self._keep_alive else "close"})
        answer = connection.getresponse()
        text = answer.read()
        self.answers[answer.status] += 1
        self.versions[answer.headers.get("x-service-version")] += 1
        if answer.status != 200:
            self.failures.append(f"{time.strftime('%H:%M:%S')} {answer.status} {text[:200]!r}")
        if not self._keep_alive or answer.will_close:
            connection.close()
            return None
        return connection
