# SPDX-License-Identifier: Apache-2.0
"""What is asked, area by area."""

import copy

from objects import AUTOSCALER, BUDGET, CLAIM, FULL_POD, LABELS, MINIMAL, config_map, deployment, job, obj, pod_spec, service, stateful_set
from steps import APPLY, JSON_PATCH, MERGE, STRATEGIC, TABLE, Step, apply, begin, collection, create, path_of


def changed(original: dict, *edits) -> dict:
    """A copy with values set at paths: changed(o, (("spec", "replicas"), 3))."""
    result = copy.deepcopy(original)
    for path, value in edits:
        target = result
        for step in path[:-1]:
            target = target.setdefault(step, {}) if isinstance(target, dict) else target[step]
        if value is None and isinstance(target, dict):
            target.pop(path[-1], None)
        else:
            target[path[-1]] = value
    return result


def creation() -> list[Step]:
    return begin("conf-create") + [create("conf-create", item) for item in MINIMAL]


def reading() -> list[Step]:
    ns = "conf-read"
    maps = [changed(config_map(f"m{i}"), (("metadata", "labels"), {"n": str(i), "half": "low" if i < 3 else "high"})) for i in range(6)]
    root = collection("v1", "ConfigMap", ns)
    select = "half%3Dlow"
    queries = {"by label": f"?labelSelector={select}", "by two labels": "?labelSelector=half%3Dlow,n!%3D1", "by set": "?labelSelector=n in (1,5)".replace(" ", "%20"),
               "by presence": "?labelSelector=half", "by absence": "?labelSelector=!half", "by name": "?fieldSelector=metadata.name%3Dm3",
               "by no name": "?fieldSelector=metadata.name!%3Dm3,metadata.namespace%3Dconf-read", "bad label selector": "?labelSelector=a%3D%3D%3Db",
               "bad field selector": "?fieldSelector=spec.x%3D1", "page of two": f"?limit=2&labelSelector=half"}
    steps = begin(ns) + [create(ns, item) for item in maps]
    steps += [Step(name, "GET", root + query) for name, query in queries.items()]
    steps += [Step("next page", "GET", lambda seen: f"{root}?limit=2&labelSelector=half&continue={seen['page of two'].at('metadata', 'continue')}"),
              Step("bad continue token", "GET", f"{root}?limit=2&continue=nonsense"),
              Step("one", "GET", f"{root}/m0"), Step("absent", "GET", f"{root}/absent"), Step("absent namespace", "GET", collection("v1", "ConfigMap", "conf-absent")),
              Step("unknown resource", "GET", f"/api/v1/namespaces/{ns}/gadgets"), Step("unknown group", "GET", "/apis/example.com/v1/gadgets"),
              Step("table of maps", "GET", f"{root}?labelSelector=half", accept=TABLE), Step("table of one", "GET", f"{root}/m0", accept=TABLE),
              Step("metadata alone", "GET", f"{root}/m0", accept="application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"),
              Step("method that is none", "POST", f"{root}/m0", {}), Step("name in the wrong namespace", "POST", root, changed(config_map("x"), (("metadata", "namespace"), "default"))),
              Step("no body", "POST", root), Step("no object", "POST", root, [1]), Step("bad JSON", "POST", root, "{\"a\":"), Step("wrong kind", "POST", root, service()),
              Step("wrong version", "POST", root, changed(config_map("x"), (("apiVersion",), "v2"))), Step("wrong content type", "POST", root, config_map("x"), content_type="text/html"),
              Step("nothing acceptable", "GET", f"{root}/m0", accept="text/html")]
    return steps


