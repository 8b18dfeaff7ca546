# SPDX-License-Identifier: Apache-2.0
"""What the API server saw a user do: its audit log."""

import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

WRITING = {"create", "update", "patch", "delete", "deletecollection"}


@dataclass(frozen=True)
class Request:
    verb: str
    uri: str
    resource: str
    namespace: str
    name: str
    subresource: str
    code: int
    agent: str

    @property
    def is_write(self) -> bool:
        """A write that the server may keep; dry runs and questions about one's own rights are none."""
        return self.verb in WRITING and not self.is_dry_run and self.resource not in ("selfsubjectaccessreviews", "selfsubjectreviews",
                                                                                     "selfsubjectrulesreviews")

    @property
    def is_dry_run(self) -> bool:
        return "dryRun=All" in self.uri

    @property
    def manager(self) -> str:
        """The field manager that a write names."""
        return parse_qs(urlsplit(self.uri).query).get("fieldManager", [""])[0]

    def __str__(self) -> str:
        return f"{self.verb} {self.uri} -> {self.code}"


class AuditTrail:
    """The requests of one user from now on. `ask` sends one request as that user; it marks the end of what is read."""

    def __init__(self, log: Path, user: str, ask):
        self._log, self._user, self._ask, self._start = log, user, ask, log.stat().st_size

    def requests(self) -> list[Request]:
        """All finished requests but the mark. The log is written after the answer, so a mark tells when it is complete."""
        mark = f"/healthz/{uuid.uuid4().hex}"
        self._ask(mark)
        for _ in range(400):
            found = [self._parse(event) for event in self._events()]
            if any(request.uri == mark for request in found):
                return [request for request in found if not request.uri.startswith("/healthz/")]
            time.sleep(0.025)
        raise AssertionError("the audit log does not show the mark")

    def writes(self) -> list[Request]:
        return [request for request in self.requests() if request.is_write]

    def _events(self):
        with self._log.open("rb") as log:
            log.seek(self._start)
            for line in log:
                if line.endswith(b"\n"):
                    event = json.loads(line)
                    # A watch shows up when it starts and when it ends.
                    if event["user"].get("username") == self._user and event["stage"] == "ResponseComplete":
                        yield event

    @staticmethod
    def _parse(event: dict) -> Request:
        target = event.get("objectRef", {})
        return Request(verb=event["verb"], uri=event["requestURI"], resource=target.get("resource", ""),
                       namespace=target.get("namespace", ""), name=target.get("name", ""), subresource=target.get("subresource", ""),
                       code=event.get("responseStatus", {}).get("code", 0), agent=event.get("userAgent", ""))
