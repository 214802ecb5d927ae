"""Files are short enough to be read at once."""

import subprocess

from tests.infrastructure.template import ROOT

LINES_MAX = 300
LISTED = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py")
"""What the project tracks, or would."""


def lengths() -> dict[str, int]:
    """Lines of every Python file that is there."""
    listed = subprocess.run(LISTED, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 # fixed above
    paths = {name: ROOT / name for name in listed.stdout.splitlines()}
    return {
        name: len(path.read_text().splitlines()) for name, path in paths.items() if path.is_file()
    }


def test_no_python_file_has_more_lines_than_can_be_read_at_once() -> None:
    found = lengths()
    assert {"tests/infrastructure/test_files.py", "functions/submit_lead/app.py"} <= set(found)
    assert {name: lines for name, lines in found.items() if lines > LINES_MAX} == {}
