# SPDX-License-Identifier: Apache-2.0
"""Failures of simulated pods, played by kwok's stages on the control plane and by the sandbox in the sandbox."""

# The word that tests use -> the sandbox's; kwok's stages know the word itself.
IN_SANDBOX = {"missing": "image-missing", "denied": "pull-denied", "crash": "crash-loop", "oom": "oom", "exit-0": "crash-loop exit=0",
              "init-crash": "crash-loop container=prepare", "config-error": "config-missing name=absent", "never-ready": "never-ready", "bad-command": "bad-command"}


def fault_annotation(sandbox: bool, fault: str) -> dict[str, str]:
    """The annotation of a pod template that makes its pods fail so."""
    return {"sandbox.kforge.dev/fault": IN_SANDBOX[fault]} if sandbox else {"kforge.dev/test-fault": fault}


def slow_annotation(sandbox: bool, length: str) -> dict[str, str]:
    """The annotation of a pod template whose pods become ready after `length`."""
    return {"sandbox.kforge.dev/fault": f"slow-start after={length}"} if sandbox else {"kforge.dev/test-ready-after": length}
