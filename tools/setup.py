"""Make the project's virtual environments from its pinned requirements: `make setup`.

Runs on any Python 3.11 or newer with nothing installed. An environment whose stamp matches its
requirements is left alone, so calling this before every other target costs a few milliseconds.
Everything it says goes to stderr: stdout belongs to the target that asked for it.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINIMUM_PYTHON = (3, 11)
STAMP = ".leadflow-stamp"
LOG_TAIL_LINES = 15
LOCK = "package-lock.json"


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the pinned files that fill it."""

    name: str
    directory: Path
    requirements: Path
    javascript: Path | None = None
    """Where a `package.json` and its lock lie, whose packages go into `javascript` of it."""

    @property
    def python(self) -> Path:
        return self.directory / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.directory / STAMP


class SetupError(Exception):
    """An environment could not be made; the text says what to do."""


UV = Environment("installer", ROOT / ".venvs/uv", ROOT / "requirements/uv.txt")
# Only `make policy` and `make audit` need it: 220 MB.
SCAN = Environment("scanner", ROOT / ".venvs/scan", ROOT / "requirements/scan.txt")
ENVIRONMENTS = (
    Environment("development", ROOT / ".venv", ROOT / "requirements/dev.txt"),
    Environment("emulator", ROOT / ".venvs/stack", ROOT / "requirements/stack.txt"),
    Environment("SAM CLI", ROOT / ".venvs/sam", ROOT / "requirements/sam.txt"),
    Environment(
        "JavaScript",
        ROOT / ".venvs/node",
        ROOT / "requirements/node.txt",
        ROOT / "tools/stub_receiver",
    ),
)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fingerprint(environment: Environment) -> str:
    """What an environment depends on: its place, the interpreter and the pinned packages."""
    place = f"{environment.directory}\0{sys.version}\0{sys.base_prefix}\0"
    content = place.encode() + environment.requirements.read_bytes()
    if environment.javascript:
        content += (environment.javascript / LOCK).read_bytes()
    return hashlib.sha256(content).hexdigest()


def is_ready(environment: Environment) -> bool:
    if not (environment.stamp.is_file() and environment.python.exists()):
        return False
    return environment.stamp.read_text() == fingerprint(environment)


def run(command: list[str], purpose: str) -> None:
    """Run quietly. Raises SetupError with the end of the output when the command fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        lines = (result.stdout + result.stderr).strip().splitlines()[-LOG_TAIL_LINES:]
        raise SetupError(f"{purpose} failed:\n  " + "\n  ".join(lines))


def create(environment: Environment) -> None:
    shutil.rmtree(environment.directory, ignore_errors=True)
    environment.directory.parent.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "venv", str(environment.directory)], "making a virtual environment")


def install_with_pip(environment: Environment) -> None:
    pip = [str(environment.python), "-m", "pip", "install", "--quiet", "--require-hashes"]
    options = ["--no-input", "--disable-pip-version-check", "-r", str(environment.requirements)]
    run([*pip, *options], f"installing {environment.requirements.name}")


def install_with_uv(environment: Environment) -> None:
    uv = [str(UV.directory / "bin" / "uv"), "pip", "install", "--quiet", "--compile-bytecode"]
    target = ["--python", str(environment.python), "--require-hashes"]
    source = ["-r", str(environment.requirements)]
    run([*uv, *target, *source], f"installing {environment.requirements.name}")


def install(environment: Environment) -> None:
    """Install with uv; with pip where uv cannot, since only pip knows pip's own configuration."""
    try:
        install_with_uv(environment)
    except (SetupError, FileNotFoundError):
        install_with_pip(environment)


def install_javascript(environment: Environment, packages: Path) -> None:
    """Install what a lock names, with the npm of the environment; nothing of it is run."""
    target = environment.directory / "javascript"
    target.mkdir()
    for name in ("package.json", LOCK):
        shutil.copy(packages / name, target)
    npm = [str(environment.directory / "bin" / "npm"), "ci", "--prefix", str(target)]
    run([*npm, "--ignore-scripts", "--no-audit", "--no-fund"], f"installing {packages.name}")


def name_sources(environment: Environment) -> None:
    """Let the development environment import the layer's package and the tools."""
    if environment.directory.name != ".venv":
        return
    for packages in environment.directory.glob("lib/python*/site-packages"):
        (packages / "leadflow.pth").write_text(f"{ROOT / 'layers/leadflow'}\n{ROOT}\n")


def prepare(environment: Environment) -> None:
    started = time.monotonic()
    create(environment)
    if environment is UV:
        install_with_pip(environment)
    else:
        install(environment)
    if environment.javascript:
        install_javascript(environment, environment.javascript)
    name_sources(environment)
    environment.stamp.write_text(fingerprint(environment))
    say(f"  {environment.name} environment ready ({time.monotonic() - started:.0f} s)")


def prepare_all(environments: Iterable[Environment]) -> None:
    """Make the environments that are missing or out of date, side by side."""
    outdated = [environment for environment in environments if not is_ready(environment)]
    if not outdated:
        return
    names = ", ".join(environment.name for environment in outdated)
    say(f"Setting up: {names} (Python {sys.version.split()[0]})")
    if not is_ready(UV):
        prepare(UV)
    with ThreadPoolExecutor() as pool:
        list(pool.map(prepare, outdated))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=("dev", "scan", "all"), default="all")
    arguments = parser.parse_args()
    if sys.version_info < MINIMUM_PYTHON:
        say("Leadflow needs Python 3.11 or newer: name one with `make setup PYTHON=python3.11`.")
        return 1
    try:
        chosen = {"dev": ENVIRONMENTS[:1], "scan": (SCAN,), "all": ENVIRONMENTS}
        prepare_all(chosen[arguments.only])
    except SetupError as error:
        say(f"Setup failed: {error}\nMend that, then run `make setup` again; what is done is kept.")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
