"""The document of the contract names tests that exist, and judges that do."""

import re

from tools.local_stack.layout import ROOT
from tools.verify.promises import PROMISES

CONTRACT = (ROOT / "docs/contract.md").read_text()


def test_every_test_that_the_contract_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", CONTRACT)
    assert len(named) > len(PROMISES)
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).is_file(), (
            name
        )


def test_what_is_verified_is_what_the_judge_judges() -> None:
    rows = re.findall(r"^\| (C\d+) \| \*\*.*\| ([^|]+) \|$", CONTRACT, re.MULTILINE)
    assert {number for number, how in rows if how != "No"} == {one.number for one in PROMISES}


def test_every_test_that_holds_what_a_crash_leaves_exists() -> None:
    text = (ROOT / "docs/adr/0033-what-a-crash-leaves-is-finished.md").read_text()
    sources: dict[str, str] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        sources[path.name] = sources.get(path.name, "") + path.read_text()
    named = re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", text)
    assert named
    for file, name in named:
        assert f"def {name}(" in sources[file] if name else file in sources, (file, name)