def validation() -> list[Step]:
    ns = "conf-invalid"
    web, base_service = deployment(), service()
    spec, pod = ("spec",), ("spec", "template", "spec")
    container = (*pod, "containers", 0)
    port = ("spec", "ports", 0)
    bad = {
        "no name": changed(web, (("metadata", "name"), None)), "bad name": changed(web, (("metadata", "name"), "Web_1")), "long name": changed(config_map(), (("metadata", "name"), "x" * 254)),
        "bad label key": changed(web, (("metadata", "labels"), {"a b": "c"})), "bad label value": changed(web, (("metadata", "labels"), {"a": "c!"})),
        "bad annotation key": changed(web, (("metadata", "annotations"), {"/x": "c"})), "no selector": changed(web, ((*spec, "selector"), None)),
        "selector without labels": changed(web, ((*spec, "template", "metadata", "labels"), {"app": "x"})), "no template": changed(web, ((*spec, "template"), None)),
        "negative replicas": changed(web, ((*spec, "replicas"), -1)), "replicas as text": changed(web, ((*spec, "replicas"), "3")), "no containers": changed(web, ((*pod, "containers"), [])),
        "no image": changed(web, ((*container, "image"), None)), "bad container name": changed(web, ((*container, "name"), "App_1")), "no container name": changed(web, ((*container, "name"), None)),
        "two containers of one name": changed(web, ((*pod, "containers"), [{"name": "a", "image": "x"}, {"name": "a", "image": "y"}])),
        "bad quantity": changed(web, ((*container, "resources"), {"limits": {"cpu": "lots"}})), "request over limit": changed(web, ((*container, "resources"), {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}})),
        "bad port": changed(web, ((*container, "ports"), [{"containerPort": 70000}])), "bad port name": changed(web, ((*container, "ports"), [{"containerPort": 80, "name": "a_port_name_too_long"}])),
        "bad protocol": changed(web, ((*container, "ports"), [{"containerPort": 80, "protocol": "ICMP"}])), "mount of no volume": changed(web, ((*container, "volumeMounts"), [{"name": "x", "mountPath": "/x"}])),
        "mount twice": changed(web, ((*pod, "volumes"), [{"name": "x", "emptyDir": {}}]), ((*container, "volumeMounts"), [{"name": "x", "mountPath": "/x"}, {"name": "x", "mountPath": "/x"}])),
        "volume of nothing": changed(web, ((*pod, "volumes"), [{"name": "x", "secret": {}, "emptyDir": {}}])), "two volumes of one name": changed(web, ((*pod, "volumes"), [{"name": "x", "emptyDir": {}}, {"name": "x", "emptyDir": {}}])),
        "bad probe": changed(web, ((*container, "livenessProbe"), {"periodSeconds": 5})), "probe of two kinds": changed(web, ((*container, "livenessProbe"), {"httpGet": {"port": 1}, "tcpSocket": {"port": 1}})),
        "probe without port": changed(web, ((*container, "readinessProbe"), {"httpGet": {"path": "/"}})), "bad pull policy": changed(web, ((*container, "imagePullPolicy"), "Sometimes")),
        "bad restart policy": changed(web, ((*pod, "restartPolicy"), "Never")), "env without name": changed(web, ((*container, "env"), [{"value": "x"}])),
        "env of two sources": changed(web, ((*container, "env"), [{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}])),
        "bad field path": changed(web, ((*container, "env"), [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.nme"}}}])),
        "max surge and unavailable zero": changed(web, ((*spec, "strategy"), {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}})),
        "bad strategy": changed(web, ((*spec, "strategy"), {"type": "BlueGreen"})), "deadline below min ready": changed(web, ((*spec, "minReadySeconds"), 700)),
        "recreate with rolling": changed(web, ((*spec, "strategy"), {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}})),
        "service without ports": changed(base_service, ((*spec, "ports"), [])), "service port of no number": changed(base_service, ((*port, "port"), 0)),
        "two ports without names": changed(base_service, ((*spec, "ports"), [{"port": 80}, {"port": 81}])), "two ports of one number": changed(base_service, ((*spec, "ports"), [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}])),
        "bad service type": changed(base_service, ((*spec, "type"), "Public")), "node port out of range": changed(base_service, ((*spec, "type"), "NodePort"), ((*port, "nodePort"), 80)),
        "external name missing": changed(base_service, ((*spec, "type"), "ExternalName")), "bad service name": changed(base_service, (("metadata", "name"), "1web")),
        "claim without size": changed(CLAIM, ((*spec, "resources"), {})), "claim without mode": changed(CLAIM, ((*spec, "accessModes"), [])),
        "autoscaler without target": changed(AUTOSCALER, ((*spec, "scaleTargetRef"), {})), "autoscaler upside down": changed(AUTOSCALER, ((*spec, "minReplicas"), 9)), "autoscaler without maximum": changed(AUTOSCALER, ((*spec, "maxReplicas"), None)),
        "budget of two": changed(BUDGET, ((*spec, "maxUnavailable"), 1)), "job restarts always": job("bad", template={"spec": pod_spec(restartPolicy="Always")}), "job without restart policy": job("bad", template={"spec": pod_spec()}),
        "bad schedule": obj("batch/v1", "CronJob", "bad", spec={"schedule": "every day", "jobTemplate": {"spec": {"template": {"spec": pod_spec(restartPolicy="Never")}}}}),
        "secret of a typed kind": obj("v1", "Secret", "bad", type="kubernetes.io/tls", stringData={"a": "b"}), "bad config key": config_map("bad", **{"a b": "x"}),
        "secret not base64": obj("v1", "Secret", "bad", data={"a": "***"}), "bad ingress path": obj("networking.k8s.io/v1", "Ingress", "bad", spec={"rules": [{"http": {"paths": [{"path": "x", "pathType": "Prefix", "backend": {}}]}}]}),
        "role without verbs": obj("rbac.authorization.k8s.io/v1", "Role", "bad", rules=[{"apiGroups": [""], "resources": ["pods"]}]),
        "stateful set without labels": stateful_set(template={"metadata": {}, "spec": pod_spec()}), "bad termination grace": changed(web, ((*pod, "terminationGracePeriodSeconds"), -5)),
    }
    strict = {"unknown field": changed(web, ((*spec, "replica"), 3)), "unknown nested field": changed(web, ((*container, "imag"), "x")), "two unknown fields": changed(web, ((*spec, "a"), 1), (("metadata", "b"), 1)),
              "wrong type": changed(web, ((*spec, "paused"), "yes")), "list for a map": changed(web, (("metadata", "labels"), ["a"])), "map for a list": changed(web, ((*pod, "containers"), {"name": "a"}))}
    steps = begin(ns) + [create(ns, item, name) for name, item in bad.items()]
    steps += [create(ns, item, f"strict: {name}", "?fieldValidation=Strict") for name, item in strict.items()]
    steps += [create(ns, changed(item, (("metadata", "name"), f"ignored-{i}")), f"ignored: {name}", "?fieldValidation=Ignore&dryRun=All") for i, (name, item) in enumerate(strict.items())]
    steps += [apply(f"applied: {name}", ns, item, "me") for name, item in strict.items()]
    steps += [Step("already exists", "POST", collection("v1", "ServiceAccount", ns), obj("v1", "ServiceAccount", "default")), Step("bad dry run", "POST", collection("v1", "ConfigMap", ns) + "?dryRun=Some", config_map()),
              Step("bad field validation", "POST", collection("v1", "ConfigMap", ns) + "?fieldValidation=Some", config_map()), Step("in an absent namespace", "POST", collection("v1", "ConfigMap", "conf-absent"), config_map())]
    return steps


