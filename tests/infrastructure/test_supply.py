"""What is installed is what was pinned, and rules are left out with a reason only."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.infrastructure.template import ROOT
from tools.pin import SOURCES

PINNED = sorted(str(Path(source).with_suffix(".txt")) for source in SOURCES)
LOCKS = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "tools").rglob("package-lock.json")
    if "node_modules" not in path.parts
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def requirements(file: str) -> list[str]:
    """The requirements of a pinned file, each with its hashes in one line."""
    text = (ROOT / file).read_text().replace("\\\n", " ")
    return [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


def test_every_file_of_requirements_is_pinned_and_no_other() -> None:
    found = [*(ROOT / "requirements").glob("*.txt"), ROOT / "layers/dependencies/requirements.txt"]
    assert sorted(str(path.relative_to(ROOT)) for path in found) == PINNED


@pytest.mark.parametrize("file", PINNED)
def test_every_requirement_has_one_version_and_its_hashes(file: str) -> None:
    pinned = requirements(file)
    assert pinned
    assert not [line for line in pinned if "==" not in line.split(";")[0] or not HASH.search(line)]


@pytest.mark.parametrize("file", PINNED)
def test_pins_name_no_registry(file: str) -> None:
    text = (ROOT / file).read_text()
    assert not re.findall(r"https?://|--(?:extra-)?index-url|--find-links|@ file:", text)


@pytest.mark.parametrize("file", LOCKS)
def test_every_package_of_a_lock_has_its_hash_and_names_no_registry(file: str) -> None:
    packages = json.loads((ROOT / file).read_text())["packages"]
    installed = {name: one for name, one in packages.items() if name}
    assert installed
    assert all(one["integrity"].startswith("sha512-") for one in installed.values())
    assert not [name for name, one in installed.items() if "resolved" in one]


def test_no_package_is_part_of_the_tree() -> None:
    assert not [*ROOT.glob("*.whl"), *ROOT.glob("*.tar.gz"), *ROOT.glob("*.tgz")]


def test_every_rule_that_the_scan_leaves_out_has_its_reason_above_it() -> None:
    text = (ROOT / ".checkov.yaml").read_text()
    lines = text.splitlines()
    left_out = yaml.safe_load(text)["skip-check"]
    assert left_out
    assert len(left_out) == len(set(left_out))
    for rule in left_out:
        above = lines[lines.index(f"  - {rule}") - 1]
        assert above.strip().startswith("# ")
