"""Did the sources change since they were deployed? One digest of all files that count."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tools.local_stack import layout

DEPLOYED = ("template.yaml", "samconfig.toml", "functions", "layers", "statemachines")
TOOLCHAIN = ("requirements/stack.txt", "requirements/sam.txt", "tools/local_stack")
NOT_DEPLOYED = frozenset(("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and not NOT_DEPLOYED.intersection(file.parts):
            yield file


def digest(root: Path) -> str:
    """Changes with any deployed file's name or content, and with the target machine."""
    total = hashlib.sha256(f"{layout.ARCHITECTURE} {layout.PYTHON_RUNTIME}".encode())
    for source in (*DEPLOYED, *TOOLCHAIN):
        for file in _files(root / source):
            total.update(f"\0{file.relative_to(root)}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
