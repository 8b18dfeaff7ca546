#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures kforge beside its peers and beside the limit, on one real control plane after the other, in one run.

    tests/bench/run.py [--services 200] [--runs 5] [--only kforge,kubectl,helm,kustomize,limit] [--log-lines 400000]

Every tool gets exactly the objects that kforge renders. Prints a Markdown table of medians and ratios; never part of the tests.
"""
import argparse
import base64
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import logs
from harness.measure import measured  # found by what logs adds to the path

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "tests/bench"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "kforge/bench-tools"
CLUSTER = ROOT / "tests/cluster/cluster"
KFORGE = pathlib.Path(os.environ.get("KFORGE", ROOT / "build/release/kforge"))


def build_tools():
    """Builds helm, kustomize and the limit client once per pinned version."""
    tools = {}
    for name, folder, package in (
        ("helm", BENCH / "tools/helm", "helm.sh/helm/v4/cmd/helm"),
        ("kustomize", BENCH / "tools/kustomize", "sigs.k8s.io/kustomize/kustomize/v5"),
        ("limit", BENCH / "limit", "."),
    ):
        digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(folder.glob("*")) if p.is_file())).hexdigest()[:12]
        binary = CACHE / f"{name}-{digest}"
        if not binary.exists():
            print(f"building {name} …", file=sys.stderr)
            CACHE.mkdir(parents=True, exist_ok=True)
            scratch = str(binary) + ".new"
            subprocess.run(["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", scratch, package], cwd=folder, check=True,
                           env={**os.environ, "CGO_ENABLED": "0"})
            os.rename(scratch, binary)
        tools[name] = binary
    tools["kubectl"] = pathlib.Path(subprocess.run([CLUSTER, "build"], check=True, capture_output=True, text=True).stdout.split()[-1]) / "kubectl"
    return tools


def timed(command, every=0.02, **options):
    """Seconds, CPU seconds and peak MiB of one run; fails loudly when the command does."""
    with tempfile.TemporaryFile() as output:
        begun = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=subprocess.STDOUT, **options)
        starting = time.monotonic() - begun
        cost = measured(process, every=every)
        if cost.code != 0:
            output.seek(0)
            sys.exit(f"{' '.join(map(str, command))} failed with {cost.code}:\n{output.read().decode()[-2000:]}")
    return {"seconds": starting + cost.seconds, "cpu": cost.cpu, "mib": cost.peak}


def median_of(runs, command, **options):
    results = [timed(command, **options) for _ in range(runs)]
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def median_of_short(runs, command):
    """Of runs that take milliseconds, which a watch over their memory would slow down: that is of some more runs."""
    def seconds():
        begun = time.monotonic()
        subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        return time.monotonic() - begun
    peak = max(timed(command, every=0.0005)["mib"] for _ in range(runs))
    return {"seconds": statistics.median(seconds() for _ in range(runs)), "mib": peak}


def write_project(folder, services):
    lines = ["apiVersion: kforge.dev/v1", "project: bench", "services:"]
    for i in range(services):
        lines.append(f"  service-{i:03}: {{image: registry.example.com/service:v1.0.0, port: {8000 + i}, scale: {{min: 1, max: 2}}, env: "
                     "{" + ", ".join(f"KEY_{k}: value-{k}" for k in range(8)) + "}}")
    path = folder / "kforge.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def write_peer_inputs(folder, project):
    """The rendered objects as a List, a kubectl folder, a Helm chart and a kustomization."""
    objects = json.loads(subprocess.run([KFORGE, "render", "-o", "json", "-f", project], check=True, capture_output=True, text=True).stdout)["items"]
    namespaces = [o for o in objects if o["kind"] == "Namespace"]
    rest = [o for o in objects if o["kind"] != "Namespace"]
    for name, items in (("namespaces.json", namespaces), ("objects.json", rest), ("all.json", objects)):
        (folder / name).write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    chart = folder / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: bench\nversion: 0.1.0\n")
    (folder / "kustomize").mkdir()
    names = []
    for index, item in enumerate(objects):
        text = json.dumps(item)
        (folder / "kustomize" / f"{index:05}.json").write_text(text)
        names.append(f"{index:05}.json")
        if item["kind"] != "Namespace":
            (chart / "templates" / f"{index:05}.yaml").write_text(text.replace("{{", '{{"{{"}}'))
    (folder / "kustomize/kustomization.yaml").write_text("resources:\n" + "".join(f"- {name}\n" for name in names))
    return len(objects)


class Cluster:
    """A fresh control plane for one tool."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kforge-bench-"))
        subprocess.run([CLUSTER, "up", self.folder], check=True, capture_output=True)
        self.kubeconfig = self.folder / "admin.kubeconfig"
        self.environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig), "HELM_CACHE_HOME": str(self.folder / "helm"),
                            "HELM_CONFIG_HOME": str(self.folder / "helm"), "HELM_DATA_HOME": str(self.folder / "helm")}
        return self

    def __exit__(self, *_):
        subprocess.run([CLUSTER, "down", self.folder], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def limit_flags(kubectl, kubeconfig, folder):
    """The limit client's flags out of a kubeconfig; it gets its certificates as files below `folder`."""
    view = json.loads(subprocess.run([kubectl, "config", "view", "--raw", "--flatten", "-o", "json", "--kubeconfig", kubeconfig], check=True,
                                     capture_output=True, text=True).stdout)
    cluster, user = view["clusters"][0]["cluster"], view["users"][0]["user"]
    flags = ["-server", cluster["server"]]
    for flag, data in (("ca", cluster["certificate-authority-data"]), ("cert", user["client-certificate-data"]), ("key", user["client-key-data"])):
        path = folder / f"limit-{flag}.pem"
        path.write_bytes(base64.b64decode(data))
        flags += [f"-{flag}", path]
    return flags


def deploy_rows(tools, work, project, runs, only):
    """create, again and delete per tool: {row: {tool: figures}}."""
    rows = {"create": {}, "again, nothing changed": {}, "delete": {}}
    commands = {
        "kforge": (lambda c: [KFORGE, "up", "--no-wait", "-f", project], lambda c: [KFORGE, "up", "-f", project],
                   lambda c: [KFORGE, "down", "--yes", "--delete-data", "-f", project]),
        "kubectl": (lambda c: [tools["kubectl"], "apply", "--server-side", "-f", work / "objects.json"],) * 2
        + (lambda c: [tools["kubectl"], "delete", "--wait=false", "-f", work / "objects.json"],),
        "helm": (lambda c: [tools["helm"], "upgrade", "--install", "bench", work / "chart"],) * 2 + (lambda c: [tools["helm"], "uninstall", "bench"],),
        "limit": (lambda c: [tools["limit"], *limit_flags(tools["kubectl"], c.kubeconfig, c.folder), "-objects", work / "objects.json"],) * 2
        + (lambda c: [tools["limit"], *limit_flags(tools["kubectl"], c.kubeconfig, c.folder), "-verb", "delete", "-objects", work / "objects.json"],),
    }
    for tool, (create, again, delete) in commands.items():
        if tool not in only:
            continue
        with Cluster() as cluster:
            if tool != "kforge":  # kforge makes its namespaces itself
                subprocess.run([tools["kubectl"], "apply", "-f", work / "namespaces.json"], env=cluster.environment, check=True, capture_output=True)
            rows["create"][tool] = timed(create(cluster), env=cluster.environment)
            wait_quiet(tools, cluster)
            rows["again, nothing changed"][tool] = median_of(runs, again(cluster), env=cluster.environment)
            rows["delete"][tool] = timed(delete(cluster), env=cluster.environment)
    return rows


def wait_quiet(tools, cluster):
    """Until every Deployment is available, so that controllers do not share the cores with what is measured."""
    subprocess.run([tools["kubectl"], "wait", "deployment", "--all", "-A", "--for=condition=Available", "--timeout=300s"], env=cluster.environment,
                   check=True, capture_output=True)


def start_and_render_rows(tools, work, project, shop, runs, only):
    commands = {
        "start": {"kforge": [KFORGE, "version"], "kubectl": [tools["kubectl"], "version", "--client"], "helm": [tools["helm"], "version"],
                  "kustomize": [tools["kustomize"], "version"]},
        "render the shop": {"kforge": [KFORGE, "render", "-f", shop]},
        "render": {"kforge": [KFORGE, "render", "-f", project], "helm": [tools["helm"], "template", "bench", work / "chart"],
                   "kustomize": [tools["kustomize"], "build", work / "kustomize"]},
    }
    return {row: {tool: median_of_short(runs * 3, command) for tool, command in columns.items() if tool in only} for row, columns in commands.items()}


def print_table(rows, only):
    tools = [tool for tool in ("kforge", "kubectl", "helm", "kustomize", "limit") if tool in only]
    print("| work | " + " | ".join(tools) + " |\n|---|" + "---|" * len(tools))
    for row, figures in rows.items():
        cells = []
        for tool in tools:
            if tool not in figures:
                cells.append("–")
                continue
            ratio = figures[tool]["seconds"] / figures["kforge"]["seconds"] if "kforge" in figures and tool != "kforge" else None
            cells.append(f"{figures[tool]['seconds'] * 1000:.1f} ms, {figures[tool]['mib']:.0f} MiB" + (f" ({ratio:.1f}×)" if ratio else ""))
        print(f"| {row} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--services", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--log-lines", type=int, default=400_000, help="of each log; 0: leave logs out")
    parser.add_argument("--only", default="kforge,kubectl,helm,kustomize,limit")
    options = parser.parse_args()
    only = options.only.split(",")
    tools = build_tools()
    work = pathlib.Path(tempfile.mkdtemp(prefix="kforge-bench-"))
    try:
        project = write_project(work, options.services)
        count = write_peer_inputs(work, project)
        print(f"{options.services} services, {count} objects, medians of {options.runs} runs; × is the time beside kforge's\n")
        rows = start_and_render_rows(tools, work, project, ROOT / "examples/shop/kforge.yaml", options.runs, only)
        rows.update(deploy_rows(tools, work, project, options.runs, only))
        print_table(rows, only)
        if options.log_lines:
            print()
            logs.print_logs_table(tools["kubectl"], options.log_lines, options.runs)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
