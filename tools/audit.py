"""`make audit`: are there known vulnerabilities of what is pinned?

The answers come from the advisory services of PyPI and npm, so this needs the network, and is no
part of `make pr`: CI may not reach them, and an advisory of today is no fault of a change.
Exit code 0: none is known. 1: there are. 2: a service could not be asked, so nothing is known.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = (
    ROOT / "layers/dependencies/requirements.txt",
    *sorted((ROOT / "requirements").glob("*.txt")),
)
PACKAGES = ROOT / "tools/stub_receiver"
FOUND, UNKNOWN = 1, 2
TIMEOUT_SECONDS = 600
UNREACHABLE = (
    "ConnectionError",
    "HTTPError",
    "ServiceError",
    "ENOTFOUND",
    "ECONN",
    "audit endpoint",
    "could not be audited",
)
"""What the tools say when they could not ask."""


def outcome(code: int, said: str) -> int:
    """What a tool's end means: pip-audit calls it good when a registry knows no advisories."""
    if any(word in said for word in UNREACHABLE):
        return UNKNOWN
    return FOUND if code else 0


def asked(command: list[str], directory: Path) -> int:
    """Run one tool, show what it says, and tell what it means."""
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
    )
    said = done.stdout + done.stderr
    print(said.strip())
    return outcome(done.returncode, said)


def main() -> int:
    """Audit every pinned file and npm's lock; the worst of the answers."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    answers = []
    for file in PINNED:
        print(f"== {file.relative_to(ROOT)}")
        answers.append(asked([sys.executable, "-m", "pip_audit", *options, "-r", str(file)], ROOT))
    print(f"== {PACKAGES.relative_to(ROOT)}")
    answers.append(asked(["npm", "audit", "--package-lock-only"], PACKAGES))
    if UNKNOWN in answers:
        print("Some services could not be asked: this says nothing of what they know.")
    return max(answers)


if __name__ == "__main__":
    raise SystemExit(main())
