# SPDX-License-Identifier: Apache-2.0
"""kill -9 during writes: what was acknowledged is there after the next start."""

import http.client
import os
import signal
import ssl
import threading

from harness.wait import until

ROUNDS = int(os.environ.get("KFORGE_TEST_KILLS", "200"))


class Writer(threading.Thread):
    """Creates ConfigMaps one after the other and remembers those that the server acknowledged."""

    def __init__(self, sandbox, port: int, prefix: str):
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self.enough = threading.Event()
        self._prefix = prefix
        tls = ssl.create_default_context(cafile=str(sandbox.home / "ca.crt"))
        tls.load_cert_chain(sandbox.home / "admin.crt", sandbox.home / "admin.key")
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=tls, timeout=20)

    def run(self):
        number = 0
        try:
            while True:
                name = f"{self._prefix}-{number}"
                self._connection.request("POST", "/api/v1/namespaces/default/configmaps", f'{{"metadata":{{"name":"{name}"}}}}')
                answer = self._connection.getresponse()
                answer.read()
                if answer.status == 201:
                    self.acknowledged.append(name)
                    self.enough.set()
                number += 1
        except (OSError, http.client.HTTPException):
            self.enough.set()


def test_nothing_acknowledged_is_lost_when_it_is_killed(sandbox):
    expected: set[str] = set()
    for round_number in range(ROUNDS):
        started = sandbox.start()
        writer = Writer(sandbox, int(started["server"].rsplit(":", 1)[1]), f"r{round_number}")
        writer.start()
        assert writer.enough.wait(20)
        os.kill(started["pid"], signal.SIGKILL)
        writer.join(20)
        until(lambda: sandbox.status()["state"] == "stopped")
        expected |= set(writer.acknowledged)
    sandbox.start()
    found = set(sandbox.kubectl("get", "configmaps", "-o", "name").split())
    missing = {name for name in expected if f"configmap/{name}" not in found}
    assert len(expected) >= ROUNDS and not missing
