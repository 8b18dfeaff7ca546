# SPDX-License-Identifier: Apache-2.0
"""What two servers answered, field by field, after everything that no two runs share has been given a neutral name."""

import re

# Fields whose values differ from run to run, whoever serves.
VOLATILE = {"uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "clusterIP", "nodePort", "podIP", "hostIP", "nodeName",
            "startTime", "completionTime", "lastTransitionTime", "lastUpdateTime", "lastProbeTime", "lastTimestamp", "firstTimestamp", "eventTime",
            "lastScheduleTime", "lastSuccessfulTime", "startedAt", "finishedAt", "containerID", "imageID", "continue", "hash", "pod-template-hash",
            "controller-revision-hash", "currentRevision", "updateRevision", "updateHash", "serverAddressByClientCIDRs", "controller-uid",
            "batch.kubernetes.io/controller-uid", "currentMetrics", "serverAddress", "renewTime", "acquireTime", "image-id", "ip"}
VOLATILE_LISTS = {"clusterIPs", "podIPs", "hostIPs"}
# Managers that write when they get to it; what clients own is compared.
CONTROLLERS = {"kube-controller-manager", "kube-scheduler", "kwok", "kube-apiserver", "kubelet", "kforge-sandbox", "sandbox"}

PATTERNS = [
    (re.compile(r"\n@@.*", re.S), ""),  # a diff of Go structures behind a message
    (re.compile(r"-----BEGIN CERTIFICATE-----.*-----END CERTIFICATE-----", re.S), "<certificate>"),
    (re.compile(r"(?<=kube-api-access-)[0-9a-z]{5}"), "<suffix>"),
    (re.compile(r'(resourceVersion\\*":\\*"|in record \()\d+(?=[\\")])'), r"\1<version>"),
    (re.compile(r"^\d+s$"), "<age>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"\b10\.\d+\.\d+\.\d+\b"), "<ip>"),
    (re.compile(r"-[0-9a-z]{8,10}-[0-9a-z]{5}\b"), "-<rs>-<pod>"),
    (re.compile(r"(?<=web)-[0-9a-f]{6,10}\b"), "-<rs>"),
    (re.compile(r"\b\d{1,3}\.\d+(ms|s)\b"), "<duration>"),
]


def _name(value):
    if isinstance(value, str):
        for pattern, replacement in PATTERNS:
            value = pattern.sub(replacement, value)
        head, errors, lines = value.partition("errors:\n")
        value = head + errors + "\n".join(sorted(lines.split("\n")))  # listed in the order of a Go map
    return value


WORKLOADS = {"Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job"}


def without_status(body):
    """An object whose status a controller fills in when it gets to it: only an answer that was waited for has it."""
    if isinstance(body, dict) and body.get("kind") in WORKLOADS:
        return {key: value for key, value in body.items() if key != "status"}
    return body


def _periodic_bookmark(event) -> bool:
    """A bookmark that a server sends when it finds time, unlike the one that ends the initial events."""
    return isinstance(event, dict) and event.get("type") == "BOOKMARK" and "annotations" not in event.get("object", {}).get("metadata", {})


def neutral(value, key=""):
    """The value with neutral names for what is volatile; `key` is the field that holds it."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k != "selfLink"}
        if isinstance(kept.get("managedFields"), list):
            kept["managedFields"] = sorted((entry for entry in kept["managedFields"] if entry.get("manager") not in CONTROLLERS),
                                           key=lambda entry: (entry.get("manager", ""), entry.get("operation", ""), entry.get("subresource", "")))
        return {_name(k): neutral(v, k) for k, v in kept.items()}
    if key in VOLATILE and not isinstance(value, list):
        return f"<{key}>" if value not in (None, "", "None") else value
    if isinstance(value, list):
        return [f"<{key}>"] if key in VOLATILE_LISTS and value != ["None"] else [neutral(item) for item in value if not _periodic_bookmark(item)]
    return _name(value)


def leaves(value, path="") -> dict:
    """Path -> value of every leaf; an empty object or list is a leaf."""
    if isinstance(value, dict) and value:
        return {p: v for key, item in value.items() for p, v in leaves(item, f"{path}.{key}").items()}
    if isinstance(value, list) and value:
        return {p: v for index, item in enumerate(value) for p, v in leaves(item, f"{path}[{index}]").items()}
    return {path or ".": value}


def differences(expected, actual) -> tuple[int, list[str]]:
    """The number of compared fields, and a line for each that differs."""
    ours, theirs = leaves(actual), leaves(expected)
    lines = []
    for path in sorted(ours.keys() | theirs.keys()):
        if path not in ours:
            lines.append(f"{path}: missing, a cluster says {theirs[path]!r}")
        elif path not in theirs:
            lines.append(f"{path}: {ours[path]!r}, a cluster says nothing")
        elif ours[path] != theirs[path]:
            lines.append(f"{path}: {ours[path]!r}, a cluster says {theirs[path]!r}")
    return len(ours.keys() | theirs.keys()), lines
