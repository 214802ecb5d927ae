"""Where the local stack keeps its files, and what it calls itself.

One directory holds one stack: `.local` for the developer's, another one for the tests', so that
neither disturbs the other. `LEADFLOW_LOCAL_DIR` names another directory for a whole command.
"""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STACK_NAME = "leadflow-local"
STAGE = "local"
# Nobody at a terminal wants to wait for a minute, as a blocked tenant does on AWS.
WITHHELD_RETRY_SECONDS = "15"
REGION = "us-east-1"
HOST = "127.0.0.1"
# The key of the emulator's root caller, for whom IAM is not enforced. It opens nothing else.
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"  # noqa: S105 - the emulator's fixed key, known to everyone
ARTIFACT_BUCKET = "leadflow-local-artifacts"

STACK_PYTHON = ROOT / ".venvs/stack/bin/python"
SAM = ROOT / ".venvs/sam/bin/sam"

ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHON_RUNTIME = f"python{PYTHON_VERSION}"

# Shared by all stacks: what did not change is not built again for another one.
BUILDS = ROOT / ".aws-sam/local"
BUILD = BUILDS / "build"
BUILD_CACHE = BUILDS / f"cache-{ARCHITECTURE}-{PYTHON_VERSION}"
BUILD_LOCK = BUILDS / "lock"


@dataclass(frozen=True)
class Layout:
    """The files of one stack."""

    directory: Path

    @property
    def stack_file(self) -> Path:
        """What clients read (`api.md`, section 7). It holds an admin's token."""
        return self.directory / "stack.json"

    @property
    def emulator_file(self) -> Path:
        """Which process the emulator is. Absent after an orderly stop."""
        return self.directory / "emulator.json"

    @property
    def log(self) -> Path:
        return self.directory / "ministack.log"

    @property
    def grants(self) -> Path:
        """What roles were let do, for `tools/grants`."""
        return self.directory / "grants.jsonl"

    @property
    def build_log(self) -> Path:
        return self.directory / "sam.log"

    @property
    def lock(self) -> Path:
        return self.directory / "lock"

    @property
    def state(self) -> Path:
        return self.directory / "state"

    @property
    def objects(self) -> Path:
        return self.directory / "s3"

    @property
    def temporary(self) -> Path:
        return self.directory / "tmp"


def default_directory() -> Path:
    return ROOT / os.environ.get("LEADFLOW_LOCAL_DIR", ".local")


def clean_environment() -> dict[str, str]:
    """This process's environment without what belongs to an AWS account or to another Python."""
    foreign = ("AWS_", "PYTHON", "VIRTUAL_ENV", "SAM_CLI_", "MINISTACK_", "LEADFLOW_", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
