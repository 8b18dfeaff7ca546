# SPDX-License-Identifier: Apache-2.0
"""The API client alone (tests/cluster/client) against the real server: logging in, HTTP/2, apply, list, watch, delete."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from harness.paths import ROOT

pytestmark = pytest.mark.control_plane

CHECK = Path(os.environ.get("KFORGE_CLIENT_CHECK") or ROOT / "build/dev/tests/cluster/client/client_check")
OBJECTS = 600  # more than one page of a list


def check(kubeconfig, namespace, count=OBJECTS, **environment):
    assert CHECK.exists(), f"{CHECK} is missing: build the dev preset, or set KFORGE_CLIENT_CHECK"
    done = subprocess.run([CHECK, kubeconfig, namespace, str(count)], env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_everything_was_seen(seen, count):
    assert (seen["created"], seen["same"], seen["listed"]) == (count, count, count)
    assert seen["events"] == {"modified": count, "deleted": count}
    assert seen["readyz"] == "ok" and seen["version"].startswith("v1.")


def test_a_client_certificate_and_http2(cluster, namespace):
    seen = check(cluster.kubeconfig, namespace)
    assert seen["access"]["auth"] == "client-certificate"
    assert seen["http_version"] == 20
    assert seen["pages"] >= 2
    assert_everything_was_seen(seen, OBJECTS)


def test_a_service_account_token(cluster, namespace, tmp_path):
    rights = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]}]
    account = cluster.service_account(namespace, "deployer", rights)
    seen = check(cluster.kubeconfig_with(tmp_path / "token", account), namespace, 20)
    assert seen["access"]["auth"] == "token"
    assert_everything_was_seen(seen, 20)


def test_an_account_that_may_list_but_not_watch_polls(cluster, namespace, tmp_path):
    rights = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "create", "patch", "delete"]}]
    account = cluster.service_account(namespace, "poller", rights)
    kubeconfig = cluster.kubeconfig_with(tmp_path / "poller", account)
    done = subprocess.run([CHECK, kubeconfig, namespace, "3", "--only-list"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["relists"] >= 2


def test_http1_when_http2_is_disabled(cluster, namespace):
    seen = check(cluster.kubeconfig, namespace, 40, DISABLE_HTTP2="1")
    assert seen["http_version"] == 11
    assert_everything_was_seen(seen, 40)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_a_proxy_of_the_environment_is_not_used_for_loopback(cluster, namespace, variable):
    assert_everything_was_seen(check(cluster.kubeconfig, namespace, 3, **{variable: "http://127.0.0.1:9"}), 3)
