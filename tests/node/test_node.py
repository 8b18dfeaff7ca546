# SPDX-License-Identifier: Apache-2.0
"""What the other tests stand on: the node really runs containers, and its names, addresses and metrics mean something."""

import json

from harness.wait import until
from rig.node import NAME

WEB = {"services": {"web": {"image": "web:v1.0.0", "port": 8000, "replicas": 1}}}


def test_a_service_without_a_database_runs_and_answers_by_its_name(cluster, project):
    project.write(WEB)
    project.run("up", timeout=240).expect(0)
    [pod] = project.items("backend", "pods")
    assert pod["spec"]["nodeName"] == NAME and pod["status"]["containerStatuses"][0]["imageID"].startswith("docker.io/library/web@sha256:")
    exec_ = ("exec", "-n", project.namespaces["backend"], pod["metadata"]["name"], "--")
    url = f"http://web.{project.namespaces['backend']}.svc.cluster.local:8000/"
    assert json.loads(cluster.kubectl(*exec_, "wget", "-qO-", url)) == {"hello": "world"}
    # It is what the manifests say: nobody in particular, on a file system that it cannot write, without a token.
    assert cluster.kubectl(*exec_, "id", "-u").strip() == "10001"
    assert "Read-only file system" in cluster.try_kubectl(*exec_, "touch", "/app/new").stderr
    assert cluster.try_kubectl(*exec_, "ls", "/var/run/secrets/kubernetes.io").code != 0


def test_the_metrics_of_pods_are_served(cluster):
    def usage():
        answer = cluster.try_kubectl("top", "pods", "-n", "kube-system", "--no-headers")
        return answer.code == 0 and "coredns" in answer.stdout
    until(usage, timeout=90)
