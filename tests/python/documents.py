# SPDX-License-Identifier: Apache-2.0
"""Project files as values: good ones, wrong ones, and good ones with one mistake."""

import copy
import random

SMALL = {"apiVersion": "kforge.dev/v1", "project": "shop", "services": {"a": {"image": "a:1", "port": 8000}}}

# Every section of the field table has a key here.
FULL = {
    "apiVersion": "kforge.dev/v1",
    "project": "shop",
    "environment": "prod",
    "kubernetes": {"context": "prod-cluster", "minVersion": "1.30"},
    "defaults": {
        "registry": "registry.example.com/shop",
        "imagePullPolicy": "IfNotPresent",
        "imagePullSecrets": ["registry-credentials"],
        "uids": "high",
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "none", "memory": "512Mi", "ephemeralStorage": "1Gi"}},
        "rollout": {"maxSurge": 1, "maxUnavailable": "25%", "minReadySeconds": 5, "deadline": "5m", "history": 3},
        "drain": {"sleep": "5s", "grace": 30},
        "labels": {"owner": "team-shop", "number": 7},
    },
    "namespaces": {"database": "db", "auth": "auth", "backend": "backend", "gateway": "edge", "podSecurity": "restricted", "create": True},
    "secrets": {
        "payment-provider": {"apiKey": {"env": "PAYMENT_API_KEY"}, "salt": {"generate": {"length": 24}}, "user": {"value": "shop"}, "random": {"generate": True}},
        "mail": {"existing": True},
        "partners": {"a": {"file": "secrets/a.key"}},
    },
    "database": {
        "kind": "postgres",
        "image": "postgres:17.6-bookworm",
        "storage": {"size": "20Gi", "class": "standard"},
        "resources": {"requests": {"cpu": 1}, "limits": {"cpu": 2, "memory": "2Gi"}},
        "parameters": {"log_min_duration_statement": 250, "wal_compression": "on"},
        "databases": {"product": {"owner": "catalog"}, "reports": {}},
        "shared": False,
        "superuser": "postgres-superuser",
    },
    "auth": {
        "kind": "keycloak",
        "image": "quay.io/keycloak/keycloak:26.4.0",
        "optimized": False,
        "replicas": 1,
        "hostname": "https://auth.shop.example.com",
        "database": "keycloak",
        "admin": "keycloak-admin",
        "realms": ["shop", {"name": "partners"}],
        "resources": {"limits": {"memory": "2Gi"}},
    },
    "services": {
        "product-service": {
            "image": "product-service:v1.0.0",
            "port": 8000,
            "health": {"startup": "/start", "live": "/live", "ready": "/ready"},
            "routes": ["/api/products", {"path": "/api/x", "auth": "key", "rateLimit": {"minute": 60}, "methods": ["GET", "POST"], "stripPath": True}],
            "env": {"LOG_LEVEL": "debug", "NUMBER": 5, "FLAG": True},
            "secretEnv": {"PAYMENT_API_KEY": "payment-provider.apiKey", "SALT": "payment-provider.salt", "MAIL": "mail.url"},
            "database": "product",
            "uses": ["order-service"],
            "scale": {"min": 1, "max": 3, "cpu": 70},
            "resources": {"requests": {"cpu": 0.5}, "limits": {"cpu": 1}},
            "rollout": {"deadline": 120},
            "drain": {"sleep": 0},
            "imagePullPolicy": "Always",
            "command": ["node"],
            "args": ["server.js", "--x=${X}"],
            "writablePaths": ["/app/cache"],
            "uid": 20000,
            "labels": {"team": "catalog"},
            "annotations": {"example.com/contact": "catalog"},
        },
        "order-service": {"image": "order-service:v1.0.0", "port": 8001, "health": "/up", "replicas": 2, "database": "none"},
    },
    "gateway": {
        "kind": "kong",
        "image": "kong:3.9.2",
        "replicas": 2,
        "host": "api.shop.example.com",
        "expose": {"type": "Ingress", "class": "nginx"},
        "tls": {"secret": "kong-tls"},
        "jwt": {"realm": "shop", "keys": []},
        "consumers": {"partner-a": {"key": "partners.a"}},
        "plugins": {"cors": {"origins": ["https://shop.example.com"]}, "rateLimit": {"minute": 600}, "maxBodyMb": 4},
        "resources": {"limits": {"memory": "1Gi"}},
    },
    "patches": [{"kind": "Deployment", "name": "order-service", "namespace": "backend", "patch": {"spec": {"paused": True}}}],
    "environments": {
        "laptop": {
            "kubernetes": {"context": None},
            "services": {"*": {"scale": {"min": 1, "max": 1}}, "order-service": {"database": None, "replicas": 1}},
            "gateway": {"expose": "NodePort", "tls": None},
            "secrets": {"mail": {"existing": None, "url": {"value": "smtp://localhost"}}},
            "auth": {"replicas": 1, "realms": [{"name": "shop"}]},
            "patches": None,
        }
    },
}


