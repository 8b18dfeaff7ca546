# SPDX-License-Identifier: Apache-2.0
"""The smallest objects of each kind that a server takes: what it adds by itself is what is compared."""

LABELS = {"app": "web"}


def pod_spec(**more) -> dict:
    return {"containers": [{"name": "app", "image": "registry.example.com/web:v1"}], **more}


def template(**more) -> dict:
    return {"metadata": {"labels": LABELS}, "spec": pod_spec(**more)}


def obj(api_version: str, kind: str, name: str, **fields) -> dict:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **fields}


def deployment(name="web", **spec) -> dict:
    return obj("apps/v1", "Deployment", name, spec={"selector": {"matchLabels": LABELS}, "template": template(), **spec})


def stateful_set(name="db", **spec) -> dict:
    return obj("apps/v1", "StatefulSet", name, spec={"serviceName": name, "selector": {"matchLabels": LABELS}, "template": template(), **spec})


def job(name="once", **spec) -> dict:
    return obj("batch/v1", "Job", name, spec={"template": {"spec": pod_spec(restartPolicy="Never")}, **spec})


def config_map(name="settings", **data) -> dict:
    return obj("v1", "ConfigMap", name, data=data or {"a": "1", "b": "2"})


def service(name="web", **spec) -> dict:
    return obj("v1", "Service", name, spec={"selector": LABELS, "ports": [{"port": 80}], **spec})


PROBE = {"httpGet": {"path": "/health", "port": 8000}}
FULL_CONTAINER = {"name": "app", "image": "registry.example.com/web:v1", "ports": [{"containerPort": 8000}],
                  "env": [{"name": "A", "value": "1"}, {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
                  "envFrom": [{"configMapRef": {"name": "settings"}}], "livenessProbe": PROBE, "readinessProbe": PROBE,
                  "startupProbe": {"exec": {"command": ["true"]}}, "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "0.5", "memory": "512Mi"}},
                  "securityContext": {"allowPrivilegeEscalation": False}, "volumeMounts": [{"name": "config", "mountPath": "/config"}],
                  "lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}
FULL_POD = {"containers": [FULL_CONTAINER], "initContainers": [{"name": "first", "image": "busybox"}],
            "volumes": [{"name": "config", "configMap": {"name": "settings"}}, {"name": "secret", "secret": {"secretName": "keys"}}, {"name": "scratch", "emptyDir": {}},
                        {"name": "host", "hostPath": {"path": "/srv"}}, {"name": "names", "downwardAPI": {"items": [{"path": "name", "fieldRef": {"fieldPath": "metadata.name"}}]}},
                        {"name": "all", "projected": {"sources": [{"secret": {"name": "keys"}}, {"serviceAccountToken": {"path": "token"}}]}}]}

CLAIM = obj("v1", "PersistentVolumeClaim", "data", spec={"accessModes": ["ReadWriteOnce"], "storageClassName": "absent", "resources": {"requests": {"storage": "1Gi"}}})
AUTOSCALER = obj("autoscaling/v2", "HorizontalPodAutoscaler", "absent", spec={"maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "absent"}})
BUDGET = obj("policy/v1", "PodDisruptionBudget", "web", spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "nobody"}}})

# One or more of every kind that kforge renders or a user may add.
MINIMAL = [
    config_map(), obj("v1", "Secret", "keys", stringData={"password": "s3cret"}), obj("v1", "Secret", "typed", type="kubernetes.io/basic-auth", stringData={"username": "u"}),
    obj("v1", "ServiceAccount", "web"), service(), service("headless", clusterIP="None"), service("node-port", type="NodePort"),
    service("balancer", type="LoadBalancer"), service("named", ports=[{"name": "http", "port": 80, "targetPort": "http"}, {"name": "dns", "port": 53, "protocol": "UDP"}]),
    obj("v1", "Service", "outside", spec={"type": "ExternalName", "externalName": "example.com"}), obj("v1", "Service", "no-selector", spec={"ports": [{"port": 5432}]}),
    obj("v1", "Endpoints", "no-selector", subsets=[{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 5432}]}]),
    obj("discovery.k8s.io/v1", "EndpointSlice", "slice", addressType="IPv4", endpoints=[{"addresses": ["192.0.2.1"]}], ports=[{"port": 80}]),
    CLAIM,
    obj("v1", "LimitRange", "limits", spec={"limits": [{"type": "Container", "max": {"cpu": "4"}}]}),
    obj("v1", "ResourceQuota", "quota", spec={"hard": {"services.loadbalancers": "5"}}),
    obj("v1", "Pod", "bare", spec=pod_spec(schedulerName="nobody")), obj("v1", "Pod", "full", spec={**FULL_POD, "schedulerName": "nobody"}),
    deployment("paused", paused=True), deployment("full", paused=True, replicas=0, template={"metadata": {"labels": LABELS}, "spec": FULL_POD}),
    deployment("recreate", paused=True, strategy={"type": "Recreate"}), deployment("surge", paused=True, strategy={"rollingUpdate": {"maxSurge": 1}}),
    obj("apps/v1", "ReplicaSet", "set", spec={"replicas": 0, "selector": {"matchLabels": {"app": "other"}}, "template": {"metadata": {"labels": {"app": "other"}}, "spec": pod_spec()}}),
    stateful_set("empty", replicas=0), stateful_set("volumes", replicas=0, volumeClaimTemplates=[
        {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]),
    obj("apps/v1", "DaemonSet", "nowhere", spec={"selector": {"matchLabels": {"app": "agent"}}, "template": {"metadata": {"labels": {"app": "agent"}}, "spec": pod_spec(nodeSelector={"absent": "yes"})}}),
    job(suspend=True), job("indexed", suspend=True, completions=3, completionMode="Indexed"),
    obj("batch/v1", "CronJob", "nightly", spec={"schedule": "0 3 1 1 *", "suspend": True, "jobTemplate": {"spec": {"template": {"spec": pod_spec(restartPolicy="OnFailure")}}}}),
    AUTOSCALER,
    BUDGET,
    obj("networking.k8s.io/v1", "NetworkPolicy", "closed", spec={"podSelector": {}}),
    obj("networking.k8s.io/v1", "NetworkPolicy", "open", spec={"podSelector": {}, "egress": [{"ports": [{"port": 53}]}], "ingress": [{}]}),
    obj("networking.k8s.io/v1", "Ingress", "web", spec={"rules": [{"host": "shop.example.com", "http": {"paths": [
        {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}),
    obj("rbac.authorization.k8s.io/v1", "Role", "reader", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
    obj("rbac.authorization.k8s.io/v1", "RoleBinding", "reader", roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        subjects=[{"kind": "ServiceAccount", "name": "web", "namespace": "conf-create"}]),
    obj("coordination.k8s.io/v1", "Lease", "lock", spec={"holderIdentity": "me", "leaseDurationSeconds": 60}),
    obj("apps/v1", "ControllerRevision", "one", revision=1, data={"spec": {}}),
    obj("v1", "Namespace", "conf-create-more"),
    obj("rbac.authorization.k8s.io/v1", "ClusterRole", "conf-reader", rules=[{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]),
    obj("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "conf-reader", roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "conf-reader"}),
    obj("storage.k8s.io/v1", "StorageClass", "conf-slow", provisioner="example.com/slow"),
    obj("scheduling.k8s.io/v1", "PriorityClass", "conf-high", value=1000),
    obj("networking.k8s.io/v1", "IngressClass", "conf-class", spec={"controller": "example.com/ingress"}),
    obj("v1", "PersistentVolume", "conf-volume", spec={"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/srv/data"}, "storageClassName": "conf-none"}),
]
