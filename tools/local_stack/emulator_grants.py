"""Notes which role was let do what, for `tools/grants`.

Runs in the emulator's own environment, so it imports nothing of this project. IAM decides as ever:
its answer is passed on as it is, and noted when it lets a role's call pass.
"""

import importlib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

FILE = "LEADFLOW_GRANTS_FILE"
OF_A_ROLE = ":assumed-role/"
TRIAL = "leadflow-trial"
"""The session of a test that tries what a role may not do: what it does proves no need."""


class Notes:
    """Lines of role, action and resource; each once for the life of the process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: set[tuple[str, str, str]] = set()
        self._one_by_one = threading.Lock()

    def note(self, caller: str, action: str, resource: str) -> None:
        """Write down what a role was let do; other callers are not of interest."""
        if OF_A_ROLE not in caller or caller.endswith(f"/{TRIAL}"):
            return
        line = (caller.split("/")[1], action, resource)
        with self._one_by_one:
            if line in self._known:
                return
            self._known.add(line)
            with self._file.open("a") as file:
                file.write(json.dumps(line) + "\n")


def noting(
    enforce: Callable[..., object], caller: Callable[[], str], notes: Notes
) -> Callable[..., object]:
    """MiniStack's decision on a call, noted if the call may go on."""

    def enforce_and_note(  # noqa: PLR0917 # MiniStack's own arguments
        access_key_id: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, object] | None = None,
    ) -> object:
        denied = enforce(access_key_id, action, service, region, resource_arn, service_context)
        if denied is None:
            notes.note(caller(), action, resource_arn)
        return denied

    return enforce_and_note


def note_grants() -> None:
    """Have MiniStack note from now on, if its environment names a file."""
    if file := os.environ.get(FILE):
        iam = importlib.import_module("ministack.core.iam_evaluator")
        noted = noting(iam.enforce, iam.caller_arn, Notes(Path(file)))
        vars(iam).update(enforce=noted)