def immutability() -> list[Step]:
    ns = "conf-fixed"
    web, db, one = deployment(paused=True), stateful_set(replicas=0), job(suspend=True)
    locked = changed(config_map("locked"), (("immutable",), True))
    binding = obj("rbac.authorization.k8s.io/v1", "RoleBinding", "b", roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"})
    typed = obj("v1", "Secret", "typed", type="Opaque", stringData={"a": "b"})
    originals = [web, db, one, locked, CLAIM, binding, typed, service(), obj("v1", "Service", "headless", spec={"clusterIP": "None", "ports": [{"port": 80}]}),
                 obj("v1", "Pod", "fixed", spec=pod_spec(schedulerName="nobody"))]
    edits = {
        "deployment selector": (web, {"spec": {"selector": {"matchLabels": {"b": "c"}}, "template": {"metadata": {"labels": {"b": "c"}}}}}), "stateful set service": (db, {"spec": {"serviceName": "other"}}),
        "stateful set selector": (db, {"spec": {"selector": {"matchLabels": {"b": "c"}}}}), "job template": (one, {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "other"}]}}}}),
        "job completions": (one, {"spec": {"completions": 5}}), "immutable map": (locked, {"data": {"a": "3"}}), "mutable again": (locked, {"immutable": False}), "claim class": (CLAIM, {"spec": {"storageClassName": "other"}}),
        "claim shrinks": (CLAIM, {"spec": {"resources": {"requests": {"storage": "1Mi"}}}}), "role of a binding": (binding, {"roleRef": {"name": "other"}}), "type of a secret": (typed, {"type": "example.com/x"}),
        "address of a service": (originals[7], {"spec": {"clusterIP": "10.96.200.200"}}), "service becomes headless": (originals[7], {"spec": {"clusterIP": "None", "clusterIPs": ["None"]}}),
        "headless gets an address": (originals[8], {"spec": {"clusterIP": "10.96.200.201", "clusterIPs": ["10.96.200.201"]}}), "pod's command": (originals[9], {"spec": {"containers": [{"name": "app", "image": "x", "command": ["a"]}]}}),
        "name": (web, {"metadata": {"name": "other"}}), "namespace": (web, {"metadata": {"namespace": "default"}}), "uid": (web, {"metadata": {"uid": "0"}}),
    }
    steps = begin(ns) + [create(ns, item) for item in originals]
    return steps + [Step(f"change {name}", "PATCH", path_of(item, ns), patch, content_type=MERGE) for name, (item, patch) in edits.items()]


