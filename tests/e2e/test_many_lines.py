# SPDX-License-Identifier: Apache-2.0
"""`kforge logs` of millions of numbered lines from a server where everything breaks: containers restart, files are rotated, every connection
is cut sooner or later, and requests of every kind are refused. KFORGE_TEST_LOG_LINES=10000000 makes it ten million."""

import os
import subprocess

from harness.kforge import environment
from harness.log_server import NAMESPACE, LogServer, Pod, missing_or_repeated
from harness.measure import measured
from harness.paths import kforge_binary

LINES = int(os.environ.get("KFORGE_TEST_LOG_LINES", 4_000_000))
SEED = int(os.environ.get("KFORGE_TEST_SEED", 1))


def test_every_line_comes_once_and_in_order_whatever_breaks(tmp_path):
    each = LINES // 4
    numbers = [Pod(f"numbers-{name}", each, runs=[each // 3, each // 2], rate=10_000) for name in "abcd"]
    size = each * 91
    with LogServer(numbers, cut_after=(2_000_000, 2_000_000 + size // 8), rotate=True, unwell=0.2, seed=SEED) as server:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(server.kubeconfig())
        kubeconfig.chmod(0o600)
        command = [kforge_binary(), "logs", "-n", NAMESPACE, "-f", "--tail=all", "-o", "raw", *(f"pod/{pod.name}" for pod in numbers)]
        problems = []
        with (tmp_path / "notes").open("w") as notes:
            process = subprocess.Popen(command, cwd=tmp_path, env=environment(tmp_path, kubeconfig), stdout=subprocess.PIPE, stderr=notes)
            cost = measured(process, read=lambda: problems.extend(missing_or_repeated(process.stdout, numbers)))
        told = (tmp_path / "notes").read_text()
    assert (cost.code, problems) == (0, []), told
    assert told.count("restarted (exit code 1)") >= 4, "one that nobody saw, as the watch was refused just then, is not told of"
    assert server.cuts >= 8 and server.faults >= 4
    assert cost.peak < 64, "memory does not grow with the log"
    print(f"{LINES:,} lines: {cost.cpu / LINES * 1e6:.2f} µs of CPU a line, {cost.peak:.0f} MiB; {server.cuts} cuts, {server.faults} faults, "
          f"{server.log_requests} requests for logs")
