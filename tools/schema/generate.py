#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes lib/schema/kubernetes.schema from a running Kubernetes control plane.

The table holds what kforge needs to know of the built-in kinds: where they live and, for every field, its type and how
lists and maps merge. Descriptions are left out. Custom resources and aggregated APIs of the cluster are left out, too.

    tools/schema/generate.py            rewrites the table
    tools/schema/generate.py --check    exits with 1 and shows the difference when the table is not what the server says

The cluster is the one kubectl talks to (KUBECONFIG); --kubectl names the program.

The format, one fact a line, sorted, so that two versions of Kubernetes compare well:
    kubernetes VERSION
    kind APIVERSION KIND PLURAL SINGULAR namespaced|cluster TYPE [verbs=..] [short=..] [categories=..] [subresources=..]
    type NAME [atomic] [open]
     FIELD TYPE [required] [atomic|granular|set|keys=..] [merge|merge=KEY] [retainKeys] [enum=A|B] [default=JSON]
NAME and TYPE abbreviate "io.k8s.api." to "~" and "io.k8s.apimachinery.pkg." to "^"; []T is a list and {}T a map of T.
An enum belongs to the innermost T; enum and default stand last, because their values may hold spaces. `open` types
accept fields that they do not declare.
"""
import argparse
import contextlib
import difflib
import json
import pathlib
import re
import subprocess
import sys
import urllib.request

TABLE = pathlib.Path(__file__).resolve().parents[2] / "lib/schema/kubernetes.schema"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
ABBREVIATIONS = (("io.k8s.apimachinery.pkg.", "^"), ("io.k8s.api.", "~"))
META = "io.k8s.apimachinery.pkg."
# Types that are one value on the wire; the server's own conversion of OpenAPI to merge rules singles them out as well.
VALUE_TYPES = {
    META + "api.resource.Quantity": "quantity",
    META + "util.intstr.IntOrString": "int-or-string",
    META + "apis.meta.v1.Time": "time",
    META + "apis.meta.v1.MicroTime": "time",
    META + "runtime.RawExtension": "raw",
}
SCALARS = {
    ("string", None): "string", ("string", "byte"): "bytes", ("string", "date-time"): "time",
    ("integer", None): "integer", ("integer", "int32"): "int32", ("integer", "int64"): "int64",
    ("number", None): "number", ("number", "double"): "number", ("boolean", None): "boolean",
}
EXTENSION = "x-kubernetes-"
KNOWN_KEYS = {"description", "type", "format", "default", "allOf", "$ref", "items", "additionalProperties", "enum"} | {
    EXTENSION + key for key in ("list-type", "list-map-keys", "map-type", "patch-strategy", "patch-merge-key")}


@contextlib.contextmanager
def api(kubectl):
    """Yields a function that GETs a path of the API server as JSON."""
    proxy = subprocess.Popen([kubectl, "proxy", "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        match = re.search(r"[\d.]+:\d+", proxy.stdout.readline())
        if not match:
            sys.exit("generate.py: kubectl proxy did not start")

        def get(path, accept="application/json"):
            request = urllib.request.Request(f"http://{match[0]}{path}", headers={"Accept": accept})
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)
            except OSError as error:
                sys.exit(f"generate.py: GET {path}: {error}")

        yield get
    finally:
        proxy.terminate()
        proxy.wait()


def short(name):
    for prefix, sign in ABBREVIATIONS:
        if name.startswith(prefix):
            return sign + name[len(prefix):]
    return name


def reference(schema):
    """The name of the schema that a $ref, or an allOf of one $ref, points to."""
    pointers = [part["$ref"] for part in schema.get("allOf", [schema]) if "$ref" in part]
    return pointers[0].rpartition("/")[2] if len(pointers) == 1 else None


class Types:
    """The schemas of all OpenAPI documents, and which of them the wanted kinds reach."""

    def __init__(self):
        self.schemas = {}
        self.by_kind = {}   # (group, version, kind) -> name
        self.used = set()

    def add(self, schemas):
        self.schemas.update(schemas)
        for name, schema in schemas.items():
            for gvk in schema.get(EXTENSION + "group-version-kind", []):
                self.by_kind[gvk["group"], gvk["version"], gvk["kind"]] = name

    def use(self, name):
        if name not in self.used:
            self.used.add(name)
            for field in self.schemas[name].get("properties", {}).values():
                self.type_of(field)
        return name

    def type_of(self, schema):
        """The type word of a field or element; everything it needs is marked as used."""
        unknown = schema.keys() - KNOWN_KEYS
        if unknown:
            sys.exit(f"generate.py: OpenAPI keys that the table cannot express: {sorted(unknown)}")
        name = reference(schema)
        if name:
            return self.type_of_reference(name)
        kind = schema.get("type")
        if kind == "array":
            return "[]" + self.type_of(schema["items"])
        if kind == "object":
            return "{}" + self.type_of(schema["additionalProperties"])
        return SCALARS[kind, schema.get("format")]

    def type_of_reference(self, name):
        schema = self.schemas[name]
        if name in VALUE_TYPES:
            return VALUE_TYPES[name]
        if "properties" in schema:
            return short(self.use(name))
        # Free-form: a map of anything when it says so, otherwise any JSON value.
        return "{}any" if schema.get("type") == "object" else "any"

    def map_rule(self, schema):
        """How a map or object merges where the field does not merge as its type says."""
        name = reference(schema)
        own, of_type = schema.get(EXTENSION + "map-type"), name and self.schemas[name].get(EXTENSION + "map-type")
        return own if own and (own == "atomic") != (of_type == "atomic") else None


def list_rule(schema):
    """How the items of a list are told apart; a patch strategy counts where no list type is given."""
    kind = schema.get(EXTENSION + "list-type")
    if kind == "map":
        return ["keys=" + ",".join(schema[EXTENSION + "list-map-keys"])]
    if kind is None and schema.get(EXTENSION + "patch-strategy", "").startswith("merge"):
        key = schema.get(EXTENSION + "patch-merge-key")
        return [f"keys={key}" if key else "set"]
    return ["set"] if kind == "set" else []


def patch_rule(schema):
    words = schema.get(EXTENSION + "patch-strategy", "").split(",")
    key = schema.get(EXTENSION + "patch-merge-key")
    merge = [f"merge={key}" if key else "merge"] if "merge" in words else []
    return merge + (["retainKeys"] if "retainKeys" in words else [])


def innermost(schema):
    while "items" in schema or "additionalProperties" in schema:
        schema = schema.get("items") or schema["additionalProperties"]
    return schema


def field_line(types, name, schema, required):
    words = [name, types.type_of(schema)]
    if required:
        words.append("required")
    if types.map_rule(schema):
        words.append(types.map_rule(schema))
    if schema.get("type") == "array":
        words += list_rule(schema)
    words += patch_rule(schema)
    values = innermost(schema).get("enum")
    if values:
        words.append("enum=" + "|".join(sorted(values)))
    if "default" in schema:
        words.append("default=" + json.dumps(schema["default"], separators=(",", ":"), sort_keys=True))
    return " " + " ".join(words)


def type_lines(types, name):
    schema = types.schemas[name]
    words = ["type", short(name)]
    if schema.get(EXTENSION + "map-type") == "atomic":
        words.append("atomic")
    if schema.get(EXTENSION + "preserve-unknown-fields") or schema.get("additionalProperties"):
        words.append("open")
    required = schema.get("required", [])
    fields = sorted(schema["properties"].items(), key=lambda item: item[0].encode())
    return [" ".join(words)] + [field_line(types, field, value, field in required) for field, value in fields]


def resources(get):
    """(group, version, resource) of everything the API server itself serves; custom and aggregated APIs are foreign."""
    definitions = get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
    custom = {(definition["spec"]["group"], definition["spec"]["names"]["plural"]) for definition in definitions}
    services = get("/apis/apiregistration.k8s.io/v1/apiservices")["items"]
    aggregated = {service["spec"]["group"] for service in services if service["spec"].get("service")}
    for path in ("/api", "/apis"):
        for group in get(path, AGGREGATED)["items"]:
            name = group["metadata"].get("name", "")
            for version in group["versions"]:
                for resource in version.get("resources", []):
                    if name not in aggregated and (name, resource["resource"]) not in custom:
                        yield name, version["version"], resource


def kind_line(types, group, version, resource):
    kind = resource["responseKind"]["kind"]
    subresources = resource.get("subresources", [])
    for sub in subresources:   # Scale, Eviction, TokenRequest: kinds without a collection of their own
        response = sub["responseKind"]
        name = types.by_kind.get((response.get("group") or group, response.get("version") or version, response["kind"]))
        if name:
            types.use(name)
    words = ["kind", f"{group}/{version}" if group else version, kind, resource["resource"], resource["singularResource"],
             "namespaced" if resource["scope"] == "Namespaced" else "cluster", short(types.use(types.by_kind[group, version, kind]))]
    lists = {"verbs": resource["verbs"], "short": resource.get("shortNames"), "categories": resource.get("categories"),
             "subresources": [sub["subresource"] for sub in subresources]}
    return " ".join(words + [f"{key}={','.join(sorted(values))}" for key, values in lists.items() if values])


def generate(get):
    types = Types()
    served = list(resources(get))
    documents = get("/openapi/v3")["paths"]
    for group, version in sorted({(group, version) for group, version, _ in served}):
        document = documents[f"apis/{group}/{version}" if group else f"api/{version}"]
        types.add(get(document["serverRelativeURL"])["components"]["schemas"])
    kinds = sorted(kind_line(types, *row) for row in served)
    head = ["# Kubernetes kinds and their fields, written by tools/schema/generate.py.", "kubernetes " + get("/version")["gitVersion"]]
    lines = [line for name in sorted(types.used, key=short) for line in type_lines(types, name)]
    return "\n".join(head + kinds + lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Writes or checks lib/schema/kubernetes.schema.")
    parser.add_argument("--check", action="store_true", help="compare with the server, write nothing")
    parser.add_argument("--kubectl", default="kubectl")
    options = parser.parse_args()
    with api(options.kubectl) as get:
        text = generate(get)
    if not options.check:
        TABLE.write_text(text)
        return 0
    committed = TABLE.read_text()
    if committed == text:
        return 0
    sys.stdout.writelines(list(difflib.unified_diff(committed.splitlines(True), text.splitlines(True), "table", "server", n=1))[:200])
    return 1


if __name__ == "__main__":
    sys.exit(main())
