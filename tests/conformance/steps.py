# SPDX-License-Identifier: Apache-2.0
"""Areas of calls: each is a list of steps that run in order, in a namespace of its own."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from api import Answer, Api

sys.path.append(str(Path(__file__).resolve().parents[1] / "cluster"))
from harness.wait import until

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
        answers[step.name] = _answer(lambda: api.call(step.method, path, body, step.content_type, step.accept), step.until)
    return answers


def _answer(ask: Callable[[], Answer], enough: Callable[[Answer], bool] | None) -> Answer:
    """The first answer that is enough."""
    last = []

    def asked() -> bool:
        last[:] = [ask()]
        return enough is None or enough(last[0])

    until(asked, PATIENCE)
    return last[0]


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
    for path in ("/api/v1/namespaces", "/api/v1/persistentvolumes", "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                 "/apis/storage.k8s.io/v1/storageclasses", "/apis/scheduling.k8s.io/v1/priorityclasses", "/apis/networking.k8s.io/v1/ingressclasses"):
        until(lambda: not _delete_own(api, path), PATIENCE)  # deletion of a namespace takes as long as its controller needs


def _delete_own(api: Api, path: str) -> list[str]:
    """The areas' objects that were still there."""
    names = [item["metadata"]["name"] for item in api.call("GET", path).at("items") or [] if item["metadata"]["name"].startswith("conf-")]
    for name in names:
        api.call("DELETE", f"{path}/{name}")
    return names


def create(namespace: str, obj: dict, name: str | None = None, query: str = "", **more) -> Step:
    return Step(name or f"create {obj['kind']} {obj['metadata'].get('name')}", "POST", collection(obj["apiVersion"], obj["kind"], namespace) + query, obj, **more)


def apply(name: str, namespace: str, obj: dict, manager: str, more: str = "", **options) -> Step:
    return Step(name, "PATCH", f"{path_of(obj, namespace)}?fieldManager={manager}{more}", obj, content_type=APPLY, **options)
