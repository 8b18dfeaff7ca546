# SPDX-License-Identifier: Apache-2.0
"""Small Kubernetes objects for tests."""


def deployment(name: str, image: str = "shop/web:v1", replicas: int = 1, annotations: dict | None = None, **pod) -> dict:
    labels = {"app": name}
    container = {"name": "app", "image": image} | pod.pop("container", {})
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels, "annotations": annotations or {}},
                                  "spec": {"containers": [container]} | pod}}}


def stateful_set(name: str, storage_class: str | None = None) -> dict:
    labels = {"app": name}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    if storage_class:
        claim["storageClassName"] = storage_class
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name},
            "spec": {"replicas": 1, "serviceName": name, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels},
                                  "spec": {"containers": [{"name": "app", "image": "shop/db:v1",
                                                           "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
                     "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}]}}


def job(name: str, image: str, policy: str = "Never") -> dict:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
            "spec": {"backoffLimit": 1, "template": {"spec": {"restartPolicy": policy, "containers": [{"name": "app", "image": image}]}}}}
