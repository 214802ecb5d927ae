"""Check the types of everything: `make typecheck`.

Every Lambda function has a module `app`, and no two of them can be seen in one run. So the layer,
the tools and the tests are checked together, and then each function by itself against them.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOGETHER = ("layers", "tools", "tests")
MODULES_OF_A_FUNCTION = "functions/*/"


def check(*targets: str) -> bool:
    """Whether the targets' types are right; what is wrong goes to the terminal."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *targets]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    present = [name for name in TOGETHER if any((ROOT / name).rglob("*.py"))]
    functions = sorted(str(path) for path in ROOT.glob(MODULES_OF_A_FUNCTION))
    results = [check(*present), *(check(path) for path in functions)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
