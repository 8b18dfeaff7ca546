# SPDX-License-Identifier: Apache-2.0
"""The running control plane, and accounts on it."""

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .paths import CLUSTER


@dataclass(frozen=True)
class Completed:
    code: int
    stdout: str
    stderr: str


class ControlPlane:
    """A control plane that `tests/cluster/cluster up` started in `folder`."""

    def __init__(self, folder: Path):
        self.folder = folder
        values = dict(line.split("=", 1) for line in (folder / "environment").read_text().splitlines())
        self.kubeconfig = Path(values["KUBECONFIG"])
        self.kubectl_binary = values["KUBECTL"]
        self.audit_log = Path(values["AUDIT_LOG"])
        self.is_sandbox = "sandbox" in self.kubeconfig.parts

    @staticmethod
    def start(folder: Path, owner: int) -> "ControlPlane":
        subprocess.run([CLUSTER / "cluster", "up", folder, "--owner", str(owner)], check=True, stdout=subprocess.PIPE)
        return ControlPlane(folder)

    def stop(self) -> None:
        subprocess.run([CLUSTER / "cluster", "down", self.folder], check=True)

    @property
    def server(self) -> str:
        """https://127.0.0.1:PORT"""
        return next(line.split()[-1] for line in self.kubeconfig.read_text().splitlines() if "server:" in line)

    @property
    def port(self) -> int:
        return int(self.server.rsplit(":", 1)[1])

    def try_kubectl(self, *arguments: str, stdin: str | None = None, kubeconfig: Path | None = None) -> Completed:
        command = [self.kubectl_binary, "--kubeconfig", str(kubeconfig or self.kubeconfig),
                   "--cache-dir", str(self.folder / "kwok/kubectl"), *arguments]
        done = subprocess.run(command, input=stdin, text=True, capture_output=True, timeout=120)
        return Completed(done.returncode, done.stdout, done.stderr)

    def kubectl(self, *arguments: str, stdin: str | None = None, kubeconfig: Path | None = None) -> str:
        """The standard output; fails the test when kubectl does."""
        done = self.try_kubectl(*arguments, stdin=stdin, kubeconfig=kubeconfig)
        assert done.code == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def apply(self, *objects: dict, arguments: tuple[str, ...] = ()) -> None:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", "--server-side", "-f", "-", *arguments, stdin=text)

    def get(self, *arguments: str) -> dict:
        return json.loads(self.kubectl("get", "-o", "json", *arguments))

    def kubeconfig_with(self, path: Path, user: dict, server: str | None = None) -> Path:
        """Writes a kubeconfig of this cluster with the given `user` entry; `server` may be that of a proxy."""
        ca = base64.b64encode((self.folder / "pki/ca.crt").read_bytes()).decode()
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": server or self.server, "certificate-authority-data": ca}}],
            "users": [{"name": "user", "user": user}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "user"}}]}, indent=1))
        path.chmod(0o600)
        return path

    def administrator(self, name: str, folder: Path) -> dict:
        """The `user` entry of a fresh client certificate for `name`, who may do everything; the audit log names it."""
        pki, key, request, certificate = self.folder / "pki", folder / "user.key", folder / "user.csr", folder / "user.crt"
        subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch",
                        "-keyout", key, "-out", request, "-subj", f"/O=system:masters/CN={name}"], check=True, capture_output=True)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", pki / "ca.crt", "-CAkey", pki / "ca.key", "-days", "1",
                        "-out", certificate], check=True, capture_output=True)
        return {"client-certificate-data": base64.b64encode(certificate.read_bytes()).decode(),
                "client-key-data": base64.b64encode(key.read_bytes()).decode()}

    def service_account(self, namespace: str, name: str, rules: list[dict], in_namespaces: list[str] | None = None) -> dict:
        """The `user` entry of a ServiceAccount token with exactly `rules` in the given namespaces (default: its own)."""
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}
        objects = [account]
        for target in in_namespaces or [namespace]:
            objects.append({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                            "metadata": {"name": name, "namespace": target}, "rules": rules})
            objects.append({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                            "metadata": {"name": name, "namespace": target},
                            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
                            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}]})
        self.apply(*objects)
        return {"token": self.kubectl("create", "token", name, "-n", namespace).strip()}

    def make_namespaces(self, *names: str) -> None:
        self.apply(*({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names))

    def drop_namespaces(self, *names: str) -> None:
        """Deletes them without waiting."""
        self.try_kubectl("delete", "namespace", "--ignore-not-found", "--wait=false", *names)
