#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes lib/sandbox/server/protobuf.fields from the .proto files and Go types of Kubernetes' API modules.

Typed Kubernetes clients (kubectl create, kubectl autoscale, operators) send protobuf. The sandbox turns it into JSON with
this table of field numbers. Only what can be reached from the kinds of lib/schema/kubernetes.schema is listed.

    tools/schema/protobuf.py FOLDER     FOLDER holds the modules k8s.io/api@V and k8s.io/apimachinery@V

The format, one type a line, sorted:
    TYPE NUMBER=NAME:CODE ...
TYPE is PACKAGE.MESSAGE with "k8s.io.api." and "k8s.io.apimachinery.pkg.[apis.]" left out. CODE is a TYPE or one of
    string int bool double bytes strings quantity time int-or-string raw duration
with "[]" before it for a repeated field, "{}" for a map from strings, "+" for a message whose fields stand in the parent
(an embedded struct of the Go types), "*" for a scalar that is a pointer in Go: others are always sent, and zero means absent.
"""
import argparse
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE, SCHEMA = ROOT / "lib/sandbox/server/protobuf.fields", ROOT / "lib/schema/kubernetes.schema"
SCALARS = {"string": "string", "int32": "int", "int64": "int", "bool": "bool", "double": "double", "bytes": "bytes"}
VALUES = {"api.resource.Quantity": "quantity", "meta.v1.Time": "time", "meta.v1.MicroTime": "time", "meta.v1.Duration": "duration",
          "util.intstr.IntOrString": "int-or-string", "runtime.RawExtension": "raw", "meta.v1.FieldsV1": "raw",
          "authentication.v1.ExtraValue": "strings", "authorization.v1.ExtraValue": "strings"}
FIELD = re.compile(r"(optional|repeated|map<string,\s*([\w.]+)>)\s+(?:([\w.]+)\s+)?(\w+)\s*=\s*(\d+)")
# Requests that have no kind of their own in the table.
ROOTS = {"meta.v1.DeleteOptions", "policy.v1.Eviction", "autoscaling.v1.Scale", "authentication.v1.TokenRequest", "core.v1.Binding",
         "authorization.v1.SelfSubjectAccessReview", "authorization.v1.SelfSubjectRulesReview", "authorization.v1.SubjectAccessReview"}


def short(name: str) -> str:
    return re.sub(r"^\.?k8s\.io\.(api\.|apimachinery\.pkg\.(apis\.)?)", "", name)


def messages(path: pathlib.Path) -> dict[str, list[tuple[int, str, str]]]:
    text = re.sub(r"//[^\n]*", "", path.read_text())
    package = short(re.search(r"(?m)^package\s+([\w.]+);", text)[1])
    found = {}
    for name, body in re.findall(r"(?m)^message (\w+) \{(.*?)^\}", text, re.S):
        fields = []
        for label, map_value, kind, field, number in FIELD.findall(body):
            kind = map_value or kind
            code = SCALARS.get(kind) or (short(kind) if "." in kind else f"{package}.{kind}")
            prefix = "{}" if map_value else "[]" if label == "repeated" else ""
            fields.append((int(number), field, prefix + VALUES.get(code, code)))
        found[f"{package}.{name}"] = fields
    return found


def pointers(path: pathlib.Path, package: str) -> set[tuple[str, str]]:
    """(type, field) of the scalars that are pointers in a types.go."""
    found = set()
    for name, body in re.findall(r"(?m)^type (\w+) struct \{(.*?)^\}", path.read_text(), re.S):
        found |= {(f"{package}.{name}", field) for field in re.findall(r'(?m)^\s*\w+\s+\*[\w.]+\s+`[^`]*protobuf:"[^"]*name=(\w+)', body)}
    return found


def schema_fields() -> dict[str, set[str]]:
    """Field names by type, as JSON has them."""
    fields, current = {}, set()
    for line in SCHEMA.read_text().splitlines():
        if line.startswith("type "):
            current = fields.setdefault(re.sub(r"^(~|\^apis\.|\^)", "", line.split()[1]), set())
        elif line.startswith(" "):
            current.add(line.split()[0])
    return fields


def bare(code: str) -> str:
    return re.sub(r"^(\[\]|\{\}|[+*])", "", code)


def with_inlined(name: str, fields: list[tuple[int, str, str]], schema: dict[str, set[str]], known: dict) -> list[tuple[int, str, str]]:
    in_json = schema.get(name)
    inlined = lambda field, code: in_json is not None and code in known and field not in in_json | {"metadata"}
    return [(number, field, "+" + code if inlined(field, code) else code) for number, field, code in fields]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    known = {}
    for path in sorted(parser.parse_args().folder.glob("api*@*/**/generated.proto")):
        read = messages(path)
        package = next(iter(read), "").rsplit(".", 1)[0]
        optional = set().union(*(pointers(source, package) for source in path.parent.glob("*types.go")))
        known |= {name: [(number, field, "*" + code if (name, field) in optional and code in SCALARS.values() else code)
                         for number, field, code in fields] for name, fields in read.items()}
    schema = schema_fields()
    kinds = {re.sub(r"^(~|\^apis\.)", "", line.split()[6]) for line in SCHEMA.read_text().splitlines() if line.startswith("kind ")}
    kinds = {name for name in kinds if re.search(r"\.v\d+\.", name)}
    waiting, lines = sorted((kinds | ROOTS) & known.keys()), {}
    while waiting:
        name = waiting.pop()
        if name in lines:
            continue
        fields = with_inlined(name, known[name], schema, known)
        lines[name] = " ".join([name, *(f"{number}={field}:{code}" for number, field, code in fields)])
        waiting += [bare(code) for _, _, code in fields if bare(code) in known]
    TABLE.write_text("# Field numbers of Kubernetes' protobuf messages, written by tools/schema/protobuf.py.\n"
                     + "".join(lines[name] + "\n" for name in sorted(lines)))


if __name__ == "__main__":
    main()
