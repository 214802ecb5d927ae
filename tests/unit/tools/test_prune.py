"""The layer keeps what functions read and loses the rest."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
PRUNE = ROOT / "layers/dependencies/prune.py"


@pytest.fixture
def pruning() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prune", PRUNE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("file", "is_kept"),
    [
        ("botocore/data/endpoints.json", True),
        ("botocore/data/dynamodb/2012-08-10/service-2.json.gz", True),
        ("botocore/data/s3/2006-03-01/service-2.json.gz", True),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("boto3/data/dynamodb/resources.json", True),
        ("phonenumbers/data/region_US.py", True),
        ("phonenumbers/geodata/data0.py", False),
        ("pydantic-2.dist-info/METADATA", True),
        ("pydantic-2.dist-info/RECORD", False),
        ("package/tests/test_it.py", False),
    ],
)
def test_pruning(pruning: ModuleType, tmp_path: Path, file: str, is_kept: bool) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.touch()
    pruning.prune(tmp_path)
    assert path.exists() is is_kept


def test_every_service_that_functions_call_is_kept(pruning: ModuleType) -> None:
    sources = (ROOT / "layers/leadflow/leadflow").rglob("*.py")
    called = [re.findall(r'boto3\.client\("(\w+)"', path.read_text()) for path in sources]
    services = {service for names in called for service in names}
    assert {"s3", "stepfunctions"} <= services <= pruning.AWS_SERVICES
