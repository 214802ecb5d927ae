"""Dependencies point inwards, and reading the code does nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadflow.runtime.settings import Settings
from tests.infrastructure.template import ROOT

PACKAGE = ROOT / "layers/leadflow/leadflow"
ALLOWED = {
    "domain": ("leadflow.domain", "pydantic"),
    "application": ("leadflow.domain", "leadflow.application", "pydantic", "tenacity"),
}
INWARD = {"domain": 0, "application": 1, "adapters": 2, "runtime": 3}
SNIPPETS = {
    "boto3": "import boto3\n\nCLIENT = boto3\n",
    "the clock": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "the environment": 'import os\n\nHOME = os.environ["HOME"]\n',
    "randomness": "import random\n\nDICE = random\n",
}
WATCH = """
import importlib.util, os, socket, sys

read = []

class Watched(os._Environ):
    def __getitem__(self, name):
        read.append(name)
        return super().__getitem__(name)

def refused(*_args, **_options):
    raise AssertionError("a module opened a socket when it was imported")

before = os.environ
os.environ = Watched(
    before._data, before.encodekey, before.decodekey, before.encodevalue, before.decodevalue
)
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refused
for path in sys.argv[2:]:
    spec = importlib.util.spec_from_file_location("app", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
print(*sorted(set(read) & set(sys.argv[1].split(","))))
"""


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere, also where only types are checked."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def ran(command: list[str], fed: str = "") -> subprocess.CompletedProcess[str]:
    """A program of this environment, run to its end with nothing but the package in sight."""
    return subprocess.run(  # noqa: S603 # the command is put together in this file
        command,
        input=fed,
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("ring", sorted(ALLOWED))
def test_the_inner_rings_import_only_what_they_may(ring: str) -> None:
    strange = {
        (path.name, module)
        for path in (PACKAGE / ring).rglob("*.py")
        for module in imported(path)
        if not is_within(module, ALLOWED[ring])
        and module.split(".")[0] not in sys.stdlib_module_names
    }
    assert not strange


@pytest.mark.parametrize("ring", sorted(INWARD))
def test_no_ring_imports_one_further_out(ring: str) -> None:
    outer = tuple(f"leadflow.{name}" for name, place in INWARD.items() if place > INWARD[ring])
    files = list((PACKAGE / ring).rglob("*.py"))
    assert files
    wrong = {
        (path.name, module)
        for path in files
        for module in imported(path)
        if is_within(module, (*outer, "functions"))
    }
    assert not wrong


@pytest.mark.parametrize("what", sorted(SNIPPETS))
@pytest.mark.parametrize("ring", ["domain", "application"])
def test_the_linter_keeps_the_outside_world_out_of_the_inner_rings(ring: str, what: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--output-format=concise"]
    place = ["--stdin-filename", str(PACKAGE / ring / "x.py"), "-"]
    checked = ran([*command, *place], fed=SNIPPETS[what])
    assert checked.returncode == 1
    assert "TID251" in checked.stdout


def test_importing_the_functions_reads_no_setting_and_opens_no_socket() -> None:
    settings = ",".join(name.upper() for name in Settings.model_fields)
    paths = sorted(str(path) for path in ROOT.glob("functions/*/app.py"))
    ended = ran([sys.executable, "-c", WATCH, settings, *paths])
    assert (ended.returncode, ended.stdout.strip()) == (0, ""), ended.stderr
