# SPDX-License-Identifier: Apache-2.0
"""Areas of calls: each is a list of steps that run in order, in a namespace of its own."""

import time
from dataclasses import dataclass
from typing import Callable

from api import Answer, Api

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

PATIENCE = 60  # seconds that a controller may take


@dataclass(frozen=True)
class Step:
    name: str
    method: str
    path: str
    body: object = None  # or a function of the earlier answers by name
    content_type: str = "application/json"
    accept: str = "application/json"
    until: Callable[[Answer], bool] | None = None  # asked again until it says so
    compared: bool = True


def run(api: Api, steps: list[Step]) -> dict[str, Answer]:
    """The answers by the steps' names."""
    answers: dict[str, Answer] = {}
    for step in steps:
        assert step.name not in answers, f"two steps are called '{step.name}'"
        body = step.body(answers) if callable(step.body) else step.body
        path = step.path(answers) if callable(step.path) else step.path
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = api.call(step.method, path, body, step.content_type, step.accept)
            if step.until is None or step.until(answer) or time.monotonic() > deadline:
                break
            time.sleep(0.05)  # the server offers no way to be told of just this
        answers[step.name] = answer
    return answers


PLURALS = {"ConfigMap": "configmaps", "Secret": "secrets", "Service": "services", "Pod": "pods", "ServiceAccount": "serviceaccounts",
           "PersistentVolumeClaim": "persistentvolumeclaims", "PersistentVolume": "persistentvolumes", "LimitRange": "limitranges",
           "ResourceQuota": "resourcequotas", "Endpoints": "endpoints", "Event": "events", "Namespace": "namespaces", "Deployment": "deployments",
           "ReplicaSet": "replicasets", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets", "ControllerRevision": "controllerrevisions",
           "Job": "jobs", "CronJob": "cronjobs", "HorizontalPodAutoscaler": "horizontalpodautoscalers", "PodDisruptionBudget": "poddisruptionbudgets",
           "NetworkPolicy": "networkpolicies", "Ingress": "ingresses", "IngressClass": "ingressclasses", "Role": "roles", "RoleBinding": "rolebindings",
           "ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings", "StorageClass": "storageclasses",
           "PriorityClass": "priorityclasses", "Lease": "leases", "EndpointSlice": "endpointslices", "CustomResourceDefinition":
           "customresourcedefinitions", "Widget": "widgets"}
CLUSTER_WIDE = {"Namespace", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass", "PriorityClass", "IngressClass",
                "CustomResourceDefinition"}


def collection(api_version: str, kind: str, namespace: str = "") -> str:
    """The path of a kind's collection; `namespace` is left out for cluster-wide kinds."""
    root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    scope = "" if kind in CLUSTER_WIDE or not namespace else f"/namespaces/{namespace}"
    return f"{root}{scope}/{PLURALS[kind]}"


def path_of(obj: dict, namespace: str) -> str:
    return f"{collection(obj['apiVersion'], obj['kind'], namespace)}/{obj['metadata']['name']}"


def begin(namespace: str, labels: dict | None = None) -> list[Step]:
    """A namespace that pods can be created in."""
    return [Step("namespace", "POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels or {}}},
                 compared=False),
            Step("account", "GET", f"/api/v1/namespaces/{namespace}/serviceaccounts/default", until=lambda answer: answer.status == 200, compared=False)]


def clear(api: Api) -> None:
    """Takes away what the areas leave behind, and waits until it is gone."""
    deadline = time.monotonic() + PATIENCE
    for path in ("/api/v1/namespaces", "/api/v1/persistentvolumes", "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                 "/apis/storage.k8s.io/v1/storageclasses", "/apis/scheduling.k8s.io/v1/priorityclasses", "/apis/networking.k8s.io/v1/ingressclasses"):
        while time.monotonic() < deadline:
            names = [item["metadata"]["name"] for item in api.call("GET", path).at("items") or [] if item["metadata"]["name"].startswith("conf-")]
            if not names:
                break
            for name in names:
                api.call("DELETE", f"{path}/{name}")
            time.sleep(0.2)  # deletion of a namespace takes as long as its controller needs


def create(namespace: str, obj: dict, name: str | None = None, query: str = "", **more) -> Step:
    return Step(name or f"create {obj['kind']} {obj['metadata'].get('name')}", "POST", collection(obj["apiVersion"], obj["kind"], namespace) + query, obj, **more)


def apply(name: str, namespace: str, obj: dict, manager: str, more: str = "", **options) -> Step:
    return Step(name, "PATCH", f"{path_of(obj, namespace)}?fieldManager={manager}{more}", obj, content_type=APPLY, **options)
