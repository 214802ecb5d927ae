"""The two small files that a stack keeps beside its state."""

import json
import os
import tempfile
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from leadflow.domain.model import Frozen
from tools.local_stack.process import ProcessIdentity

Model = TypeVar("Model", bound=Frozen)


class StackInfo(Frozen):
    """What a client needs to use the stack (`api.md`, section 7): exactly these members."""

    api_url: str
    tenant_id: str
    admin_token: str
    aws_endpoint_url: str
    region: str
    stack_name: str


class EmulatorRecord(Frozen):
    """Which process is the emulator, and where it listens."""

    pid: int
    started: str
    port: int

    @property
    def process(self) -> ProcessIdentity:
        return ProcessIdentity(self.pid, self.started)


def write_atomically(path: Path, model: Frozen) -> None:
    """Replace a file in one step, readable by its owner only: a reader never sees half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(model.model_dump(), indent=1) + "\n")
    Path(temporary).replace(path)


def read(path: Path, model: type[Model]) -> Model | None:
    """What a file holds; None when it is missing or not what we wrote."""
    try:
        return model.model_validate_json(path.read_text())
    except (OSError, ValidationError):
        return None
