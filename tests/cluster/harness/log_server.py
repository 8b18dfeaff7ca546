# SPDX-License-Identifier: Apache-2.0
"""As much of an API server as `kforge logs` and `kubectl logs` ask for: pods, their watch, and logs of numbered lines made on the way out,
millions of them, with restarts of containers, cut connections and rotation of files."""

import asyncio
import json
import random
import re
import threading
import urllib.parse
from dataclasses import dataclass, field

BLOCK = 1000  # lines made at once
START = 1767323045  # 2026-01-02T03:04:05Z
NAMESPACE = "backend"


@dataclass
class Pod:
    """The log of one container. Line n of it has number n and comes n / rate seconds after the start; runs end at the lines of `runs`."""

    name: str
    lines: int
    runs: list[int] = field(default_factory=list)
    rate: int = 10_000
    service: str = "numbers"
    width: int = 60
    # what has happened so far
    run: int = 0
    state: str = "running"  # running, terminated, finished
    rotated_to: int = 0

    def bounds(self, run: int) -> tuple[int, int]:
        ends = [0, *self.runs, self.lines]
        return ends[run], ends[run + 1]

    @property
    def is_last_run(self) -> bool:
        return self.run == len(self.runs)

    def template(self) -> bytes:
        """A block with the parts left open that all of its lines share."""
        if not hasattr(self, "_template"):
            step = 1_000_000_000 // self.rate  # ns
            rows = []
            for k in range(BLOCK):
                second, rest = divmod(k * step, 1_000_000_000)
                assert second == 0, "a block lies within a second"
                rows.append(f"@T.{rest:09}Z {self.name} n=@N{k:03} ".ljust(self.width + 31 - 8, ".") + "\n")
            self._blocks_per_second = self.rate // BLOCK
            self._rows = rows
            self._template = "".join(rows).encode()
        return self._template

    def block(self, number: int) -> bytes:
        """Lines number * BLOCK and on. Only the first block of a second fits the template; the others are moved by its start."""
        self.template()
        second, place = divmod(number, self._blocks_per_second)
        if not hasattr(self, "_moved"):
            step = 1_000_000_000 // self.rate
            self._moved = []
            for block in range(self._blocks_per_second):
                rows = [re.sub(r"\.(\d{9})Z", f".{(block * BLOCK + k) * step:09}Z", row, count=1) for k, row in enumerate(self._rows)]
                self._moved.append("".join(rows).encode())
        return self._moved[place].replace(b"@T", rfc3339(START + second).encode()).replace(b"@N", b"%06d" % number)

    def text(self, first: int, last: int):
        """The bytes of lines first..last-1, in pieces."""
        for number in range(first // BLOCK, -(-last // BLOCK)):
            data = self.block(number)
            begin, end = max(first - number * BLOCK, 0), min(last - number * BLOCK, BLOCK)
            if (begin, end) != (0, BLOCK):
                data = b"".join(data.splitlines(keepends=True)[begin:end])
            yield data

    def line_at(self, second: int) -> int:
        return max(0, (second - START) * self.rate)

    def to_json(self, version: int) -> dict:
        first, last = self.bounds(self.run)
        started, ended = (rfc3339(START + line // self.rate) + "Z" for line in (first, last))
        state = {"running": {"startedAt": started}} if self.state == "running" else {
            "terminated": {"exitCode": 0 if self.state == "finished" else 1, "startedAt": started, "finishedAt": ended}}
        status = {"name": "app", "restartCount": self.run, "state": state, "ready": self.state == "running"}
        if self.run:
            status["lastState"] = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": started}}
        return {"apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": self.name, "namespace": NAMESPACE, "uid": f"uid-{self.name}", "resourceVersion": str(version),
                             "labels": {"kforge.dev/project": "shop", "kforge.dev/service": self.service, "tier": "backend"}},
                "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "numbers:v1"}]},
                "status": {"phase": "Succeeded" if self.state == "finished" else "Running", "containerStatuses": [status]}}


def rfc3339(second: int) -> str:
    import time
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def second_of(text: str) -> int:
    import calendar
    import time
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


class LogServer:
    """Serves pods in a thread of its own. `cut_after` is a range of bytes after which a log's connection breaks, every second one without
    a sign of it; `unwell` the share of requests, of every kind, that are refused, cut or answered 503 or 429, and a watch of an unwell server
    ends after each event. Use as a context manager."""

    def __init__(self, pods: list[Pod], cut_after: tuple[int, int] | None = None, rotate: bool = False, finish: bool = True, seed: int = 1,
                 unwell: float = 0):
        self.pods = {pod.name: pod for pod in pods}
        self._cut_after, self._rotate, self._finish, self._unwell = cut_after, rotate, finish, unwell
        self._random = random.Random(seed)
        self.log_requests = self.cuts = self.bytes_sent = self.faults = 0
        self._version, self._watchers = 1, []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "LogServer":
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kubeconfig(self) -> str:
        return json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "numbers",
                           "clusters": [{"name": "numbers", "cluster": {"server": self.url}}], "users": [{"name": "user", "user": {}}],
                           "contexts": [{"name": "numbers", "context": {"cluster": "numbers", "user": "user", "namespace": NAMESPACE}}]})

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                path = line.split()[1].decode()
                while (await reader.readline()).strip():
                    pass
                if not await self._answer(writer, path):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer, path: str) -> bool:
        """Whether the connection stays."""
        if self._random.random() < self._unwell:
            return await self._fail(writer)
        url = urllib.parse.urlsplit(path)
        query = dict(urllib.parse.parse_qsl(url.query))
        parts = url.path.strip("/").split("/")
        if parts[-1] == "log":
            return await self._log(writer, self.pods.get(parts[-2]), query)
        if parts[-1] == "pods" and query.get("watch"):
            return await self._watch(writer, query)
        if parts[-1] == "pods":
            items = [pod.to_json(self._version) for pod in self._selected(query)]
            self._reply(writer, 200, {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": str(self._version)}, "items": items})
        elif parts[-2:-1] == ["pods"] and parts[-1] in self.pods:
            self._reply(writer, 200, self.pods[parts[-1]].to_json(self._version))
        elif url.path == "/api":
            self._reply(writer, 200, {"kind": "APIVersions", "versions": ["v1"]})
        elif url.path == "/apis":
            self._reply(writer, 200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": []})
        elif url.path == "/api/v1":
            self._reply(writer, 200, {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
                {"name": "pods", "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": ["get", "list", "watch"], "shortNames": ["po"]},
                {"name": "pods/log", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get"]}]})
        else:
            self._reply(writer, 404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404,
                                      "message": f"no {url.path}"})
        await writer.drain()
        return True

    async def _fail(self, writer) -> bool:
        self.faults += 1
        kind = self._random.choice(["reset", "end", 503, 429])
        if kind == "reset":
            writer.transport.abort()
        if kind in ("reset", "end"):
            return False
        self._reply(writer, kind, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": kind, "message": "not now",
                                   "reason": "ServiceUnavailable" if kind == 503 else "TooManyRequests"}, b"Retry-After: 0\r\n")
        await writer.drain()
        return True

    @staticmethod
    def _reply(writer, status: int, body: dict, headers: bytes = b"") -> None:
        data = json.dumps(body).encode()
        writer.write(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n" % (status, headers, len(data)) + data)

    def _selected(self, query: dict) -> list[Pod]:
        name = query.get("fieldSelector", "").removeprefix("metadata.name=")
        return [pod for pod in self.pods.values() if not name or pod.name == name]

    @staticmethod
    def _begin(writer, kind: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\nTransfer-Encoding: chunked\r\n\r\n")

    @staticmethod
    def _chunk(writer, data: bytes) -> None:
        writer.write(b"%x\r\n" % len(data) + data + b"\r\n")

    async def _watch(self, writer, query: dict) -> bool:
        self._begin(writer, b"application/json")
        names = {pod.name for pod in self._selected(query)}
        queue: asyncio.Queue = asyncio.Queue()
        self._watchers.append(queue)
        since = int(query.get("resourceVersion", 0))
        if since < self._version:
            for pod in self._selected(query):
                queue.put_nowait(pod)
        while True:
            pod = await queue.get()
            if pod.name in names:
                self._chunk(writer, json.dumps({"type": "MODIFIED", "object": pod.to_json(self._version)}).encode() + b"\n")
                await writer.drain()
                if self._unwell:
                    self._watchers.remove(queue)
                    return False

    def _changed(self, pod: Pod, **changes) -> None:
        for name, value in changes.items():
            setattr(pod, name, value)
        self._version += 1
        for queue in self._watchers:
            queue.put_nowait(pod)

    async def _log(self, writer, pod: Pod | None, query: dict) -> bool:
        self.log_requests += 1
        run = pod.run - (1 if query.get("previous") == "true" else 0)
        first, last = pod.bounds(run)
        if since := query.get("sinceTime"):
            wanted = pod.line_at(second_of(since))
            if self._rotate and run == pod.run and wanted > first:
                pod.rotated_to = max(pod.rotated_to, self._random.randint(first, min(wanted, last)))
            first = max(first, wanted)
        if run == pod.run:
            first = max(first, pod.rotated_to)
        if "tailLines" in query:
            first = max(first, last - int(query["tailLines"]))
        follow, was_current = query.get("follow") == "true", run == pod.run
        budget = self._random.randint(*self._cut_after) if self._cut_after else None
        self._begin(writer, b"text/plain")
        for data in pod.text(min(first, last), last):
            if budget is not None and budget < len(data):
                return self._cut(writer, data[:budget])
            self._chunk(writer, data)
            self.bytes_sent += len(data)
            if budget is not None:
                budget -= len(data)
            if writer.transport.get_write_buffer_size() > 1 << 20:
                await writer.drain()
        await writer.drain()
        if follow and was_current and run == pod.run and pod.state == "running":
            if pod.is_last_run and not self._finish:
                await asyncio.Event().wait()
            self._loop.call_later(0.05, self._end_run, pod, run)
        writer.write(b"0\r\n\r\n")
        return True

    def _cut(self, writer, rest: bytes) -> bool:
        self.cuts += 1
        self._chunk(writer, rest)
        if self.cuts % 2:
            writer.write(b"0\r\n\r\n")  # as a load balancer does it: nothing tells that there is more
            return True
        writer.transport.abort()
        return False

    def _end_run(self, pod: Pod, run: int) -> None:
        """The container has written its last line: it ends, and starts again unless this was the last run."""
        if pod.run != run or pod.state != "running":
            return
        if pod.is_last_run:
            return self._changed(pod, state="finished")
        self._changed(pod, state="terminated")
        self._loop.call_later(0.05, lambda: self._changed(pod, state="running", run=run + 1, rotated_to=0))


def missing_or_repeated(lines, pods: list[Pod]) -> list[str]:
    """What is wrong with raw output: every number of every pod once, in order."""
    expected = {pod.name.encode(): 0 for pod in pods}
    problems = []
    for line in lines:
        name, _, rest = line.partition(b" n=")
        number = int(rest[:9])
        if number != expected[name]:
            problems.append(f"{name.decode()}: {number} after {expected[name] - 1}")
            if len(problems) > 10:
                return problems
        expected[name] = number + 1
    problems += [f"{pod.name}: ends at {expected[pod.name.encode()]} of {pod.lines}" for pod in pods if expected[pod.name.encode()] != pod.lines]
    return problems
