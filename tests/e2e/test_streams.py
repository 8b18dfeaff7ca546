# SPDX-License-Identifier: Apache-2.0
"""exec and port-forward carry every byte, both ways at once. KFORGE_TEST_STREAM_MIB=1024 makes it a gibibyte."""

import hashlib
import os
import re
import signal
import socket
import subprocess
import threading

import pytest

from harness.kforge import environment
from harness.measure import measured
from harness.paths import kforge_binary

MIB = 1 << 20
SIZE = int(os.environ.get("KFORGE_TEST_STREAM_MIB", 64)) * MIB
# No piece of it looks like its neighbour, so that lost, repeated and exchanged pieces are found out.
PIECES = [hashlib.shake_128(bytes([number])).digest(MIB - 1) for number in range(31)]


@pytest.fixture
def web(sandbox):
    sandbox.write_service()
    sandbox.deploy()
    return sandbox


def pieces():
    left, number = SIZE, 0
    while left > 0:
        piece = PIECES[number % len(PIECES)][:left]
        yield piece
        left, number = left - len(piece), number + 1


def digest_of(chunks) -> str:
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


class Sender(threading.Thread):
    """Sends all pieces while somebody else reads what comes back."""

    def __init__(self, write, end=lambda: None):
        super().__init__(daemon=True)
        self._write, self._end = write, end
        self.start()

    def run(self):
        for piece in pieces():
            self._write(piece)
        self._end()


def test_exec_carries_every_byte_both_ways(web):
    command = [kforge_binary(), "exec", "-i", "web", "--sandbox", "--", "cat"]
    process = subprocess.Popen(command, cwd=web.folder, env=environment(web.folder, None), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    Sender(process.stdin.write, process.stdin.close)
    back = []
    cost = measured(process, read=lambda: back.append(digest_of(iter(lambda: process.stdout.read(MIB), b""))))
    assert (cost.code, back) == (0, [digest_of(pieces())])
    assert cost.peak < 128, "memory does not grow with what is carried"
    print(f"exec, {SIZE // MIB} MiB each way: {cost.cpu:.2f} s of CPU, {cost.peak:.0f} MiB")


def head_of(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    return head


def test_port_forward_carries_every_byte_both_ways(web):
    command = [kforge_binary(), "port-forward", "web", ":8000", "--sandbox"]
    process = subprocess.Popen(command, cwd=web.folder, env=environment(web.folder, None), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def carry() -> None:
        port = int(re.search(r"localhost:(\d+) -> ", process.stdout.readline())[1])
        with socket.create_connection(("localhost", port), 60) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % SIZE)
            Sender(connection.sendall)
            assert b"Content-Length: %d\r\n" % SIZE in head_of(connection)
            back.append(digest_of(iter(lambda: connection.recv(MIB), b"")))
        process.send_signal(signal.SIGINT)
    back = []
    cost = measured(process, read=carry)
    assert (cost.code, back) == (130, [digest_of(pieces())])
    assert cost.peak < 128, "memory does not grow with what is carried"
    print(f"port-forward, {SIZE // MIB} MiB each way: {cost.cpu:.2f} s of CPU, {cost.peak:.0f} MiB")
