# SPDX-License-Identifier: Apache-2.0
"""Releases, rollback and the deploy lock, with the real binary on the sandbox."""

import base64
import re
import secrets
import signal
import threading
from pathlib import Path

import pytest

from harness.wait import until


@pytest.fixture
def small(sandbox):
    sandbox.write_service()
    sandbox.start("--speed", "20")
    return sandbox


def image(sandbox) -> str:
    live = sandbox.get("deployment", "web", "-n", "backend")
    return live["spec"]["template"]["spec"]["containers"][0]["image"]


def releases(sandbox) -> list[dict]:
    return sandbox.kforge("history", "--sandbox", "-o", "json").expect(0).json()["releases"]


def test_two_releases_and_a_way_back(small):
    small.kforge("up", "--sandbox", "-m", "first").expect(0)
    small.write_service("web:v2", ", env: {LOG_LEVEL: debug}")
    small.kforge("up", "--sandbox", "-m", "louder").expect(0)
    assert [(r["release"], r["status"], r["message"]) for r in releases(small)] == [(2, "deployed", "louder"), (1, "superseded", "first")]
    difference = small.kforge("history", "diff", "1", "2", "--sandbox").expect(0).stdout
    assert "image   v1 → v2" in difference

    preview = small.kforge("rollback", "--sandbox", "--dry-run").expect(0).stdout
    assert "rollback from r2 to r1" in preview and "image   v2 → v1" in preview
    assert image(small) == "web:v2"
    assert "--yes" in small.kforge("rollback", "--sandbox").expect(40).stderr
    small.kforge("rollback", "--sandbox", "--yes").expect(0)
    assert image(small) == "web:v1"
    assert releases(small)[0]["bringsBack"] == 1
    small.kforge("rollback", "--sandbox", "--yes").expect(0)
    assert image(small) == "web:v2"
    assert "nothing to do" in small.kforge("up", "--sandbox").expect(0).stderr


def test_kubectl_tells_which_release_made_a_revision(small):
    small.kforge("up", "--sandbox", "-m", "first").expect(0)
    small.write_service("web:v2")
    small.kforge("up", "--sandbox", "-m", "second").expect(0)
    history = small.kubectl("rollout", "history", "deployment/web", "-n", "backend")
    assert re.search(r"1\s+kforge r1: first\n2\s+kforge r2: second", history), history
    small.kubectl("rollout", "undo", "deployment/web", "-n", "backend")
    assert image(small) == "web:v1"
    assert "is set by 'kubectl'" in small.kforge("up", "--sandbox").expect(31).stderr
    small.kforge("up", "--sandbox", "--force-conflicts").expect(0)
    assert image(small) == "web:v2"


def test_a_bad_rollout_brings_the_last_good_release_back_when_that_is_asked_for(small):
    small.kforge("up", "--sandbox").expect(0)
    small.write_service("web:missing")
    run = small.kforge("up", "--sandbox", "--on-failure", "rollback").expect(22)
    assert "web:missing" in run.stderr and "rolling back to r1" in run.stderr
    assert image(small) == "web:v1"
    assert [r["status"] for r in releases(small)] == ["deployed", "rolled-back", "superseded"]
    small.kforge("up", "--sandbox", "--on-failure", "keep").expect(20)
    assert image(small) == "web:missing"
    assert "rollback from r4 to r3" in small.kforge("rollback", "--sandbox", "--dry-run").expect(0).stdout


def test_a_rollback_without_a_number_goes_back_over_what_failed(small):
    for tag in ("v1", "v2", "v3"):
        small.write_service(f"web:{tag}")
        small.kforge("up", "--sandbox").expect(0)
    for level in ("info", "debug"):
        small.write_service("web:missing", f", env: {{LOG_LEVEL: {level}}}")
        small.kforge("up", "--sandbox").expect(20)
    assert "rollback from r5 to r3" in small.kforge("rollback", "--sandbox", "--dry-run").expect(0).stdout
    small.kforge("rollback", "--sandbox", "--yes").expect(0)
    assert image(small) == "web:v3"


def test_of_twelve_releases_the_ten_newest_are_kept(small):
    for number in range(1, 13):
        small.write_service(f"web:v{number}")
        small.kforge("up", "--sandbox").expect(0)
    assert [each["release"] for each in releases(small)] == list(range(12, 2, -1))
    records = small.get("secrets", "-n", "backend", "-l", "kforge.dev/revision")["items"]
    assert {int(each["metadata"]["labels"]["kforge.dev/revision"]) for each in records} == set(range(3, 13))


def test_a_first_deploy_that_fails_stays_to_be_looked_at(small):
    small.write_service("web:missing")
    small.kforge("up", "--sandbox", "--on-failure", "rollback").expect(20)
    assert image(small) == "web:missing"