def applying() -> list[Step]:
    ns = "conf-apply"
    first = {**config_map("shared"), "data": {"a": "1", "b": "2"}}
    just = lambda **data: {**config_map("shared"), "data": data}
    web = deployment(paused=True, template={"metadata": {"labels": LABELS}, "spec": FULL_POD})
    container = ("spec", "template", "spec", "containers", 0)
    partial = lambda **fields: obj("apps/v1", "Deployment", "web", spec={"template": {"spec": {"containers": [{"name": "app", **fields}]}}})
    get = lambda name, item: Step(name, "GET", path_of(item, ns))
    svc = service("ports", ports=[{"name": "a", "port": 80}, {"name": "b", "port": 81}])
    return begin(ns) + [
        apply("creates", ns, first, "one"), apply("again", ns, first, "one"), apply("another owns more", ns, just(c="3"), "two"), apply("conflict", ns, just(a="9"), "two"),
        apply("two conflicts", ns, just(a="9", b="9"), "two"), apply("forced", ns, just(a="9", c="3"), "two", "&force=true"), apply("left out is removed", ns, just(b="2"), "one"),
        apply("shared value", ns, just(a="9", b="2"), "one"), apply("left out but shared stays", ns, just(b="2"), "one"), apply("nothing owned", ns, {**config_map("shared"), "data": {}}, "one"),
        Step("no manager", "PATCH", path_of(first, ns), first, content_type=APPLY), Step("managed fields sent", "PATCH", path_of(first, ns) + "?fieldManager=one", changed(first, (("metadata", "managedFields"), [{"manager": "x"}])), content_type=APPLY),
        Step("other name", "PATCH", collection("v1", "ConfigMap", ns) + "/else?fieldManager=one", first, content_type=APPLY), apply("dry run", ns, just(a="dry"), "two", "&dryRun=All&force=true"), get("after a dry run", first),
        Step("update by another", "PATCH", path_of(first, ns) + "?fieldManager=editor", {"data": {"a": "edited"}}, content_type=MERGE), apply("conflict with an update", ns, just(a="x"), "two"),
        apply("force over an update", ns, just(a="x"), "two", "&force=true"),
        apply("deployment", ns, web, "one"), apply("a field of one container", ns, partial(image="registry.example.com/web:v2"), "two"), apply("forced image", ns, partial(image="registry.example.com/web:v2"), "two", "&force=true"),
        apply("its own environment", ns, partial(env=[{"name": "B", "value": "2"}]), "three"), apply("one environment conflict", ns, partial(env=[{"name": "A", "value": "2"}]), "three"),
        apply("the first takes an entry away", ns, changed(web, ((*container, "env"), [{"name": "A", "value": "1"}]), ((*container, "image"), None)), "one"), apply("duplicate entries", ns, partial(env=[{"name": "B", "value": "2"}, {"name": "B", "value": "3"}]), "three"),
        apply("an entry without its key", ns, obj("apps/v1", "Deployment", "web", spec={"template": {"spec": {"containers": [{"image": "x"}]}}}), "four"), apply("status is not ours", ns, changed(web, (("status", "replicas"), 5)), "one", "&force=true"),
        Step("scale by another", "PATCH", path_of(web, ns) + "/scale?fieldManager=scaler", {"spec": {"replicas": 4}}, content_type=MERGE), apply("replicas conflict", ns, changed(web, (("spec", "replicas"), 2)), "one", "&force=false"),
        apply("service", ns, svc, "one"), apply("one port more", ns, service("ports", ports=[{"name": "c", "port": 82}]), "two"), apply("one port less", ns, service("ports", ports=[{"name": "a", "port": 80}]), "one"),
        apply("a set", ns, changed(config_map("final"), (("metadata", "finalizers"), ["example.com/a"])), "one"), apply("a set of another", ns, changed(config_map("final"), (("metadata", "finalizers"), ["example.com/b"])), "two"),
        apply("empty set", ns, config_map("final"), "one"), Step("no finalizers", "PATCH", path_of(config_map("final"), ns), {"metadata": {"finalizers": None}}, content_type=MERGE), apply("annotations", ns, changed(first, (("metadata", "annotations"), {"a": "b"})), "four"),
        Step("client-side apply", "POST", collection("v1", "ConfigMap", ns) + "?fieldManager=kubectl-client-side-apply", changed(config_map("old"), (("metadata", "annotations"), {"kubectl.kubernetes.io/last-applied-configuration": "{}"}))),
        apply("over client-side apply", ns, config_map("old", a="2"), "one"), apply("forced over client-side apply", ns, config_map("old", a="2"), "one", "&force=true"), apply("strict", ns, changed(first, (("datum",), {"a": "b"})), "one", "&fieldValidation=Strict"),
        Step("not YAML", "PATCH", path_of(first, ns) + "?fieldManager=one", "{]", content_type=APPLY),
    ]


