#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `kforge logs` beside kubectl, and beside curl as the limit: CPU of the client for each line, and its peak memory.

    tests/bench/logs.py [--lines 400000] [--runs 3] [--kubectl PATH]

The server makes numbered lines of 91 bytes (122 with times), so that nothing but the client is measured; it is slower than the clients.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cluster"))

from harness.log_server import NAMESPACE, LogServer, Pod  # noqa: E402
from harness.measure import measured  # noqa: E402

KFORGE = pathlib.Path(os.environ.get("KFORGE", ROOT / "build/release/kforge"))
CLUSTER = ROOT / "tests/cluster/cluster"


def cost_of(command, folder, kubeconfig):
    """CPU seconds and peak MiB of one run whose output nobody reads."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, cwd=folder,
                               env={**os.environ, "KUBECONFIG": str(kubeconfig), "LANG": "C.UTF-8"})
    cost = measured(process)
    assert cost.code == 0, f"{' '.join(map(str, command))} ended with {cost.code}"
    return cost.cpu, cost.peak


def measure(commands, pods, runs):
    """{tool: (µs of CPU a line, MiB)}, medians."""
    lines = sum(pod.lines for pod in pods)
    figures = {}
    with tempfile.TemporaryDirectory(prefix="kforge-bench-") as name, LogServer(pods, finish=False) as server:
        folder = pathlib.Path(name)
        kubeconfig = folder / "kubeconfig"
        kubeconfig.write_text(server.kubeconfig())
        kubeconfig.chmod(0o600)
        for tool, command in commands(server).items():
            results = [cost_of(command, folder, kubeconfig) for _ in range(runs)]
            figures[tool] = tuple(statistics.median(result[i] for result in results) for i in range(2))
    return {tool: (cpu / lines * 1e6, mib) for tool, (cpu, mib) in figures.items()}


def print_logs_table(kubectl, lines, runs):
    names = ["numbers-a", "numbers-b", "numbers-c"]

    def one(server):
        url = f"{server.url}/api/v1/namespaces/{NAMESPACE}/pods/{names[0]}/log?timestamps=true"
        return {"kforge": [KFORGE, "logs", "-n", NAMESPACE, f"pod/{names[0]}", "--tail=all", "--timestamps"],
                "kubectl": [kubectl, "logs", names[0], "--timestamps", "--prefix"], "curl": ["curl", "-s", url]}

    def three(_):
        return {"kforge": [KFORGE, "logs", "-n", NAMESPACE, "-l", "any=label", "--tail=all", "--timestamps"],
                "kubectl": [kubectl, "logs", "-l", "any=label", "--tail=-1", "--timestamps", "--prefix"]}

    rows = {f"logs of one pod, {lines:,} lines": measure(one, [Pod(names[0], lines)], runs),
            f"logs of three pods, {3 * lines:,} lines (kforge: in order of time)": measure(three, [Pod(name, lines) for name in names], runs)}
    print("| work, CPU a line | kforge | kubectl | curl |\n|---|---|---|---|")
    for row, figures in rows.items():
        cells = [f"{figures[tool][0]:.2f} µs, {figures[tool][1]:.0f} MiB" if tool in figures else "–" for tool in ("kforge", "kubectl", "curl")]
        print(f"| {row} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--kubectl", help="default: the test cluster's")
    options = parser.parse_args()
    kubectl = options.kubectl or pathlib.Path(
        subprocess.run([CLUSTER, "build"], check=True, capture_output=True, text=True).stdout.split()[-1]) / "kubectl"
    print_logs_table(kubectl, options.lines, options.runs)


if __name__ == "__main__":
    main()
