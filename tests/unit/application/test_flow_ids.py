"""The ids of flows that requests open."""

from datetime import timedelta

import pytest

from leadflow.application.flow_ids import FlowIdentity, FlowIds
from leadflow.domain.errors import Conflict
from leadflow.domain.leads import Lead
from tests.builders import TENANT_ID, flow, lead
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.unit.domain.bidding_examples import NOW

DAY = timedelta(hours=24)


def identity(
    flows: MemoryFlows, one: Lead, repeat: str | None = "request", after: timedelta = timedelta()
) -> FlowIdentity:
    return FlowIds(flows=flows, ids=CountingIds()).of(TENANT_ID, one, repeat, NOW + after)


def opened(flows: MemoryFlows, one: Lead) -> Lead:
    """The lead with the flow that the request opens."""
    flow_id = identity(flows, one, after=DAY).flow_id
    flows.heads[flow_id] = flow(started_at=NOW).model_copy(update={"id": flow_id})
    return one.model_copy(update={"flow_ids": (*one.flow_ids, flow_id)})


def test_a_request_that_cannot_be_repeated_gets_a_new_id() -> None:
    found = identity(MemoryFlows(), lead(), None)
    assert (found.known, found.flow_id in lead().flow_ids) == (None, False)


def test_a_repeat_meets_the_flow_that_it_has_opened_for_a_day() -> None:
    flows = MemoryFlows()
    once = opened(flows, lead())
    known = identity(flows, once, after=DAY - timedelta(seconds=1))
    assert known == FlowIdentity(once.flow_ids[-1], flows.heads[once.flow_ids[-1]])
    anew = identity(flows, once, after=DAY)
    assert anew.known is None
    assert anew.flow_id not in once.flow_ids


def test_another_request_opens_another_flow() -> None:
    flows = MemoryFlows()
    once = opened(flows, lead())
    assert identity(flows, once, "another").known is None


def test_a_key_can_be_used_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadflow.application.flow_ids.GENERATIONS_MAX", 1)
    flows = MemoryFlows()
    with pytest.raises(Conflict, match="too often"):
        identity(flows, opened(flows, lead()), after=DAY)
