# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy before the API server that can lose, hold and refuse connections. TLS passes through untouched."""

import selectors
import socket
import threading


class FaultyProxy:
    """Forwards connections to a port of this machine, in one thread. Use as a context manager."""

    def __init__(self, target_port: int):
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._holding = False
        self._selector = selectors.DefaultSelector()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._commands: list = []
        self._wake_read, self._wake_write = socket.socketpair()
        self._thread = threading.Thread(target=self._loop, daemon=True)

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> "FaultyProxy":
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._command(None)
        self._thread.join()

    def cut(self) -> None:
        """Ends every open connection; new ones work."""
        self._command(self._close_all)

    def hold(self) -> None:
        """Nothing passes any more, in either direction, and nobody is told."""
        def stop_reading() -> None:
            self._holding = True
            for sock in self._pairs:
                self._selector.unregister(sock)
        self._command(stop_reading)

    def release(self) -> None:
        """Passes again, on the same connections."""
        def read_again() -> None:
            self._holding = False
            for sock in self._pairs:
                self._selector.register(sock, selectors.EVENT_READ)
        self._command(read_again)

    def _command(self, command) -> None:
        done = threading.Event()
        self._commands.append((command, done))
        self._wake_write.send(b"x")
        done.wait(10)

    def _loop(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._wake_read:
                    self._wake_read.recv(1)
                    command, done = self._commands.pop(0)
                    if command is None:
                        self._close_all()
                        self._listener.close()
                        done.set()
                        return
                    command()
                    done.set()
                elif key.fileobj in self._pairs:
                    self._forward(key.fileobj)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        self.connections += 1
        server = socket.create_connection(self._target)
        for near, far in ((client, server), (server, client)):
            near.setblocking(False)
            self._pairs[near] = far
            if not self._holding:
                self._selector.register(near, selectors.EVENT_READ)

    def _forward(self, near: socket.socket) -> None:
        far = self._pairs.get(near)
        if far is None:
            return
        try:
            data = near.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(near)
            return
        try:
            far.setblocking(True)
            far.sendall(data)
            far.setblocking(False)
        except OSError:
            self._close(near)

    def _close(self, near: socket.socket) -> None:
        far = self._pairs.pop(near, None)
        for sock in (near, far):
            if sock is not None:
                self._pairs.pop(sock, None)
                if not self._holding:
                    self._selector.unregister(sock)
                sock.close()

    def _close_all(self) -> None:
        for sock in list(self._pairs):
            if sock in self._pairs:
                self._close(sock)