def test_the_project_file_may_ask_for_the_way_back_and_the_command_line_has_the_last_word(small):
    keys = "defaults: {rollout: {minReadySeconds: 0, onFailure: rollback}}\n"

    def say(image: str):
        small.write(f'apiVersion: kforge.dev/v1\nproject: small\n{keys}services: {{web: {{image: "{image}", port: 8000, replicas: 2}}}}\n')

    say("web:missing")
    small.kforge("up", "--sandbox").expect(20)  # nothing to go back to
    say("web:v1")
    small.kforge("up", "--sandbox").expect(0)
    say("web:missing")
    assert "rolling back to r2" in small.kforge("up", "--sandbox").expect(22).stderr
    assert image(small) == "web:v1"
    small.kforge("set", "image", "web=web:missing", "--sandbox").expect(22)
    assert image(small) == "web:v1"
    small.kforge("up", "--sandbox", "--on-failure", "keep").expect(20)
    assert image(small) == "web:missing"


def test_a_stateful_set_that_is_stuck_comes_back(sandbox):
    sandbox.name = "small"
    text = ("apiVersion: kforge.dev/v1\nproject: small\ndatabase: {kind: postgres, image: \"postgres:17\"}\n"
            "services: {web: {image: \"web:v1\", port: 8000, replicas: 1}}\ndefaults: {rollout: {minReadySeconds: 0}}\n")
    sandbox.write(text)
    sandbox.deploy()
    patch = "patches: [{kind: StatefulSet, name: postgres, patch: {spec: {template: {metadata: {annotations: {sandbox.kforge.dev/fault: image-missing}}}}}}]\n"
    sandbox.write(text + patch)
    sandbox.kforge("up", "--sandbox", "--timeout", "60s").expect(20)
    back = sandbox.kforge("rollback", "--sandbox", "--yes", "--timeout", "60s").expect(0)
    assert "holds up the update of StatefulSet database/postgres" in back.stderr
    live = sandbox.get("statefulset", "postgres", "-n", "database")
    assert live["status"]["readyReplicas"] == 1


def test_two_runs_at_once_do_not_trample_each_other(small):
    small.kforge("up", "--sandbox").expect(0)
    small.write_service("web:v2", ", rollout: {minReadySeconds: 30}")
    first = small.start_kforge("up", "--sandbox")
    until(lambda: small.kforge("lock", "--show", "--sandbox", "-o", "json").json()["locked"])
    refused = small.kforge("up", "--sandbox").expect(30)
    assert "is locked" in refused.stderr and "runs `up`" in refused.stderr
    waited = small.kforge("up", "--sandbox", "--lock-wait", "2m").expect(0)
    assert "waiting for the deploy lock" in waited.stderr
    first.finish().expect(0)


def test_a_lock_by_hand_keeps_everybody_out_until_it_is_freed(small):
    small.kforge("up", "--sandbox").expect(0)
    small.kforge("lock", "--sandbox", "-m", "freeze for the audit").expect(0)
    small.write_service("web:v2")
    assert "freeze for the audit" in small.kforge("up", "--sandbox").expect(30).stderr
    small.kforge("unlock", "--sandbox").expect(0)
    small.kforge("up", "--sandbox").expect(0)


def test_an_interrupted_release_is_called_so_and_the_next_up_goes_on(small):
    small.kforge("up", "--sandbox").expect(0)
    small.write("pods: [{match: backend/web, fault: never-ready}]", "faults.yaml")
    small.kforge("sandbox", "faults", "faults.yaml").expect(0)
    small.write_service("web:v2")
    running = small.start_kforge("up", "--sandbox")
    until(lambda: image(small) == "web:v2")
    running.signal(signal.SIGTERM)
    running.finish(30).expect(143)
    assert releases(small)[0]["status"] == "interrupted"
    small.kforge("sandbox", "faults", "--clear").expect(0)
    small.write_service("web:v3")
    small.kforge("up", "--sandbox").expect(0)
    assert [r["status"] for r in releases(small)][:2] == ["deployed", "interrupted"]


