"""What a lead costs when many are distributed again, against a single one: at most a fifth more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from leadflow.domain.identifiers import UserId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime import container
from tests.bench.account import MACHINE_ARN
from tests.bench.recorder import Recorder, recording
from tests.bench.write_units import write_units
from tests.builders import TENANT_ID, configuration, lead, numbered, plan, stage
from tests.fakes.files import MemoryFiles
from tests.integration.bulk_machine import InTurn
from tests.integration.http import Client
from tests.integration.seeds import store_configuration, store_lead
from tests.usage_shares import grant_shares

LEADS = 50
MORE_MAX = 1.2
SINGLE = ["GetItem", "GetItem", "TransactWriteItems", "StartExecution"]
"""The lead, the configuration's stamp, lead with flow and step, and the run."""

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 1)), role=Role.ADMIN)


@dataclass
class CountedFiles(MemoryFiles):
    """Files in memory that count the requests that they stand for."""

    requests: list[str] = field(default_factory=list)

    def put(self, key: str, data: bytes) -> None:
        self.requests.append("PUT")
        super().put(key, data)

    def read(self, key: str) -> bytes:
        self.requests.append("GET")
        return super().read(key)

    def keys(self, prefix: str) -> Iterator[str]:
        self.requests.append("LIST")
        return super().keys(prefix)


def _started(_request: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"executionArn": "arn", "startDate": datetime.now(UTC).timestamp()}


@pytest.fixture(autouse=True)
def _machine_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Before the tables are made, for with them the settings are read.
    monkeypatch.setenv("DISTRIBUTION_STATE_MACHINE_ARN", MACHINE_ARN)


@pytest.fixture
def files(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> CountedFiles:
    made = CountedFiles()
    monkeypatch.setattr(container, "files", lambda: made)
    monkeypatch.setattr(container, "job_runs", InTurn)
    store_configuration(configuration(by_plan=plan(stage(0))))
    return made


@pytest.fixture
def recorder(files: CountedFiles) -> Iterator[Recorder]:
    """All calls to DynamoDB and Step Functions."""
    made = Recorder({"StartExecution": _started})
    with recording(made):
        yield made


def store(first: int, count: int) -> list[Lead]:
    leads = [lead(number, status=LeadStatus.UNASSIGNED) for number in range(first, first + count)]
    for number, one in enumerate(leads, first):
        store_lead(one, number)
    return leads


def reprocess(one: Lead) -> None:
    answer = Client("reprocess_lead", ADMIN).call("POST", f"/leads/{one.id}/reprocess")
    assert answer.status == 202


def test_many_cost_little_more_than_the_same_one_by_one(
    recorder: Recorder, files: CountedFiles
) -> None:
    [warm, single], many = store(1, 2), store(10, LEADS)
    grant_shares(TENANT_ID)
    reprocess(warm)
    recorder.clear()

    reprocess(single)

    assert sorted(recorder.operations) == sorted(SINGLE)
    units = write_units(recorder.calls)
    recorder.clear()

    body = {"confirm": True, "lead_ids": [one.id for one in many]}
    answer = Client("reprocess_leads", ADMIN).call("POST", "/leads/reprocess", body)

    assert answer.status == 202
    assert recorder.operations.count("StartExecution") == LEADS
    calls = len(recorder.calls) + len(files.requests)
    per_lead = {"calls": calls / LEADS, "write units": write_units(recorder.calls) / LEADS}
    assert per_lead["calls"] <= MORE_MAX * len(SINGLE)
    assert per_lead["write units"] <= MORE_MAX * units
