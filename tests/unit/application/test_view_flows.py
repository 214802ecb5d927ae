from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from leadflow.application.ports import Page, Window
from leadflow.application.view_flows import (
    FlowFilters,
    FlowSummary,
    ListFlows,
    ListFlowsOfLead,
    ViewFlow,
)
from leadflow.domain.decisions import AttemptStatus, Outcome
from leadflow.domain.errors import Forbidden, NotFound
from leadflow.domain.flows import (
    Attempt,
    Channel,
    EventName,
    FlowKind,
    FlowStep,
    Recipient,
    TimelineEvent,
)
from leadflow.domain.identifiers import FlowId, StageId
from leadflow.domain.plans import Method
from leadflow.domain.principals import Principal, Role
from leadflow.domain.submissions import BROKEN_OFF_AFTER
from tests.fakes.flow_lists import FakeFlowLists
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import FixedConfiguration, StillClock
from tests.reading import (
    BUYER,
    NOON,
    OTHER_SOURCE,
    STRANGER,
    TENANT,
    buyer,
    flow,
    identify,
    lead,
    sender,
    user,
)

WON = Attempt(
    stage_id=StageId(identify("stage", 1)),
    name="Best price",
    method=Method.HIGHEST_PRICE,
    status=AttemptStatus.SUCCESS,
    started_at=NOON,
    ended_at=NOON,
)
SKIPPED = WON.model_copy(update={"status": AttemptStatus.SKIPPED})
PING = UUID(int=1)
KEPT = (
    flow(1),
    flow(2, source_id=OTHER_SOURCE),
    flow(3, recipient=Recipient(customer_id=BUYER), channel=Channel.BID, honored=True),
    flow(4, kind=FlowKind.PING, ping_id=PING, ping_status="no_match", lead_id=None),
    flow(5, is_test=True),
    flow(6, kind=FlowKind.REPROCESS, honored=False),
)


def store() -> FakeFlowLists:
    flows = FakeFlowLists()
    for one in KEPT:
        steps = FlowStep(number=0, attempts=(SKIPPED,)), FlowStep(number=1, attempts=(WON,))
        flows.put(TENANT, one, *steps)
    return flows


def listed(
    limit: int = 50,
    principal: Principal | None = None,
    wanted: Mapping[str, str] | None = None,
) -> list[int]:
    flows = store()
    action = ListFlows(
        configuration=FixedConfiguration(), flows=flows, lists=flows, clock=StillClock()
    )
    found: list[FlowSummary] = []
    window = Window(limit)
    while True:
        page = action(principal or user(), FlowFilters.model_validate(wanted or {}), window)
        found += page.items
        if page.position is None:
            return [int(one.flow.id[-9:]) for one in found]
        window = Window(limit, page.position)


def of_lead(lead_id: str, window: Window, principal: Principal | None = None) -> Page[FlowSummary]:
    leads, flows = FakeLeadLists(), store()
    leads.put(TENANT, lead(1, flow_ids=(KEPT[0].id, FlowId(identify("flow", 99)), KEPT[5].id)))
    action = ListFlowsOfLead(leads=leads, flows=flows, lists=flows)
    return action(principal or user(), lead_id, window)


@pytest.mark.parametrize("limit", [1, 50])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [6, 4, 3, 2, 1]),
        ({"test_mode": "true"}, [5]),
        ({"source_id": OTHER_SOURCE}, [2]),
        ({"customer_id": BUYER}, [3]),
        ({"partner_id": identify("partner", 1)}, []),
        ({"ping_status": "no_match"}, [4]),
        ({"honored": "true"}, [3]),
        ({"honored": "false"}, [6]),
        ({"has_ping": "true"}, [4]),
        ({"has_post": "true"}, [3, 2, 1]),
        ({"has_lead": "false"}, [4]),
        ({"assigned": "true"}, [3]),
        ({"assigned": "false", "has_post": "true"}, [2, 1]),
        ({"created_from": KEPT[2].started_at.isoformat()}, [6, 4, 3]),
        ({"created_to": KEPT[2].started_at.isoformat()}, [3, 2, 1]),
    ],
)
def test_filters_narrow_the_list_of_flows(
    filters: Mapping[str, str], expected: list[int], limit: int
) -> None:
    assert listed(limit, wanted=filters) == expected


