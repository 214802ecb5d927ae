"""Write every pinned requirements file anew from its `.in` file: `make pins`.

Each line is pinned to one version with the hashes of its files, for every platform at once, and
names no package index: an installation fetches from whatever index its machine is set up for.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# In order: the environment of the tests takes the layer's versions as constraints.
SOURCES = (
    "layers/dependencies/requirements.in",
    "requirements/dev.in",
    "requirements/stack.in",
    "requirements/sam.in",
    "requirements/node.in",
    "requirements/scan.in",
    "requirements/uv.in",
)
OPTIONS = (
    "--quiet",
    "--upgrade",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-strip-extras",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make pins",
)


def pin(uv: str, source: str) -> None:
    """Resolve one `.in` file. Raises CalledProcessError when its packages do not fit together."""
    target = str(Path(source).with_suffix(".txt"))
    subprocess.run([uv, "pip", "compile", *OPTIONS, source, "-o", target], cwd=ROOT, check=True)
    print(f"pinned {target}")


if __name__ == "__main__":
    for requirements in SOURCES:
        pin(sys.argv[1], requirements)