def patching() -> list[Step]:
    ns = "conf-patch"
    web = deployment(paused=True, template={"metadata": {"labels": LABELS}, "spec": FULL_POD})
    target, settings = path_of(web, ns), path_of(config_map(), ns)
    strategic = lambda name, patch: Step(name, "PATCH", target, patch, content_type=STRATEGIC)
    in_pod = lambda **spec: {"spec": {"template": {"spec": spec}}}
    in_container = lambda **fields: in_pod(containers=[{"name": "app", **fields}])
    return begin(ns) + [
        create(ns, web), create(ns, config_map()), strategic("image", in_container(image="registry.example.com/web:v2")), strategic("one variable more", in_container(env=[{"name": "B", "value": "2"}])),
        strategic("one variable less", in_container(env=[{"name": "B", "$patch": "delete"}])), strategic("a container more", in_pod(containers=[{"name": "side", "image": "busybox"}])), strategic("a container less", in_pod(containers=[{"name": "side", "$patch": "delete"}])),
        strategic("replaced list", in_container(env=[{"$patch": "replace"}, {"name": "ONLY", "value": "1"}])), strategic("null deletes", {"spec": {"replicas": None}}), strategic("labels", {"metadata": {"labels": {"x": "y"}}}), strategic("directive of no kind", in_container(env=[{"name": "B", "$patch": "explode"}])),
        strategic("item without key", in_pod(containers=[{"image": "x"}])), strategic("volumes", in_pod(volumes=[{"name": "extra", "emptyDir": {}}])), strategic("tolerations are replaced", in_pod(tolerations=[{"key": "a", "operator": "Exists"}])), strategic("tolerations again", in_pod(tolerations=[{"key": "b", "operator": "Exists"}])),
        Step("merge", "PATCH", settings, {"data": {"c": "3", "a": None}}, content_type=MERGE), Step("merge of no object", "PATCH", settings, [1], content_type=MERGE), Step("merge with wrong version", "PATCH", settings, {"metadata": {"resourceVersion": "1"}}, content_type=MERGE),
        Step("json patch", "PATCH", settings, [{"op": "add", "path": "/data/d", "value": "4"}, {"op": "remove", "path": "/data/b"}], content_type=JSON_PATCH), Step("json test holds", "PATCH", settings, [{"op": "test", "path": "/data/d", "value": "4"}], content_type=JSON_PATCH),
        Step("json test fails", "PATCH", settings, [{"op": "test", "path": "/data/d", "value": "5"}], content_type=JSON_PATCH), Step("json path absent", "PATCH", settings, [{"op": "remove", "path": "/data/none"}], content_type=JSON_PATCH),
        Step("json bad operation", "PATCH", settings, [{"op": "explode", "path": "/data/d"}], content_type=JSON_PATCH), Step("json copy and move", "PATCH", settings, [{"op": "copy", "from": "/data/d", "path": "/data/e"}, {"op": "move", "from": "/data/d", "path": "/data/f"}], content_type=JSON_PATCH),
        Step("unknown patch type", "PATCH", settings, {}, content_type="application/json"), Step("patch of what is absent", "PATCH", settings + "x", {}, content_type=MERGE), Step("bad JSON", "PATCH", settings, "{", content_type=MERGE),
        Step("merge dry run", "PATCH", settings + "?dryRun=All", {"data": {"dry": "yes"}}, content_type=MERGE), Step("nothing changed", "PATCH", settings, {"data": {"f": "4"}}, content_type=MERGE), Step("strict merge", "PATCH", settings + "?fieldValidation=Strict", {"datum": 1}, content_type=MERGE),
    ]


