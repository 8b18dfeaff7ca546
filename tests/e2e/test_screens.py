# SPDX-License-Identifier: Apache-2.0
"""What people see at a terminal, in windows of three sizes. `UPDATE_GOLDEN=1 tests/e2e/run -k screens` writes the pictures in screens/ anew:
look at them before they are committed."""

import os
import re
import socket
from difflib import unified_diff
from pathlib import Path

import pytest
from wcwidth import wcswidth

from harness.kforge import environment
from harness.terminal import TerminalRun
from harness.wait import until

PICTURES = Path(__file__).parent / "screens"
SIZES = [(20, 60), (24, 80), (40, 140)]
COMMANDS = [["status"], ["status", "-v"], ["top"], ["describe", "order-service"], ["history"], ["history", "show", "2"], ["plan"], ["events"], ["health"],
            ["health", "--from-gateway"]]
# Its lines are those of a simulated kubelet, as many and as old as the moment has them.
FLEETING = {"events"}


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """The shop after a few days of work: scaled, updated, restarted, with a pod that was killed, and a project file that has gone on."""
    from sandbox import Sandbox
    shop = Sandbox(tmp_path_factory.mktemp("shop"))
    path = shop.write_shop()
    use = 'patches: [{kind: Deployment, name: order-service, patch: {spec: {template: {metadata: {annotations: {sandbox.kforge.dev/usage: "cpu=180m memory=400Mi"}}}}}}]\n'
    text = path.read_text() + use
    path.write_text(text)
    shop.start("--speed", "20")
    # Who runs it has a name of the same length everywhere.
    by = {"USER": "d" * max(1, 13 - len(socket.gethostname()))}
    for words in (["up", "-m", "the first one of all"], ["scale", "order-service=3"], ["set", "image", "product-service=product-service:v1.1.0"]):
        shop.kforge(*words, "--sandbox", env=by).expect(0)
    shop.kforge("set", "image", "payment-service=payment-service:missing", "--sandbox", env=by).expect(20)
    shop.kforge("up", "--sandbox", env=by).expect(0)
    until(lambda: not any("deletionTimestamp" in pod["metadata"] for pod in shop.get("pods", "-A")["items"]))
    path.write_text(text.replace("order-service:v1.0.0", "order-service:v1.1.0").replace("port: 8002,", "port: 8002, env: {LOG_LEVEL: debug},"))
    yield shop
    shop.close()


def look(shop, words: list[str], size: tuple[int, int]) -> TerminalRun:
    env = environment(shop.folder, None, {"TERM": "xterm-256color"})
    terminal = TerminalRun((*words, "--sandbox"), shop.folder, env, size)
    try:
        terminal.finish(60)
    finally:
        terminal.close()
    return terminal


def lines_of(terminal: TerminalRun) -> list[str]:
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.raw.decode())
    return [line.rstrip("\r") for line in text.split("\n")]


def settled(text: str) -> str:
    """Without what differs in every run: ages, times, names of pods, their nodes, who runs it, and what an autoscaler without metrics says after
    a while. Spaces that only fill are two."""
    text = re.sub(r"^! HorizontalPodAutoscaler .*\n(  .*\n)*", "", text, flags=re.M)
    text = re.sub(r"\bon sandbox-\d\b|\bsandbox-\d\b", "NODE", text)
    text = re.sub(r"\b([a-z][a-z-]*)-[a-f0-9]{8,10}-[a-z0-9]{5}\b", r"\1-POD", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", text)
    text = re.sub(r"[\w.-]+@[\w.-]+", "USER", text)
    text = re.sub(r"\b(\d+h)?(\d+m)?\d+(\.\d+)?(ms|s|m|h)\b(?=[ ,.…)]|$)", "AGE", text, flags=re.M)
    text = text.replace("AGE..AGE", "AGE")
    text = re.sub(r"\S*…", "…", text)  # columns of ages and durations are a letter wider or narrower
    text = text.replace("200 in …", "200 in AGE")
    return re.sub(r" {2,}", "  ", text)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[1]}x{size[0]}")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_screens(lived_in, words, size):
    terminal = look(lived_in, words, size)
    too_long = [line for line in lines_of(terminal) if wcswidth(line) > size[1]]
    assert not too_long, "these lines wrap:\n" + "\n".join(too_long)
    if words[0] in FLEETING:
        return
    picture = PICTURES / f"{'-'.join(word.strip('-') for word in words)}.{size[1]}.txt"
    shown = settled(terminal.everything.partition("\nevents\n")[0])
    if os.environ.get("UPDATE_GOLDEN"):
        PICTURES.mkdir(exist_ok=True)
        picture.write_text(shown)
    difference = "\n".join(unified_diff(picture.read_text().splitlines(), shown.splitlines(), picture.name, "shown", lineterm=""))
    assert not difference, f"{difference}\n\n{terminal.everything}"
