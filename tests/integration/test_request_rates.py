"""Counted requests: the fake and the real counters keep the same contract."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.request_rates import DynamoRequestRates
from leadflow.application.rate_ports import RequestRates
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.runtime import container
from tests.builders import TENANT_ID
from tests.fakes.request_rates import MemoryRequestRates
from tests.unit.domain.bidding_examples import NOW

OTHER = TenantId("tenant_" + "1" * 26)


@pytest.fixture(params=[MemoryRequestRates, DynamoRequestRates])
def rates(request: pytest.FixtureRequest, tables: Mapping[str, str]) -> RequestRates:
    made: RequestRates = request.param()
    return made


def test_so_many_requests_of_a_counter_are_admitted_in_a_minute(rates: RequestRates) -> None:
    assert [rates.admit(TENANT_ID, "a", NOW, per_minute=2) for _ in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    assert rates.admit(TENANT_ID, "a", NOW, per_minute=3)
    assert rates.admit(TENANT_ID, "b", NOW, per_minute=1)
    assert rates.admit(OTHER, "a", NOW, per_minute=1)
    assert not rates.admit(TENANT_ID, "a", NOW + timedelta(seconds=59), per_minute=3)
    assert rates.admit(TENANT_ID, "a", NOW + timedelta(seconds=60), per_minute=1)


def test_a_store_that_fails_is_no_refusal(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDEMPOTENCY_TABLE", "missing")
    container.tables_named()
    with pytest.raises(TransientFault):
        DynamoRequestRates().admit(TENANT_ID, "a", NOW, per_minute=1)