def with_value(document, path, value):
    """The document with the value at a path of keys and indices; `REMOVE` removes the key."""
    changed = copy.deepcopy(document)
    at = changed
    for step in path[:-1]:
        at = at[step]
    if value is REMOVE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


REMOVE = object()

# (path, value) over SMALL or FULL: each breaks the structure.
WRONG = [
    (("apiVersion",), "kforge.dev/v2"),
    (("apiVersion",), REMOVE),
    (("project",), "Shop"),
    (("project",), "a" * 64),
    (("project",), REMOVE),
    (("monitoring",), {"enabled": True}),
    (("services",), []),
    (("services", "B"), {"image": "b:1", "port": 1}),
    (("services", "*"), {"image": "b:1", "port": 8001}),
    (("services", "order-service", "replica"), 3),
    (("services", "order-service", "image"), REMOVE),
    (("services", "order-service", "image"), "Order:1"),
    (("services", "order-service", "port"), 0),
    (("services", "order-service", "port"), "8001"),
    (("services", "order-service", "port"), 8001.5),
    (("services", "order-service", "scale"), {"min": 1}),
    (("services", "order-service", "health"), "up"),
    (("services", "order-service", "uses"), "product-service"),
    (("services", "order-service", "env"), {"A-B": "c"}),
    (("services", "order-service", "env"), {"A": None}),
    (("services", "order-service", "secretEnv"), {"A": "no-key"}),
    (("services", "order-service", "uid"), None),
    (("services", "product-service", "routes", 0), "api"),
    (("services", "product-service", "routes", 1, "path"), REMOVE),
    (("services", "product-service", "routes", 1, "auth"), "oauth"),
    (("services", "product-service", "routes", 1, "rateLimit"), {}),
    (("services", "product-service", "routes", 1, "methods"), ["get"]),
    (("services", "product-service", "resources", "requests", "cpu"), "none"),
    (("services", "product-service", "resources", "requests", "cpu"), -1),
    (("services", "product-service", "rollout", "deadline"), "5x"),
    (("services", "product-service", "drain", "sleep"), 1.5),
    (("services", "product-service", "writablePaths"), ["/a/../b"]),
    (("services", "product-service", "command"), [1]),
    (("secrets", "mail", "url"), {"env": "X"}),
    (("secrets", "mail", "existing"), False),
    (("secrets", "payment-provider", "apiKey"), {}),
    (("secrets", "payment-provider", "apiKey"), {"env": "A", "file": "b"}),
    (("secrets", "payment-provider", "apiKey"), {"file": "../b"}),
    (("secrets", "payment-provider", "a b"), {"env": "A"}),
    (("database", "kind"), "mysql"),
    (("database", "databases", "Product"), {}),
    (("database", "backup"), {}),
    (("auth", "hostname"), "auth.shop.example.com"),
    (("auth", "realms"), [{"file": "x.json"}]),
    (("gateway", "host"), "https://api.shop.example.com"),
    (("gateway", "expose"), "Public"),
    (("gateway", "tls"), {}),
    (("gateway", "plugins", "cors", "origins"), ["shop.example.com"]),
    (("patches", 0, "patch"), REMOVE),
    (("manifests",), ["/etc/passwd"]),
    (("manifests",), [{"stage": "backend"}]),
    (("kubernetes", "minVersion"), 1.3),
    (("environments", "Laptop"), {}),
    (("environments", "laptop", "project"), "other"),
    (("environments", "laptop", "environments"), {}),
    (("environments", "laptop", "services", "*", "sacle"), {}),
    (("environments", "laptop", "auth", "realms"), [{"file": "x.json"}]),
    (("environments", "laptop", "auth", "realms"), [None]),
]

VALUES = [None, True, False, 0, 1, -1, 50, 70000, 1.5, "", "x", "X Y", "/a", "a.b", "1", "none", "5m", "25%", "1Gi", "*", "../x", "${X}",
          "https://a.b", "a:1", [], ["x"], [1], [{}], {}, {"x": 1}, {"x": None}, {"existing": True}, {"kind": "kong"}]


def _paths(value, path=()):
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in steps:
        yield from _paths(below, (*path, step))


def mutations(count, seed):
    """FULL with one place changed, removed or added to; the same for the same seed."""
    rng = random.Random(seed)
    paths = [path for path in _paths(FULL) if path]
    for _ in range(count):
        path = rng.choice(paths)
        kind = rng.random()
        if kind < 0.15:
            yield path, with_value(FULL, path, REMOVE)
        elif kind < 0.25:
            yield path, with_value(FULL, (*path[:-1], path[-1]), {rng.choice(["x", "kind", "a b", "min"]): rng.choice(VALUES)})
        else:
            yield path, with_value(FULL, path, rng.choice(VALUES))
