#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes an OCI image from folders, without any container engine, and gives it to a registry and/or writes it to a file.

image.py NAME:TAG [--layer FOLDER]... [--config JSON] [--push HOST:PORT] [--save FILE]
Files keep their owners and modes; times are left out, so that equal folders give equal images.
"""

import argparse
import hashlib
import http.client
import io
import json
import os
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHUNK = 1 << 20
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True)
class Blob:
    kind: str
    content: io.BufferedIOBase
    digest: str
    size: int

    @property
    def descriptor(self) -> dict:
        return {"mediaType": self.kind, "digest": self.digest, "size": self.size}

    def chunks(self):
        self.content.seek(0)
        while chunk := self.content.read(CHUNK):
            yield chunk


def blob(kind: str, content: io.BufferedIOBase) -> Blob:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Blob(kind, content, f"sha256:{digest.hexdigest()}", size)


def layer(folder: str) -> Blob:
    """Not compressed: it only travels inside of this machine."""
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uname = entry.gname = ""
        entry.mtime = 0
        return entry

    content = tempfile.TemporaryFile()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(os.listdir(folder)):
            archive.add(Path(folder, name), arcname=name, filter=plain)
    return blob("application/vnd.oci.image.layer.v1.tar", content)


def document(kind: str, value: dict) -> Blob:
    return blob(kind, io.BytesIO(json.dumps(value).encode()))


def full_name(name: str) -> str:
    """The rule of short names: without a dot, a colon or `localhost` in its first part, it is Docker Hub's."""
    first, _, rest = name.partition("/")
    if rest and ("." in first or ":" in first or first == "localhost"):
        return name
    return f"docker.io/{name}" if rest else f"docker.io/library/{name}"


class Registry:
    def __init__(self, address: str):
        self._connection = http.client.HTTPConnection(address, timeout=120)

    def _request(self, method: str, path: str, body=None, **headers: str) -> http.client.HTTPResponse:
        self._connection.request(method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = self._connection.getresponse()
        answer.read()
        return answer

    def push(self, repository: str, content: Blob) -> None:
        if self._request("HEAD", f"/v2/{repository}/blobs/{content.digest}").status == 200:
            return
        answer = self._request("POST", f"/v2/{repository}/blobs/uploads/", Content_Length="0")
        assert answer.status == 202, answer.status
        place = urlsplit(answer.headers["Location"])
        path = f"{place.path}?{place.query}{'&' if place.query else ''}digest={content.digest}"
        answer = self._request("PUT", path, content.chunks(), Content_Length=str(content.size), Content_Type="application/octet-stream")
        assert answer.status == 201, (answer.status, content.digest)

    def tag(self, repository: str, tag: str, manifest: Blob) -> None:
        answer = self._request("PUT", f"/v2/{repository}/manifests/{tag}", b"".join(manifest.chunks()), Content_Type=MANIFEST)
        assert answer.status == 201, answer.status


def save(path: str, name: str, manifest: Blob, blobs: list[Blob]) -> None:
    """An OCI layout in a tar, as `ctr images import` reads it."""
    index = {"schemaVersion": 2, "manifests": [manifest.descriptor | {"annotations": {"io.containerd.image.name": name}}]}
    with tarfile.open(path, "w") as archive:
        def add(entry: str, content: Blob) -> None:
            info = tarfile.TarInfo(entry)
            info.size = content.size
            content.content.seek(0)
            archive.addfile(info, content.content)
        add("oci-layout", document("", {"imageLayoutVersion": "1.0.0"}))
        add("index.json", document("", index))
        for each in [*blobs, manifest]:
            add(f"blobs/sha256/{each.digest.removeprefix('sha256:')}", each)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--layer", action="append", default=[])
    parser.add_argument("--config", type=json.loads, default={})
    parser.add_argument("--push")
    parser.add_argument("--save")
    arguments = parser.parse_args()

    layers = [layer(folder) for folder in arguments.layer]
    config = document("application/vnd.oci.image.config.v1+json", {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine], "os": "linux", "config": arguments.config,
        "rootfs": {"type": "layers", "diff_ids": [each.digest for each in layers]}})
    manifest = document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config.descriptor,
                                   "layers": [each.descriptor for each in layers]})
    name = full_name(arguments.name)
    if arguments.push:
        repository, tag = name.partition("/")[2].rsplit(":", 1)
        registry = Registry(arguments.push)
        for each in [*layers, config]:
            registry.push(repository, each)
        registry.tag(repository, tag, manifest)
    if arguments.save:
        save(arguments.save, name, manifest, [*layers, config])


if __name__ == "__main__":
    main()
