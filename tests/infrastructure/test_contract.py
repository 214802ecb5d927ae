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
