"""The files beside a stack's state: what clients read, and what tells whether to deploy again."""

import json
import stat
from pathlib import Path

import pytest

from tools.local_stack.files import EmulatorRecord, StackInfo, read, write_atomically
from tools.local_stack.sources import digest

INFO = StackInfo(
    api_url="http://127.0.0.1:1/api",
    tenant_id="tenant_1",
    admin_token="secret",
    aws_endpoint_url="http://127.0.0.1:1",
    region="us-east-1",
    stack_name="leadflow-local",
)


def test_the_stack_file_has_exactly_the_members_that_clients_rely_on(tmp_path: Path) -> None:
    write_atomically(tmp_path / "stack.json", INFO)
    assert set(json.loads((tmp_path / "stack.json").read_text())) == {
        "api_url",
        "tenant_id",
        "admin_token",
        "aws_endpoint_url",
        "region",
        "stack_name",
    }
    assert read(tmp_path / "stack.json", StackInfo) == INFO


def test_a_token_is_readable_by_its_owner_only_and_nothing_half_written_stays(
    tmp_path: Path,
) -> None:
    write_atomically(tmp_path / "stack.json", INFO)
    assert stat.S_IMODE((tmp_path / "stack.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["stack.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"pid": 1}', '{"pid":"x","started":"","port":1}']
)
def test_a_damaged_record_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "emulator.json").write_text(content)
    assert read(tmp_path / "emulator.json", EmulatorRecord) is None


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "functions/submit_lead").mkdir(parents=True)
    (tmp_path / "functions/submit_lead/app.py").write_text("one")
    (tmp_path / "template.yaml").write_text("one")
    return tmp_path


@pytest.mark.parametrize("changed", ["template.yaml", "functions/submit_lead/app.py"])
def test_a_changed_source_changes_the_digest(sources: Path, changed: str) -> None:
    before = digest(sources)
    (sources / changed).write_text("two")
    assert digest(sources) != before


def test_a_moved_source_changes_the_digest(sources: Path) -> None:
    before = digest(sources)
    (sources / "functions/submit_lead").rename(sources / "functions/sell_lead")
    assert digest(sources) != before


def test_byte_code_and_documents_do_not_change_the_digest(sources: Path) -> None:
    before = digest(sources)
    (sources / "functions/submit_lead/__pycache__").mkdir()
    (sources / "functions/submit_lead/__pycache__/app.pyc").write_text("x")
    (sources / "README.md").write_text("x")
    assert digest(sources) == before
