"""Paths through a stage that asks partners, over real HTTP."""

from collections.abc import Callable

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.ports import Refused
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome, Reason, Verdict
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import ResponseRules, TreatUnknownAs
from leadflow.domain.flows import Attempt, Channel, Flow, Recipient
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.partners import Partner
from leadflow.domain.rotations import RotationState
from tests.builders import (
    TENANT_ID,
    flow,
    partner,
    ping_exchange,
    post_exchange,
    run,
    stage,
)
from tests.integration.seeds import entries_of
from tests.unit.application.highest_price_world import asking
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.workflow.conftest import Machine
from tools.stub_partner import Act, Behaviour, StubPartner

Given = Callable[..., Lead]
SELL, CLOSE = "SellAtHighestPriceFunction", "CloseFlowFunction"
STAGES = (asking(), stage(1))
RULES = ResponseRules(
    success_path="status",
    success_values=("accepted",),
    price_path="price",
    duplicate_path="status",
    duplicate_values=("duplicate",),
)


def partnered(
    stub: StubPartner,
    number: int,
    price: int,
    act: Act = Act.ACCEPT,
    *,
    ping: Act = Act.ACCEPT,
    rule: TreatUnknownAs = TreatUnknownAs.SOLD,
) -> Partner:
    """A partner that offers so many dollars, and does that with a post."""
    asked = stub.script(f"/ping/{number}", Behaviour(act=ping, price=price))
    told = stub.script(f"/post/{number}", Behaviour(act=act))
    post = post_exchange(url=told, response=RULES, timeout_seconds=1)
    return partner(
        number,
        ping=ping_exchange(url=asked, response=RULES, timeout_seconds=1),
        post=post.model_copy(update={"treat_unknown_as": rule}),
    )


def now(of: Lead) -> Lead:
    stored = DynamoLeads().get(TENANT_ID, of.id)
    assert stored
    return stored


def flow_now() -> Flow:
    stored = DynamoFlows().get(TENANT_ID, flow().id)
    assert stored
    return stored


def attempts() -> list[tuple[str, AttemptStatus, AttemptReason | None]]:
    steps = DynamoFlows().steps(TENANT_ID, flow().id)
    made: list[Attempt] = [attempt for step in steps for attempt in step.attempts]
    return [(attempt.stage_id, attempt.status, attempt.reason) for attempt in made]


def verdicts() -> dict[str, tuple[Verdict, Reason | None]]:
    """What the first step says of each candidate."""
    step = next(one for one in DynamoFlows().steps(TENANT_ID, flow().id) if one.number == 1)
    return {one.candidate.id: (one.verdict, one.reason) for one in step.decisions}


def posts(stub: StubPartner) -> list[str]:
    return [call.path for call in stub.calls if call.path.startswith("/post")]


