#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the sandbox: how long it takes to start, what it takes while nothing happens, and how many requests it answers.

    tests/bench/sandbox.py [--objects 2000] [--runs 5] [--idle 20]

The requests come from tests/bench/limit, over 16 connections of the same two cores. Prints a Markdown table; never part of the tests.
"""
import argparse
import json
import os
import pathlib
import select
import statistics
import subprocess
import tempfile
import time

import run

SHOP = run.ROOT / "examples/shop/kforge.yaml"
WATCHERS = 50


class Sandbox:
    """A sandbox in a state folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {**os.environ, "XDG_STATE_HOME": str(folder), "HOME": str(folder)}

    def kforge(self, *arguments):
        return subprocess.run([run.KFORGE, *arguments, "-f", SHOP], env=self.environment, check=True, capture_output=True, text=True).stdout

    def status(self):
        return json.loads(self.kforge("sandbox", "status", "-o", "json"))

    def mib(self):
        return self.status()["memoryBytes"] / 2**20

    def idle_share(self, seconds):
        """The share of one CPU that it takes while nobody asks anything; one that ends meanwhile is noticed at once."""
        pid = self.status()["pid"]
        before = cpu_seconds(pid)
        ended, _, _ = select.select([os.pidfd_open(pid)], [], [], seconds)
        assert not ended, "the sandbox ended"
        return (cpu_seconds(pid) - before) / seconds


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds_to_start(sandbox, runs):
    """The first start, which makes the certificates, and the median of later ones."""
    def start():
        began = time.monotonic()
        sandbox.kforge("sandbox", "start")
        return time.monotonic() - began
    first, later = start(), []
    for _ in range(runs):
        sandbox.kforge("sandbox", "stop")
        later.append(start())
    return first, statistics.median(later)


def configmaps(count, value):
    return {"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"map-{i:05}", "namespace": "default"}, "data": {"value": value, "name": f"{i}"}}
        for i in range(count)]}


def requests_a_second(sandbox, limit, count, value, *more):
    """Of one request for each object, whose new value makes every apply a change."""
    objects = sandbox.folder / "objects.json"
    objects.write_text(json.dumps(configmaps(count, value)))
    out = subprocess.run([*limit, "-objects", objects, *more], check=True, capture_output=True, text=True).stdout
    return count / float(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--idle", type=int, default=20, help="seconds")
    options = parser.parse_args()
    tools = run.build_tools()
    with tempfile.TemporaryDirectory(prefix="kforge-bench-") as name:
        sandbox = Sandbox(pathlib.Path(name))
        try:
            first, later = seconds_to_start(sandbox, options.runs)
            rows = [("first start, with its certificates", f"{first * 1000:.0f} ms"), ("start", f"{later * 1000:.0f} ms"),
                    ("memory, empty", f"{sandbox.mib():.0f} MiB")]
            began = time.monotonic()
            sandbox.kforge("up", "--sandbox")
            rows += [("`up` of the shop, pods at normal speed", f"{time.monotonic() - began:.1f} s"),
                     ("memory, with the shop", f"{sandbox.mib():.0f} MiB")]
            sandbox.kforge("sandbox", "stop")
            began = time.monotonic()
            sandbox.kforge("sandbox", "start")
            rows += [("start, with the shop", f"{(time.monotonic() - began) * 1000:.0f} ms")]
            rows += [("CPU while idle, with the shop", f"{sandbox.idle_share(options.idle):.2%}")]
            limit = [tools["limit"], *run.limit_flags(tools["kubectl"], sandbox.kforge("sandbox", "kubeconfig").strip(), sandbox.folder)]
            rows += [("PATCH (apply) that creates", f"{requests_a_second(sandbox, limit, options.objects, 'a'):.0f}/s"),
                     ("PATCH (apply) that changes", f"{requests_a_second(sandbox, limit, options.objects, 'b'):.0f}/s"),
                     ("GET", f"{requests_a_second(sandbox, limit, options.objects, 'b', '-verb', 'get'):.0f}/s"),
                     (f"events to {WATCHERS} watches",
                      f"{WATCHERS * requests_a_second(sandbox, limit, options.objects, 'c', '-watchers', str(WATCHERS)):.0f}/s"),
                     (f"memory, with the shop and {options.objects} ConfigMaps", f"{sandbox.mib():.0f} MiB"),
                     ("size of the binary", f"{run.KFORGE.stat().st_size / 2**20:.1f} MiB")]
            print("| sandbox | measured |\n|---|---|")
            for what, figure in rows:
                print(f"| {what} | {figure} |")
        finally:
            sandbox.kforge("sandbox", "stop")


if __name__ == "__main__":
    main()
