"""Take the guards of the contract away, one by one, and see that a test notices each.

`make guards` tries all, `make guards NAME="a part of a name"` some. Each is tried on a copy of the
tree; the tree itself is left alone. Exit code 0: every guard was missed by a test. 1: one was not.
2: no guard has such a name.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.guards.catalogue import GUARDS, Guard
from tools.local_stack.progress import Progress

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 600
"""How long the tests of one guard may run."""

_TESTS_FAILED = 1
"""The exit code of pytest for tests that ran and failed; any other is an error of the try."""


def main(names: Sequence[str]) -> int:
    """Try the guards whose names hold one of the words; all without words."""
    chosen = [one for one in GUARDS if not names or any(name in one.name for name in names)]
    if not chosen:
        print("There are these guards:", *(f"  {one.name}" for one in GUARDS), sep="\n")
        return 2
    progress, unseen = Progress(), []
    with tempfile.TemporaryDirectory(prefix="guards-") as directory:
        tree = Path(directory)
        _copied(tree)
        for guard in chosen:
            with progress.step(guard.name), without(guard, tree):
                failed = failures(guard, tree)
            print(f"{guard.name} ({', '.join(guard.promises)}): {len(failed)} tests fail")
            print("".join(f"  {one}\n" for one in failed), end="")
            unseen += [] if failed else [guard.name]
    print(f"{len(chosen) - len(unseen)} of {len(chosen)} guards are missed when they are gone.")
    return 1 if unseen else 0


@contextmanager
def without(guard: Guard, tree: Path) -> Iterator[None]:
    """The copy without the guard, for a while. Raises `ValueError` where it is not there once."""
    file = tree / guard.path
    text = file.read_text()
    if text.count(guard.kept) != 1:
        message = f"{guard.path} has {text.count(guard.kept)} times: {guard.kept}"
        raise ValueError(message)
    file.write_text(text.replace(guard.kept, guard.taken))
    try:
        yield
    finally:
        file.write_text(text)


def failures(guard: Guard, tree: Path) -> Sequence[str]:
    """Which of the guard's tests fail in the copy. Raises `RuntimeError` when they cannot run."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *guard.tests]
    environment = os.environ | {
        "PYTHONPATH": f"{tree / 'layers/leadflow'}:{tree}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    ran = subprocess.run(
        command,
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if ran.returncode not in {0, _TESTS_FAILED}:
        raise RuntimeError(ran.stdout + ran.stderr)
    lines = [line for line in ran.stdout.splitlines() if line.startswith("FAILED ")]
    return [line.removeprefix("FAILED ").split(" - ")[0] for line in lines]


def _copied(tree: Path) -> None:
    """Copy what the project tracks, or would."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