@pytest.mark.parametrize("kept", [False, True], ids=["digests", "kept"])
def test_a_secret_value_that_no_secret_has_any_more_comes_back_when_releases_keep_them(sandbox, kept):
    sandbox.name = "small"
    values = {name: f"{name}-{secrets.token_hex(12)}" for name in ("old", "new")}
    sandbox.write("apiVersion: kforge.dev/v1\nproject: small\ndefaults: {rollout: {minReadySeconds: 0}}\n"
                  + ("releases: {keepSecretValues: true}\n" if kept else "") +
                  "secrets: {mail: {password: {env: MAIL}}}\n"
                  "services: {web: {image: \"web:v1\", port: 8000, replicas: 1, secretEnv: {MAIL: mail.password}}}\n")
    sandbox.start("--speed", "20")

    def run(*arguments: str, value: str = "new"):
        result = sandbox.kforge(*arguments, "--sandbox", env={"MAIL": values[value]})
        assert not [each for each in values.values() if each in result.text]
        return result

    def secret_of_web() -> dict:
        live = sandbox.get("deployment", "web", "-n", "backend")
        variables = live["spec"]["template"]["spec"]["containers"][0]["env"]
        name = next(each for each in variables if each["name"] == "MAIL")["valueFrom"]["secretKeyRef"]["name"]
        return sandbox.get("secret", name, "-n", "backend")

    run("up", value="old").expect(0)
    first = secret_of_web()["metadata"]["name"]
    run("up").expect(0)
    sandbox.kubectl("delete", "secret", first, "-n", "backend")
    run("history", "show", "1", "-o", "json").expect(0), run("history", "show", "2", "-v").expect(0)
    run("history", "diff", "1", "2").expect(0), run("history", "-o", "json").expect(0)
    back = run("rollback", "--yes", "-v").expect(0)
    assert ("is not known any more" in back.text) == (not kept)
    value = base64.b64decode(secret_of_web()["data"]["password"]).decode()
    assert value == values["old" if kept else "new"]


class Watcher(threading.Thread):
    """Reads the command lines of all processes again and again."""

    def __init__(self, canaries: list[str]):
        super().__init__(daemon=True)
        self.found: set[str] = set()
        self._canaries, self._end = [canary.encode() for canary in canaries], threading.Event()

    def run(self):
        while not self._end.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = path.read_bytes()
                except OSError:
                    continue
                if any(canary in line for canary in self._canaries):
                    self.found.add(str(path))
            self._end.wait(0.02)  # between two looks at every process

    def stop(self):
        self._end.set()
        self.join()


def test_secret_values_stay_secret(sandbox):
    """Canaries through every command and failure: in no output, no command line, no file but the cluster's own."""
    sandbox.name = "small"
    canaries = {name: f"{name}-{secrets.token_hex(12)}" for name in ("first", "second", "file")}
    (sandbox.folder / "token").write_text(canaries["file"])
    text = ("apiVersion: kforge.dev/v1\nproject: small\ndefaults: {rollout: {minReadySeconds: 0}}\n"
            "secrets: {mail: {password: {env: MAIL}, token: {file: token}}, made: {key: {generate: {length: 32}}}}\n"
            "services: {web: {image: \"web:v1\", port: 8000, replicas: 1,\n"
            "  secretEnv: {MAIL: mail.password, TOKEN: mail.token, KEY: made.key}}}\n")
    sandbox.write(text)
    sandbox.start("--speed", "20")
    outputs = []

    def run(*arguments: str, value: str = "first"):
        result = sandbox.kforge(*arguments, "--sandbox", env={"MAIL": canaries[value], "TMPDIR": str(temporary)})
        outputs.append((arguments, result.text))
        return result

    temporary = sandbox.folder / "tmp"
    temporary.mkdir()
    watcher = Watcher(list(canaries.values()))
    watcher.start()
    run("check"), run("render"), run("plan", "-v"), run("plan", "-o", "json")
    run("up", "-v", "--events", "events.ndjson").expect(0)
    generated = sandbox.get("secret", "kforge.small.values", "-n", "backend")
    canaries["generated"] = base64.b64decode(generated["data"]["made.key"]).decode()
    run("plan", "-v", value="second").expect(0)
    run("up", "-v", "-o", "json", value="second").expect(0)
    run("status", "-v", "-o", "json"), run("describe", "web"), run("events"), run("history", "-o", "json")
    run("history", "show", "2"), run("history", "diff", "1", "2"), run("history", "diff", "1", "2", "-o", "json")
    run("rollback", "--dry-run", "-v", value="second"), run("rollback", "--yes", "-v", value="second").expect(0)
    sandbox.write(text.replace("web:v1", "web:missing"))
    run("up", "-v").expect(20)
    sandbox.write(text.replace("port: 8000", "port: 8000, volumes: 3"))
    run("up", "-v").expect(10)
    sandbox.write(text)
    sandbox.write("api: [{match: patch secrets, fault: status code=422}]", "faults.yaml")
    sandbox.kforge("sandbox", "faults", "faults.yaml").expect(0)
    run("up", "-v", "--timeout", "20s", value="second")
    sandbox.kforge("sandbox", "faults", "--clear").expect(0)
    run("down", "--yes", "-v")
    watcher.stop()
    assert not watcher.found
    for arguments, output in outputs:
        for name, canary in canaries.items():
            assert canary not in output, f"'{name}' is in what kforge {' '.join(arguments)} says"
    ours = [path for path in sandbox.folder.rglob("*") if path.is_file() and ".local" not in path.parts and path.name != "token"]
    assert not [path for path in ours for canary in canaries.values() if canary.encode() in path.read_bytes()]