def test_a_partner_that_accepts_has_the_lead(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    partners = (partnered(stub, 1, 50), partnered(stub, 2, 40))
    of = given(bid(30), stages=STAGES, partners=partners)
    ended = machine.execute(run())
    assert ended.output == {
        "status": "posted",
        "payout_cents": dollars(50),
        "outcome": "settled",
    }
    assert machine.tasks.calls == [SELL]
    assert now(of).status is LeadStatus.POSTED
    assert posts(stub) == ["/post/1"]
    assert not entries_of(customer(1).id)
    assert flow_now().recipient == Recipient(partner_id=partner(1).id)
    assert flow_now().channel is Channel.PING_POST


def test_what_a_partner_refuses_the_next_one_gets(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    first, second = partnered(stub, 1, 50, Act.DUPLICATE), partnered(stub, 2, 40)
    of = given(stages=STAGES, partners=(first, second))
    ended = machine.execute(run())
    assert ended.output["payout_cents"] == dollars(40)
    assert posts(stub) == ["/post/1", "/post/2"]
    assert now(of).status is LeadStatus.POSTED
    assert verdicts() == {
        second.id: (Verdict.WON, None),
        first.id: (Verdict.DECLINED, Reason.PARTNER_POST_DUPLICATE),
    }


def test_a_bid_gets_what_all_partners_refuse(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    of = given(bid(30), stages=STAGES, partners=(partnered(stub, 1, 50, Act.REFUSE),))
    machine.execute(run())
    assert now(of).status is LeadStatus.ASSIGNED
    assert entries_of(customer(1).id)[0].signed_cents == -dollars(10)
    assert now(of).reservation is None


def test_a_partner_that_accepts_and_hangs_counts_as_having_the_lead(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    partners = (partnered(stub, 1, 50, Act.ACCEPT_THEN_HANG), partnered(stub, 2, 40))
    of = given(bid(30), stages=STAGES, partners=partners)
    ended = machine.execute(run())
    assert ended.output["status"] == "posted"
    assert posts(stub) == ["/post/1"]
    assert flow_now().recipient == Recipient(partner_id=partner(1).id)
    assert now(of).reservation is None


def test_where_unknown_is_not_sold_the_next_one_gets_the_lead(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    first = partnered(stub, 1, 50, Act.GARBAGE, rule=TreatUnknownAs.NOT_SOLD)
    of = given(stages=STAGES, partners=(first, partnered(stub, 2, 40)))
    machine.execute(run())
    assert posts(stub) == ["/post/1", "/post/2"]
    assert verdicts()[first.id] == (Verdict.NO_ANSWER, Reason.PARTNER_POST_UNKNOWN)
    assignment = now(of).assignment
    assert assignment
    assert assignment.partner_id == partner(2).id


def test_when_all_partners_are_late_the_run_has_run_out_of_time(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    partners = tuple(partnered(stub, number, 50, ping=Act.HANG) for number in (1, 2))
    of = given(stages=STAGES, partners=partners)
    ended = machine.execute(run())
    assert ended.output["status"] == "unassigned"
    assert machine.tasks.calls == [SELL, SELL, CLOSE]
    assert now(of).status is LeadStatus.UNASSIGNED
    assert flow_now().outcome is Outcome.DEADLINE_PASSED
    assert attempts() == [
        (stage(0).id, AttemptStatus.FAILED, AttemptReason.DEADLINE_PASSED),
        (stage(1).id, AttemptStatus.FAILED, AttemptReason.NO_ELIGIBLE_CANDIDATE),
    ]


def test_when_all_partners_refuse_the_lead_goes_on_and_none_is_tried_again(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    again = asking().model_copy(update={"id": stage(1).id})
    of = given(stages=(asking(), again), partners=(partnered(stub, 1, 50, Act.REFUSE),))
    machine.execute(run())
    assert posts(stub) == ["/post/1"]
    assert len(stub.calls) == 2
    assert flow_now().outcome is Outcome.ALL_REFUSED
    assert now(of).tried == (partner(1).id,)


def test_a_run_that_is_executed_twice_posts_once(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    of = given(stages=STAGES, partners=(partnered(stub, 1, 50),))
    first = machine.execute(run())
    sold = now(of)
    assert machine.execute(run()).output == first.output
    assert (now(of), posts(stub)) == (sold, ["/post/1"])


def test_a_task_that_is_repeated_behind_a_refusal_goes_on_with_the_next_partner(
    machine: Machine, given: Given, stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    partners = (partnered(stub, 1, 50, Act.REFUSE), partnered(stub, 2, 40))
    of = given(stages=STAGES, partners=partners)
    reserve, calls = DynamoLeads.reserve, [1, 2, 3]

    def busy(
        store: DynamoLeads, tenant_id: TenantId, of: Lead, rotation: RotationState | None = None
    ) -> frozenset[Refused]:
        if calls and calls.pop(0) == 3:
            raise TransientFault("busy")
        return reserve(store, tenant_id, of, rotation)

    monkeypatch.setattr(DynamoLeads, "reserve", busy)
    machine.execute(run())
    assert machine.tasks.calls == [SELL, SELL]
    assert posts(stub) == ["/post/1", "/post/2"]
    assert len(stub.calls) == 4, "nobody is pinged again"
    assert now(of).status is LeadStatus.POSTED
    assert verdicts()[partner(1).id] == (Verdict.DECLINED, Reason.PARTNER_POST_DECLINED)
