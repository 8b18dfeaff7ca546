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
    return words[:place] + ["--sandbox"] + (["--yes"] if words[0] == "down" else []) + words[place:]


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


def test_the_page_leaves_no_command_of_the_guide_out():
    """The verbs and objects that the guide uses with kubectl."""
    text = (ROOT / "docs/from-kubectl.md").read_text()
    for part in ("apply -f", "get pods", "get services", "get deployments", "get events", "get endpoints", "describe pod", "logs -f deployment/",
                 "logs -f -l tier=backend", "kubectl scale", "kubectl autoscale", "kubectl set image", "rollout status", "kubectl run -it --rm debug",
                 "kubectl exec -it", "kubectl top", "kubectl cp"):
        assert part in text, part
