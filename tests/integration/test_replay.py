"""The same lead, plan, counters, offers, clock and rotation always give the same decisions."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from leadflow.application.exchange_ports import Reply
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.decisions import AttemptStatus, Kind, Reason, Verdict
from leadflow.domain.identifiers import StageId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import AlterDataSettings, AlterDataStage, Choice, SetField
from leadflow.runtime import container
from tests.builders import configuration, lead, numbered, partner, plan, run, stage
from tests.fakes.outbound import ScriptedOutbound
from tests.integration.recording import PORTS, Recording, record, replay
from tests.integration.seeds import (
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.unit.application.highest_price_world import (
    HUNG,
    REFUSED,
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.round_robin_examples import PRICE, round_robin

Record = Callable[[], Recording]
LEADS = range(1, 4)
"""Leads that are handed out before the one that is recorded."""


def ports(replies: Mapping[str, Reply]) -> dict[str, object]:
    """The real ports; only what partners say is scripted."""
    others = {"book": "bid_book", "bidders": "customers", "customers": "customer_store"}
    renamed = others | {"calls": "call_counts"}
    made = {name: getattr(container, renamed.get(name, name))() for name in PORTS}
    return made | {"outbound": ScriptedOutbound(dict(replies))}


def of_lead(number: int = 0, method: str = "highest_price") -> Run:
    return run(number, method=method)


def bids_with_partners() -> Recording:
    """The best partner refuses, another one hangs at its ping; a bid wins against a third."""
    partners = tuple(pinged(number) for number in (1, 2, 3))
    store_configuration(configuration(by_plan=plan(asking(), stage(1)), partners=partners))
    for number, amount in enumerate((90, 70, 20), 1):
        store_customer(customer(number, paused=number == 2))
        store_bid(bid(amount, owner=number))
    store_lead(lead())
    told: dict[str, Reply] = {ping_url(1): offers(120), ping_url(2): HUNG}
    told |= {ping_url(3): offers(45.5), post_url(1): REFUSED}
    return record(of_lead(), ports(told))


def in_turn() -> Recording:
    """Customers and a partner took turns with earlier leads; the partner refuses this one."""
    store_configuration(configuration(by_plan=plan(round_robin()), partners=(pinged(1),)))
    for number in (1, 2):
        store_customer(customer(number))
    for number in LEADS:
        store_lead(lead(number), number)
        record(of_lead(number, "round_robin"), ports({}))
    store_lead(lead())
    return record(of_lead(0, "round_robin"), ports({post_url(1): REFUSED}))


def several_stages() -> Recording:
    """The lead is altered, a stage finds all partners late, and the last one gives it away."""
    settings = AlterDataSettings(operations=(SetField(set_field="first_name", value="Grace"),))
    altering = AlterDataStage(id=StageId(numbered("stage", 5)), name="Alter", settings=settings)
    giving = round_robin(7, partners=Choice())
    skipped = stage(6, paused=True)
    stages = (altering, skipped, asking(), giving)
    store_configuration(configuration(by_plan=plan(*stages), partners=(pinged(1), pinged(2))))
    store_customer(customer(1))
    store_lead(lead())
    begun = replace(of_lead(0, "alter_data"), stage_id=altering.id)
    late = {ping_url(1): HUNG, ping_url(2): HUNG}
    return record(begun, ports(late))


FLOWS: Mapping[str, tuple[Record, Run, RunResult]] = {
    "bids_with_partners": (
        bids_with_partners,
        of_lead(),
        RunResult(LeadStatus.ASSIGNED, dollars(50)),
    ),
    "in_turn": (in_turn, of_lead(0, "round_robin"), RunResult(LeadStatus.ASSIGNED, PRICE)),
    "several_stages": (
        several_stages,
        replace(of_lead(0, "alter_data"), stage_id=numbered("stage", 5)),
        RunResult(LeadStatus.ASSIGNED, PRICE),
    ),
}
pytestmark = pytest.mark.usefixtures("tables")


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_that_is_replayed_from_its_recording_ends_in_the_same_way(name: str) -> None:
    make, of_run, result = FLOWS[name]
    recorded = make()
    plain = json.loads(json.dumps(recorded.answers))
    replayed = replay(of_run, Recording(answers=[(call, text) for call, text in plain]))
    assert replayed.result == recorded.result == result
    assert replayed.decisions == recorded.decisions
    assert replayed.decisions
    assert replayed.written == recorded.written


def test_what_is_replayed_are_decisions_about_bids_and_partners() -> None:
    recorded = bids_with_partners()
    assert {one.candidate.id: one.reason for one in recorded.decisions} == {
        bid(owner=1).id: None,
        bid(owner=2).id: Reason.CUSTOMER_PAUSED,
        bid(owner=3).id: Reason.OUTSCORED,
        partner(1).id: Reason.PARTNER_POST_HTTP_ERROR,
        partner(2).id: Reason.PARTNER_PING_TIMEOUT,
        partner(3).id: Reason.OUTSCORED,
    }


def test_what_is_replayed_is_a_turn_among_customers_and_partners() -> None:
    recorded = in_turn()
    [won] = [one for one in recorded.decisions if one.verdict is Verdict.WON]
    assert won.candidate.kind is Kind.CUSTOMER
    assert len(recorded.decisions) == 3


def test_what_is_replayed_are_several_stages() -> None:
    statuses = [one.status for step in several_stages().steps for one in step.attempts]
    assert statuses == [
        AttemptStatus.CONTINUE,
        AttemptStatus.SKIPPED,
        AttemptStatus.FAILED,
        AttemptStatus.SUCCESS,
    ]


def test_another_offer_in_the_recording_gives_another_price() -> None:
    recorded = bids_with_partners()
    changed = [
        (name, text.replace("45.5", "62") if name == "outbound.send_all" else text)
        for name, text in recorded.answers
    ]
    assert changed != recorded.answers
    replayed = replay(of_lead(), Recording(answers=changed))
    assert replayed.result == RunResult(LeadStatus.ASSIGNED, dollars(70))
