# SPDX-License-Identifier: Apache-2.0
"""docs/from-kubectl.md and docs/from-pm2.md: every kforge command in them works, as it stands there."""

import re
import shlex

from harness.paths import ROOT
from harness.terminal import TerminalRun
from harness.kforge import environment

# Commands that go on until somebody ends them, and what they show by then.
ENDLESS = {"logs -f": "product-service", "status --watch": "product-service", "top --watch": "product-service", "port-forward": "->"}
# Explained beside the command, not run.
SKIPPED = ("up -e production", "exec -i SERVICE")


def commands(name: str) -> list[str]:
    """The kforge commands of a page's tables, each once, in their order."""
    found = []
    for line in (ROOT / "docs" / name).read_text().splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found += re.findall(r"`kforge ([^`]+)`", cells[1])
    return [command for command in dict.fromkeys(found) if command not in SKIPPED]


def in_order(texts: list[str]) -> list[str]:
    """Down comes last, so that the others have something to work on."""
    return [text for text in texts if text != "down"] + [text for text in texts if text == "down"]


def pod_of(shop, service: str) -> str:
    items = shop.get("pods", "-n", "backend", "-l", f"kforge.dev/service={service}")["items"]
    return sorted(item["metadata"]["name"] for item in items if item["status"]["phase"] == "Running" and "deletionTimestamp" not in item["metadata"])[0]


def words_of(shop, command: str) -> list[str]:
    words = shlex.split(command)
    words = [pod_of(shop, "product-service") if word == "<pod-name>" else word for word in words]
    place = words.index("--") if "--" in words else len(words)
    return words[:place] + ["--sandbox"] + (["--yes"] if words[0] in ("down", "rollback") else []) + words[place:]


def run_until_shown(shop, words: list[str], text: str) -> None:
    terminal = TerminalRun(tuple(words), shop.folder, environment(shop.folder, None, {"TERM": "xterm-256color"}), (40, 160))
    try:
        terminal.wait_for(lambda screen: text in screen and screen.strip())
        terminal.type("\x03")
        assert terminal.finish(20) in (0, 130), terminal.everything
    finally:
        terminal.close()


def run_in_a_shell(shop, words: list[str]) -> None:
    terminal = TerminalRun(tuple(words), shop.folder, environment(shop.folder, None, {"TERM": "xterm-256color"}), (40, 160))
    try:
        terminal.wait_for("debug-")
        terminal.type("exit\r")
        assert terminal.finish(30) == 0, terminal.everything
    finally:
        terminal.close()


def run(shop, command: str) -> None:
    words = words_of(shop, command)
    for beginning, text in ENDLESS.items():
        if command.startswith(beginning):
            return run_until_shown(shop, words, text)
    if command == "run -it":
        return run_in_a_shell(shop, words)
    result = shop.kforge(*words)
    assert result.code == 0, result


def test_every_command_for_people_who_come_from_kubectl(shop):
    found = in_order(commands("from-kubectl.md"))
    assert len(found) > 20
    for command in found:
        run(shop, command)
        if command.startswith("rollback"):
            live = shop.get("deployment", "product-service", "-n", "backend")
            assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "product-service:v1.0.0", "set image is taken back"


def test_every_command_for_people_who_come_from_pm2(shop):
    found = in_order(commands("from-pm2.md"))
    assert len(found) > 15
    for command in found:
        if command.startswith("exec order-service -- kill"):
            continue  # a simulated pod has no process to signal
        if command == "logs":
            run_until_shown(shop, words_of(shop, command), "order-service")
        else:
            run(shop, command)


# Every command of the guide, in its order. `kubectl top` stands for `kubectl top pods`; what goes on in a second line of the guide goes on here.
GUIDE = r"""
kubectl set image deployment/product-service product-service=product-service:v2.0.0 -n backend
kubectl rollout status deployment/product-service -n backend
kubectl apply -f k8s/
kubectl get pods -n backend
kubectl logs -f deployment/product-service -n backend
kubectl describe pod <pod-name> -n backend
kubectl scale deployment/product-service --replicas=3 -n backend
./deploy.sh
kubectl apply -f namespaces/
kubectl get pods --all-namespaces
kubectl get services --all-namespaces
kubectl get deployments --all-namespaces
kubectl get events --all-namespaces --sort-by='.lastTimestamp'
kubectl logs -f <pod-name> -n backend
kubectl logs -f -l tier=backend -n backend
kubectl autoscale deployment/product-service --min=2 --max=5 --cpu-percent=80 -n backend
kubectl rollout undo deployment/product-service -n backend
kubectl rollout history deployment/product-service -n backend
kubectl logs <pod-name> -n backend
kubectl get events -n backend --sort-by='.lastTimestamp'
kubectl get endpoints -n backend
kubectl run -it --rm debug --image=busybox --restart=Never -- sh
wget -O- http://product-service.backend.svc.cluster.local:8000/health
kubectl describe pod <pod-name> -n backend \| grep -A 10 "Liveness\|Readiness"
kubectl exec -it <pod-name> -n backend -- curl http://localhost:8000/health
kubectl top
"""


def test_the_page_leaves_no_command_of_the_guide_out():
    text = (ROOT / "docs/from-kubectl.md").read_text()
    rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    assert [command for command in GUIDE.strip().splitlines() if f"`{command}" not in rows] == []
    assert all(f"`{folder}/`" in rows for folder in ("database", "auth", "backend", "gateway"))
    assert "kubectl cp" in text, "left out on purpose, and said so"


def test_the_page_for_people_from_pm2_has_what_the_guide_does_with_it():
    text = (ROOT / "docs/from-pm2.md").read_text()
    assert [words for words in ("pm2 start ecosystem.config.cjs", "pm2 restart", "pm2 logs", "pm2 monit") if f"`{words}" not in text] == []
