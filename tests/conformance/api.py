# SPDX-License-Identifier: Apache-2.0
"""Calls of a Kubernetes API as its wire carries them, without a client library between."""

import base64
import json
import os
import ssl
import tempfile
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import yaml


@dataclass(frozen=True)
class Answer:
    status: int
    body: object  # JSON, or text when it is none

    def at(self, *path):
        """The value at a path of keys and indices, or None."""
        value = self.body
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def _file_of(folder: Path, name: str, entry: dict, key: str) -> str:
    """The path of what a kubeconfig names by a path or holds as base64."""
    if f"{key}-data" not in entry:
        return entry[key]
    path = folder / name
    path.write_bytes(base64.b64decode(entry[f"{key}-data"]))
    return str(path)


class Api:
    """One keep-alive connection to the server of a kubeconfig's first cluster, as its first user."""

    def __init__(self, kubeconfig: Path):
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        address = urlsplit(cluster["server"])
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o700)
            base = Path(folder)
            context = ssl.create_default_context(cafile=_file_of(base, "ca", cluster, "certificate-authority"))
            context.load_cert_chain(_file_of(base, "crt", user, "client-certificate"), _file_of(base, "key", user, "client-key"))
        self.connection = HTTPSConnection(address.hostname, address.port, context=context, timeout=60)

    def call(self, method: str, path: str, body=None, content_type="application/json", accept="application/json") -> Answer:
        data = body if isinstance(body, (bytes, type(None))) else (body if isinstance(body, str) else json.dumps(body)).encode()
        headers = {"Accept": accept}
        if data is not None:
            headers["Content-Type"] = content_type
        self.connection.request(method, quote(path, safe="/?&=%,:;+~.-_"), body=data, headers=headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        try:
            return Answer(response.status, json.loads(text))
        except ValueError:
            lines = [line for line in text.splitlines() if line]
            try:  # a watch: one JSON document a line
                return Answer(response.status, [json.loads(line) for line in lines])
            except ValueError:
                return Answer(response.status, text)