def test_a_flow_tells_what_all_its_steps_did_in_order() -> None:
    seen = ViewFlow(flows=store(), clock=StillClock())(user(), KEPT[0].id)
    assert (seen.flow, seen.record.attempts) == (KEPT[0], (SKIPPED, WON))


def test_the_timeline_of_a_flow_is_in_the_order_of_time() -> None:
    def said(minutes: int, word: str) -> TimelineEvent:
        at = NOON + timedelta(minutes=minutes)
        return TimelineEvent(at=at, event=EventName.LEAD, description=word)

    flows = FakeFlowLists()
    steps = (
        FlowStep(number=0, timeline=(said(0, "ping"), said(0, "answer"))),
        FlowStep(number=0, timeline=(said(9, "refused later"),)),
        FlowStep(number=1, timeline=(said(3, "post"), said(4, "sale"))),
    )
    flows.put(TENANT, KEPT[0], *steps)
    timeline = ViewFlow(flows=flows, clock=StillClock())(user(), KEPT[0].id).record.timeline
    told = [event.description for event in timeline]
    assert told == ["ping", "answer", "post", "sale", "refused later"]


def test_the_timeline_ends_with_the_deletion_of_the_lead() -> None:
    deleted_at = NOON + timedelta(minutes=5)
    flows = store()
    flows.put(TENANT, flow(1, lead_deleted_at=deleted_at))
    shown = ViewFlow(flows=flows, clock=StillClock())(user(), flow(1).id)
    last = shown.record.timeline[-1]
    assert (last.event, last.at) == (EventName.LEAD_DELETED, deleted_at)
    assert shown.flow.lead_id == flow(1).lead_id


def test_flows_of_a_lead_come_newest_first() -> None:
    page = of_lead(lead(1).id, Window(50))
    assert [one.flow.id for one in page.items] == [KEPT[5].id, KEPT[0].id]
    assert [list(one.attempts) for one in page.items] == [[SKIPPED, WON]] * 2
    first = of_lead(lead(1).id, Window(1))
    rest = of_lead(lead(1).id, Window(1, first.position))
    assert [one.flow.id for one in (*first.items, *rest.items)] == [KEPT[5].id, KEPT[0].id]
    assert rest.position is None


@pytest.mark.parametrize("flow_id", [identify("flow", 99), "flow_1", "STEP#000"])
def test_an_unknown_flow_is_not_found(flow_id: str) -> None:
    with pytest.raises(NotFound):
        ViewFlow(flows=store(), clock=StillClock())(user(), flow_id)


def test_another_tenants_flows_do_not_exist() -> None:
    stranger = user(tenant_id=STRANGER)
    assert listed(principal=stranger) == []
    with pytest.raises(NotFound):
        ViewFlow(flows=store(), clock=StillClock())(stranger, KEPT[0].id)
    with pytest.raises(NotFound):
        of_lead(lead(1).id, Window(50), stranger)


@pytest.mark.parametrize("principal", [buyer(), sender(), user(Role.PARTNER_ADMIN)])
def test_flows_are_for_users_of_the_tenant(principal: Principal) -> None:
    for ask in (
        lambda: listed(principal=principal),
        lambda: ViewFlow(flows=store(), clock=StillClock())(principal, KEPT[0].id),
        lambda: of_lead(lead(1).id, Window(50), principal),
    ):
        with pytest.raises(Forbidden):
            ask()


def test_a_ping_that_broke_off_while_partners_were_asked_has_failed_by_the_clock_alone() -> None:
    asked = {"kind": FlowKind.PING, "ping_id": PING, "ping_status": "pending", "lead_id": None}
    old = flow(1, **asked, started_at=NOON - BROKEN_OFF_AFTER)
    young = flow(2, **asked, started_at=NOON - BROKEN_OFF_AFTER + timedelta(seconds=1))
    flows = FakeFlowLists()
    for one in (old, young):
        flows.put(TENANT, one, FlowStep(number=0))
    view = ViewFlow(flows=flows, clock=StillClock())
    assert [view(user(), one.id).flow.ping_status for one in (old, young)] == ["error", "pending"]
    listing = ListFlows(
        configuration=FixedConfiguration(), flows=flows, lists=flows, clock=StillClock()
    )
    filters = FlowFilters.model_validate({"ping_status": "error"})
    [shown] = listing(user(), filters, Window(9)).items
    assert (shown.flow.id, shown.flow.outcome) == (old.id, Outcome.DISTRIBUTION_ERROR)
    assert shown.flow.ended_at == NOON