def updating() -> list[Step]:
    ns = "conf-update"
    path, web = path_of(config_map(), ns), deployment(paused=True)
    return begin(ns) + [
        create(ns, config_map()), Step("put", "PUT", path, config_map(a="2")), Step("put with old version", "PUT", path, lambda seen: {**config_map(a="3"), "metadata": {"name": "settings", "resourceVersion": seen["create ConfigMap settings"].at("metadata", "resourceVersion")}}),
        Step("put of the current version", "PUT", path, lambda seen: {**config_map(a="3"), "metadata": {"name": "settings", "resourceVersion": seen["put"].at("metadata", "resourceVersion")}}), Step("put what is absent", "PUT", path + "x", config_map("settingsx")),
        Step("put under another name", "PUT", path, config_map("other")), Step("put of another uid", "PUT", path, changed(config_map(), (("metadata", "uid"), "11111111-2222-3333-4444-555555555555"))), Step("put dry", "PUT", path + "?dryRun=All", config_map(a="dry")),
        create(ns, web), Step("scale", "GET", path_of(web, ns) + "/scale"), Step("set scale", "PUT", path_of(web, ns) + "/scale", {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web", "namespace": ns}, "spec": {"replicas": 3}}),
        Step("scale below zero", "PATCH", path_of(web, ns) + "/scale", {"spec": {"replicas": -1}}, content_type=MERGE), Step("scale of what is absent", "GET", path_of(web, ns) + "x/scale"), Step("scale of a map", "GET", path + "/scale"),
        Step("spec counts a generation", "GET", path_of(web, ns), until=lambda answer: answer.at("status", "observedGeneration") == answer.at("metadata", "generation")),
        Step("status does not change the spec", "PATCH", path_of(web, ns) + "/status?fieldManager=me", {"spec": {"replicas": 9}, "metadata": {"labels": {"no": "label"}}}, content_type=MERGE), Step("spec does not change the status", "PATCH", path_of(web, ns), {"status": {"replicas": 9}}, content_type=MERGE),
    ]


def deleting() -> list[Step]:
    ns = "conf-delete"
    names = ["plain", "uid", "version", "dry", "kept"]
    path = lambda name: path_of(config_map(name), ns)
    options = lambda **fields: {"apiVersion": "v1", "kind": "DeleteOptions", **fields}
    many = [changed(config_map(f"many{i}"), (("metadata", "labels"), {"set": "many"})) for i in range(3)]
    return begin(ns) + [create(ns, config_map(name)) for name in names] + [create(ns, item) for item in many] + [create(ns, changed(config_map("held"), (("metadata", "finalizers"), ["example.com/hold"]))), create(ns, deployment(paused=True))] + [
        Step("plain", "DELETE", path("plain")), Step("gone", "GET", path("plain")), Step("again", "DELETE", path("plain")), Step("wrong uid", "DELETE", path("uid"), options(preconditions={"uid": "11111111-2222-3333-4444-555555555555"})),
        Step("right uid", "DELETE", path("uid"), lambda seen: options(preconditions={"uid": seen["create ConfigMap uid"].at("metadata", "uid")})), Step("wrong version", "DELETE", path("version"), options(preconditions={"resourceVersion": "1"})),
        Step("dry", "DELETE", path("dry"), options(dryRun=["All"])), Step("still there", "GET", path("dry")), Step("bad propagation", "DELETE", path("kept"), options(propagationPolicy="Sideways")), Step("collection", "DELETE", collection("v1", "ConfigMap", ns) + "?labelSelector=set%3Dmany"),
        Step("collection is empty", "GET", collection("v1", "ConfigMap", ns) + "?labelSelector=set%3Dmany"), Step("held by a finalizer", "DELETE", path("held")), Step("held still there", "GET", path("held")), Step("held again", "DELETE", path("held")), Step("held gets no finalizer more", "PATCH", path("held"), {"metadata": {"finalizers": ["example.com/hold", "example.com/new"]}}, content_type=MERGE),
        Step("let go", "PATCH", path("held"), {"metadata": {"finalizers": None}}, content_type=MERGE), Step("held is gone", "GET", path("held")), Step("foreground", "DELETE", path_of(deployment(), ns), options(propagationPolicy="Foreground")), Step("foreground ends", "GET", path_of(deployment(), ns), until=lambda answer: answer.status == 404),
        Step("namespace", "DELETE", f"/api/v1/namespaces/{ns}", compared=False), Step("write into a namespace that ends", "GET", f"/api/v1/namespaces/{ns}", until=lambda answer: answer.status == 404),
    ][:-2]


def watching() -> list[Step]:
    ns = "conf-watch"
    root = collection("v1", "ConfigMap", ns)
    one = changed(config_map("one"), (("metadata", "labels"), {"w": "1"}))
    since = lambda more="": lambda seen: f"{root}?watch=1&timeoutSeconds=1&labelSelector=w&resourceVersion={seen['list'].at('metadata', 'resourceVersion')}{more}"
    return begin(ns) + [
        Step("list", "GET", root + "?labelSelector=w"), create(ns, one), Step("change", "PATCH", path_of(one, ns), {"data": {"a": "2"}}, content_type=MERGE), Step("leaves the selection", "PATCH", path_of(one, ns), {"metadata": {"labels": {"w": None}}}, content_type=MERGE),
        Step("comes back", "PATCH", path_of(one, ns), {"metadata": {"labels": {"w": "2"}}}, content_type=MERGE), Step("delete", "DELETE", path_of(one, ns)), Step("all of it", "GET", since()), create(ns, config_map("two"), "another"), Step("as a table", "GET", since(), accept=TABLE, compared=False),
        Step("with what there is", "GET", f"{root}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dtwo"), Step("initial events", "GET", f"{root}?watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dtwo"),
        Step("initial events without a match", "GET", f"{root}?watch=1&timeoutSeconds=1&sendInitialEvents=true"), Step("bad version", "GET", f"{root}?watch=1&timeoutSeconds=1&resourceVersion=abc"), Step("list of a bad version", "GET", f"{root}?resourceVersion=abc"),
    ]


def discovery() -> list[Step]:
    groups = ["/api/v1", "/apis/apps/v1", "/apis/batch/v1", "/apis/autoscaling/v2", "/apis/policy/v1", "/apis/networking.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1", "/apis/storage.k8s.io/v1", "/apis/scheduling.k8s.io/v1", "/apis/coordination.k8s.io/v1", "/apis/discovery.k8s.io/v1",
              "/apis/apiextensions.k8s.io/v1", "/apis/apps", "/apis/batch", "/api"]
    return [Step(path, "GET", path) for path in groups] + [Step("absent version", "GET", "/apis/apps/v9"), Step("nothing here", "GET", "/nothing"), Step("health", "GET", "/healthz"), Step("live", "GET", "/livez"), Step("ready", "GET", "/readyz")]


def custom_resources() -> list[Step]:
    ns = "conf-custom"
    definition = obj("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.conf.example.com", spec={"group": "conf.example.com", "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets"}, "versions": [
        {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]})
    widget = obj("conf.example.com/v1", "Widget", "one", spec={"size": 3, "tags": ["a"]})
    established = lambda answer: any(c["type"] == "Established" and c["status"] == "True" for c in answer.at("status", "conditions") or [])
    return begin(ns) + [create("", definition, compared=False), Step("established", "GET", path_of(definition, ""), until=established, compared=False), Step("discovered", "GET", "/apis/conf.example.com/v1", until=lambda answer: bool(answer.at("resources"))),
                        create(ns, widget), Step("get", "GET", path_of(widget, ns)), apply("applied", ns, changed(widget, (("spec", "size"), 4)), "me", "&force=true"), Step("merged", "PATCH", path_of(widget, ns), {"spec": {"tags": ["b"]}}, content_type=MERGE),
                        Step("no strategic merge", "PATCH", path_of(widget, ns), {"spec": {}}, content_type=STRATEGIC), Step("list", "GET", collection("conf.example.com/v1", "Widget", ns)), Step("delete", "DELETE", path_of(widget, ns)), Step("absent", "GET", path_of(widget, ns)),
                        Step("definition goes", "DELETE", path_of(definition, ""), compared=False)]


def settled(replicas: int):
    """Whether a Deployment's rollout is complete."""
    def check(answer):
        status = answer.at("status") or {}
        return status.get("observedGeneration") == answer.at("metadata", "generation") and all(status.get(field, 0) == replicas for field in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"))
    return check


def rollouts() -> list[Step]:
    ns = "conf-rollout"
    web, db = deployment(replicas=2), stateful_set(replicas=2)
    sets = collection("apps/v1", "ReplicaSet", ns)
    deployed = lambda name, replicas=2: Step(name, "GET", path_of(web, ns), until=settled(replicas))
    image = lambda tag: {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": f"registry.example.com/web:{tag}"}]}}}}
    change = lambda name, tag: Step(name, "PATCH", path_of(web, ns), image(tag), content_type=STRATEGIC, compared=False)
    whole = lambda answer: (answer.at("status", "readyReplicas"), answer.at("status", "updatedReplicas"), answer.at("status", "currentReplicas")) == (2, 2, 2)
    quiet = lambda answer: not any(item["status"].get("terminatingReplicas") for item in answer.at("items"))
    return begin(ns) + [
        create(ns, service("db", clusterIP="None"), compared=False), create(ns, web, compared=False), deployed("rolled out"), change("new image", "v2"), deployed("rolled out v2"), Step("two replica sets", "GET", sets, until=quiet), change("old image again", "v1"), deployed("rolled back"),
        Step("the old set is used again", "GET", sets, until=quiet), Step("scaled", "PATCH", path_of(web, ns) + "/scale", {"spec": {"replicas": 3}}, content_type=MERGE, compared=False), deployed("scaled out", 3), Step("to nothing", "PATCH", path_of(web, ns), {"spec": {"replicas": 0}}, content_type=MERGE, compared=False),
        Step("scaled to nothing", "GET", path_of(web, ns), until=lambda answer: not (answer.at("status") or {}).get("replicas") and answer.at("status", "observedGeneration") == answer.at("metadata", "generation")),
        create(ns, changed(db, (("spec", "selector", "matchLabels"), {"app": "db"}), (("spec", "template", "metadata", "labels"), {"app": "db"})), "stateful set", compared=False), Step("stateful set is ready", "GET", path_of(db, ns), until=whole),
        Step("its new image", "PATCH", path_of(db, ns), image("v2"), content_type=STRATEGIC, compared=False), Step("stateful set is updated", "GET", path_of(db, ns), until=lambda answer: whole(answer) and answer.at("status", "currentRevision") == answer.at("status", "updateRevision") and answer.at("status", "observedGeneration") == 2),
    ]


AREAS = {"create": creation, "read": reading, "validation": validation, "immutable fields": immutability, "server-side apply": applying, "patch": patching, "update": updating, "delete": deleting, "watch": watching,
         "discovery": discovery, "custom resources": custom_resources, "rollout": rollouts}
