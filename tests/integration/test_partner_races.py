"""Executions of one stage at the same moment, on real tables: one partner gets the lead."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Lock

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.exchange_ports import OutboundRequest, Reply
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.runtime import container, stage_actions
from tests.builders import TENANT_ID, configuration, flow, lead, partner, plan, run, stage
from tests.integration.seeds import (
    entries_of,
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.unit.application.highest_price_world import (
    REFUSED,
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.domain.bidding_examples import bid, customer, dollars

EXECUTIONS = 3


@dataclass
class Meeting:
    """Implements `Outbound`: all executions have pinged before any of them posts."""

    replies: dict[str, Reply]
    everybody: Barrier = field(default_factory=lambda: Barrier(EXECUTIONS, timeout=30))
    posts: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def send(self, request: OutboundRequest) -> Reply:
        with self.lock:
            self.posts.append(request.url)
        return self.replies.get(request.url) or offers(1)

    def send_all(
        self, requests: Sequence[OutboundRequest], *, deadline_seconds: float
    ) -> Sequence[Reply]:
        assert deadline_seconds
        self.everybody.wait()
        return [self.replies[request.url] for request in requests]


PINGS: dict[str, Reply] = {ping_url(1): offers(50), ping_url(2): offers(40)}


@pytest.fixture
def meeting(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Meeting:
    made = Meeting(dict(PINGS))
    monkeypatch.setattr(container, "outbound", lambda: made)
    by_plan = plan(asking(), stage(1))
    store_configuration(configuration(by_plan=by_plan, partners=(pinged(1), pinged(2))))
    store_customer(customer(1))
    store_bid(bid(30))
    store_lead(lead())
    return made


def executed() -> list[RunResult | Run]:
    """What all executions of the stage came to."""
    action = stage_actions.sell_at_highest_price()
    with ThreadPoolExecutor(EXECUTIONS) as threads:
        return list(threads.map(lambda _: action(run()), range(EXECUTIONS)))


def now() -> Lead:
    stored = DynamoLeads().get(TENANT_ID, lead().id)
    assert stored
    return stored


def steps() -> list[int]:
    return [step.number for step in DynamoFlows().steps(TENANT_ID, flow().id) if step.number]


def test_exactly_one_partner_is_posted_to(meeting: Meeting) -> None:
    results = executed()
    assert meeting.posts == [post_url(1)]
    assert now().status is LeadStatus.POSTED
    assert steps() == [1]
    sold = RunResult(LeadStatus.POSTED, dollars(50))
    assert sold in results
    going = [result for result in results if isinstance(result, Run)]
    assert all(stage_actions.sell_at_highest_price()(run_on) == sold for run_on in going)


def test_a_refusal_passes_the_lead_on_once(meeting: Meeting) -> None:
    meeting.replies[post_url(1)] = REFUSED
    executed()
    assert meeting.posts == [post_url(1), post_url(2)]
    assignment = now().assignment
    assert assignment
    assert assignment.partner_id == partner(2).id
    assert steps() == [1]


def test_a_bid_is_charged_once_for_what_all_partners_refuse(meeting: Meeting) -> None:
    meeting.replies |= {post_url(1): REFUSED, post_url(2): REFUSED}
    executed()
    assert sorted(meeting.posts) == [post_url(1), post_url(2)]
    assert now().status is LeadStatus.ASSIGNED
    assert len(entries_of(customer(1).id)) == 1
