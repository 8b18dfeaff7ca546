# SPDX-License-Identifier: Apache-2.0
"""A proxy before a sandbox that counts requests, and at one of them kills the client or resets its connection."""

import http.client
import socket
import ssl
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade"}


class RequestProxy:
    """Plain HTTP in front, the administrator's certificate behind. Use as a context manager.

    `strike(kind, number, when, act)`: at request `number` (from 0) of its kind, "read" or "write", `act` is called
    before the server has it or after it has answered, and the client never hears of it."""

    def __init__(self, sandbox):
        self._tls = ssl.create_default_context(cafile=str(sandbox.home / "ca.crt"))
        self._tls.load_cert_chain(sandbox.home / "admin.crt", sandbox.home / "admin.key")
        self._port = int(sandbox.status()["server"].rsplit(":", 1)[1])
        self.seen = {"read": 0, "write": 0}
        self._strike = None
        self._mutex = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> "RequestProxy":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def kubeconfig(self, path: Path) -> Path:
        server = f"http://127.0.0.1:{self._server.server_address[1]}"
        path.write_text("apiVersion: v1\nkind: Config\ncurrent-context: proxied\n"
                        f"clusters: [{{name: proxied, cluster: {{server: \"{server}\"}}}}]\n"
                        "contexts: [{name: proxied, context: {cluster: proxied, user: nobody}}]\n"
                        "users: [{name: nobody, user: {}}]\n")
        return path

    def strike(self, kind: str, number: int, when: str, act) -> None:
        self.seen = {"read": 0, "write": 0}
        self._strike = (kind, number, when, act)

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self._port, context=self._tls, timeout=60)

    def _count(self, method: str, path: str):
        kind = "read" if method == "GET" or "dryRun=All" in path else "write"
        with self._mutex:
            number = self.seen[kind]
            self.seen[kind] += 1
            if self._strike and self._strike[:2] == (kind, number):
                strike, self._strike = self._strike, None
                return strike[2:]
        return None

    def _handler(self):
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                self.upstream = proxy.connect()

            def finish(self):
                self.upstream.close()
                with suppress(OSError):
                    super().finish()

            def log_message(self, *_):
                pass

            def forward(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                struck = proxy._count(self.command, self.path)
                if struck and struck[0] == "before":
                    return self.vanish(struck[1])
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
                self.upstream.request(self.command, self.path, body or None, headers)
                answer = self.upstream.getresponse()
                if struck:
                    return self.vanish(struck[1])
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP_BY_HOP | {"date", "server"}:
                        self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                while chunk := answer.read1(65536):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                self.wfile.write(b"0\r\n\r\n")

            def vanish(self, act):
                act()
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except (OSError, http.client.HTTPException):
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

        return Handler
