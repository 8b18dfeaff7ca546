#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a running control plane again for the answers recorded in tests/unit/schema/captured/*.json.

Each file is a list of scenarios: {"name", "steps": [{"method", "path", "type", "body", "answer", "date"}]}. The steps of
a scenario run in order, with pauses, so that every step has a second of its own in managedFields; `answer` and `date`
are rewritten with what the server says. Objects go to the namespace of their path, which is made when it is missing.

    KUBECONFIG=... tools/schema/capture.py tests/unit/schema/captured/merge.json
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request


class Server:
    def __init__(self, kubectl):
        self.proxy = subprocess.Popen([kubectl, "proxy", "--port=0"], stdout=subprocess.PIPE, text=True)
        match = re.search(r"[\d.]+:\d+", self.proxy.stdout.readline())
        if not match:
            sys.exit("capture.py: kubectl proxy did not start")
        self.url = "http://" + match[0]

    def close(self):
        self.proxy.terminate()
        self.proxy.wait()

    def send(self, method, path, body=None, content_type="application/json"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={"Content-Type": content_type})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.headers["Date"], json.load(answer)
        except urllib.error.HTTPError as error:
            return error.headers["Date"], json.load(error)

    def prepare(self, scenario):
        """Makes the namespace and removes what an earlier run left behind."""
        for step in scenario["steps"]:
            path = step["path"].split("?")[0]
            namespace = re.search(r"/namespaces/([^/]+)/", path)
            if namespace:
                self.send("POST", "/api/v1/namespaces",
                          {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace[1]}})
            name = step.get("body", {}).get("metadata", {}).get("name")
            if name and step["body"].get("kind") != "Namespace":   # those end slowly
                target = path if path.endswith("/" + name) else f"{path}/{name}"
                self.send("PATCH", target, {"metadata": {"finalizers": None}}, "application/merge-patch+json")
                self.send("DELETE", target, {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0,
                                             "propagationPolicy": "Background"})


def at_start_of_second():
    time.sleep(1.05 - time.time() % 1)


def main():
    parser = argparse.ArgumentParser(description="Records the server's answers to the scenarios of a file.")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--kubectl", default="kubectl")
    options = parser.parse_args()
    server = Server(options.kubectl)
    try:
        for file in options.files:
            scenarios = json.loads(file.read_text())
            for scenario in scenarios:
                server.prepare(scenario)
                for step in scenario["steps"]:
                    at_start_of_second()
                    body = step.get("body")
                    if body and step["method"] == "PUT":   # of what the server answered last
                        _, live = server.send("GET", step["path"].split("?")[0])
                        body = {**live, **body, "metadata": {**live["metadata"], **body.get("metadata", {})}}
                    step["date"], step["answer"] = server.send(step["method"], step["path"], body, step.get("type", "application/json"))
                    if "/scale?" in step["path"]:   # answers with a Scale; what it did stands in the object
                        _, step["answer"] = server.send("GET", step["path"].split("/scale?")[0])
                    print(scenario["name"], "/", step["method"], step["path"], "->", step["answer"].get("message", "ok"))
            file.write_text(json.dumps(scenarios, indent=1, ensure_ascii=False) + "\n")
    finally:
        server.close()


if __name__ == "__main__":
    main()
