"""The threshold as posts and pings meet it (`product.md`, 8.2, 8.5, 11.2, 19)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import AuditCondition, Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Refusal
from leadflow.domain.flows import EventName
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.pings import PingMessage, PingStatus
from leadflow.domain.posts import OverThreshold, PingReferenceFailed
from leadflow.domain.sources import Source, SourceType
from leadflow.domain.submissions import SubmissionStatus
from leadflow.domain.subscriptions import Amounts, Limits
from tests.builders import (
    CATEGORY_ID,
    TENANT_ID,
    VALUES,
    configuration,
    duplicate_check,
    lead_type,
    source,
)
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.unit.application.ping_world import World
from tests.unit.domain.bidding_examples import NOW, bid, customer

S = LeadStatus
VENDOR = source(type=SourceType.VENDOR)
EMPTY, FULL = Amounts(), Limits(leads=0)
AUDITED = AuditCondition(
    id="audit_1",
    name="All",
    lead_category_id=CATEGORY_ID,
    conditions=((Row(property="zip", operator=Operator.EQUALS, value=VALUES["zip"]),),),
    created_at=NOW,
    updated_at=NOW,
)


def world(
    leads: int | None = 0, sales_cents: int | None = None, configured: Configuration | None = None
) -> World:
    """A tenant with limits whose one bid takes every lead for $10."""
    made = World(configured or configuration(), bids=[bid(50)], buyers=[customer(1)])
    made.leads.usage = MemoryPlanUsage.limited(leads, sales_cents)
    return made


def of_vendor(leads: int | None = 0, **changes: object) -> World:
    return world(leads, configured=configuration(from_source=VENDOR.model_copy(update=changes)))


def used(one: World) -> Amounts:
    return one.leads.usage.standing(TENANT_ID).used


def close(one: World) -> None:
    """Reach the threshold."""
    one.leads.usage.total = MemoryPlanUsage.limited(0).total


def upgrading(from_source: Source | None = None) -> Configuration:
    known = configuration(from_source=from_source)
    settings = known.settings.model_copy(update={"auto_upgrade": True})
    return replace(known, settings=settings)


def test_as_many_leads_as_the_limit_are_processed_and_the_next_is_withheld() -> None:
    shop = world(2)
    assert [shop.post().status for _ in range(3)] == [S.ASSIGNED, S.ASSIGNED, S.WITHHELD]
    assert used(shop).leads == 2


def test_a_withheld_lead_is_kept_uncounted_and_its_flow_says_why() -> None:
    shop = world()
    answer = shop.post()
    assert (answer.lead.status, answer.payout_cents, answer.lead.is_counted) == (
        S.WITHHELD,
        0,
        False,
    )
    assert answer.lead.lead_type_id is not None
    flow = shop.flows.heads[answer.flow_id]
    assert (flow.outcome, flow.ended_at) == (Outcome.SUBSCRIPTION_THRESHOLD, NOW)
    told = {one.event: one.reason for one in shop.flows.written[flow.id, 0].timeline}
    assert told == {
        EventName.INITIATED: None,
        EventName.SUBMISSION_ACCEPTED: None,
        EventName.LEAD: Outcome.SUBSCRIPTION_THRESHOLD,
        EventName.WITHHELD: Outcome.SUBSCRIPTION_THRESHOLD,
    }
    assert not shop.runs
    assert used(shop) == EMPTY


def test_a_lead_is_counted_in_the_write_that_stores_it() -> None:
    shop = world(1)
    assert shop.post().lead.is_counted
    assert used(shop) == Amounts(leads=1, sales_cents=1_000)


def test_sales_at_their_limit_stop_the_next_lead() -> None:
    shop = world(None, 1_500)
    assert [shop.post().status for _ in range(3)] == [S.ASSIGNED, S.ASSIGNED, S.WITHHELD]
    assert used(shop) == Amounts(leads=2, sales_cents=2_000)


def test_a_withheld_lead_uses_its_ping_up_and_loses_the_promise() -> None:
    shop = world(1)
    ping = shop.ping().ping
    assert ping.offers
    close(shop)
    lead = shop.post(ping).lead
    assert (lead.status, lead.promise, lead.ping_id) == (S.WITHHELD, None, ping.id)
    assert shop.leads.pings[ping.id].used_by == lead.id


@pytest.mark.parametrize(
    ("configured", "status"),
    [
        (configuration(audits=(AUDITED,)), S.AUDIT),
        (configuration(of_type=lead_type(archived=True)), S.UNCATEGORIZED),
    ],
)
def test_what_earlier_gates_stop_is_counted_if_there_is_room_and_stays_so_without(
    configured: Configuration, status: LeadStatus
) -> None:
    shop = world(1, configured=configured)
    first, second = shop.post().lead, shop.post().lead
    assert (first.status, first.is_counted) == (status, True)
    assert (second.status, second.is_counted) == (status, False)
    assert used(shop).leads == 1


def test_a_test_lead_touches_no_usage_and_meets_no_threshold() -> None:
    shop = world(configured=configuration(from_source=source(test_mode=True)))
    assert shop.post(zip="00001").status is S.ASSIGNED
    assert used(shop) == EMPTY


def test_a_duplicate_is_told_so_at_the_threshold_and_never_counted() -> None:
    shop = world(5, configured=configuration(checks=(duplicate_check(),)))
    shop.leads.taken = frozenset({duplicate_check().id})
    assert shop.post().status is S.DUPLICATE
    close(shop)
    assert shop.post().status is S.DUPLICATE
    assert used(shop) == EMPTY


def test_a_vendors_post_is_refused_and_leaves_a_rejected_submission() -> None:
    shop = of_vendor()
    with pytest.raises(OverThreshold) as refused:
        shop.post()
    assert (refused.value.status, refused.value.code) == (422, "subscription_threshold")
    [submission] = shop.submissions.kept.values()
    assert (submission.status, submission.http_status) == (SubmissionStatus.REJECTED, 422)
    assert not shop.leads.stored


@pytest.mark.parametrize("room", [0, 1])
def test_a_vendors_post_whose_ping_was_matched_before_goes_on(room: int) -> None:
    shop = of_vendor(2)
    ping = shop.ping().ping
    assert ping.status is PingStatus.MATCHED
    shop.leads.usage.total = MemoryPlanUsage.limited(room).total
    answer = shop.post(ping)
    assert (answer.status, answer.lead.is_counted) == (S.ASSIGNED, room == 1)
    assert used(shop).leads == room


def test_a_ping_that_found_no_match_lets_no_vendor_pass() -> None:
    shop = of_vendor(1)
    shop.book.bids.clear()
    ping = shop.ping().ping
    assert ping.status is PingStatus.NO_MATCH
    close(shop)
    with pytest.raises(OverThreshold):
        shop.post(ping)


def test_the_vendor_rule_comes_before_the_ping_reference() -> None:
    shop = of_vendor(5)
    ping = shop.ping().ping
    shop.clock.at = NOW + timedelta(minutes=6)
    with pytest.raises(PingReferenceFailed):
        shop.post(ping)
    close(shop)
    with pytest.raises(OverThreshold):
        shop.post(ping)


def test_the_vendor_rule_comes_before_duplicate_checks() -> None:
    shop = world(5, configured=configuration(from_source=VENDOR, checks=(duplicate_check(),)))
    shop.leads.taken = frozenset({duplicate_check().id})
    ping = shop.ping().ping
    assert shop.post().status is S.DUPLICATE
    close(shop)
    with pytest.raises(OverThreshold):
        shop.post()
    assert shop.post(ping).status is S.DUPLICATE


def test_a_vendors_ping_is_rejected() -> None:
    shop = of_vendor()
    ping = shop.ping().ping
    assert (ping.message, ping.status, ping.price_cents) == (
        PingMessage.REJECTED,
        PingStatus.REJECTED,
        0,
    )
    assert shop.flows.heads[ping.flow_id].outcome is Outcome.SUBSCRIPTION_THRESHOLD
    with pytest.raises(OverThreshold):
        shop.post(ping)


def test_pings_of_internal_sources_and_test_pings_are_answered_as_always() -> None:
    assert world().ping().ping.message is PingMessage.MATCH_FOUND
    assert of_vendor(test_mode=True).ping(zip="00001").ping.message is PingMessage.MATCH_FOUND


@pytest.mark.parametrize("from_source", [source(), VENDOR])
def test_an_automatic_upgrade_lets_the_lead_in(from_source: Source) -> None:
    shop = world(1, configured=upgrading(from_source))
    assert [shop.post().status for _ in range(2)] == [S.ASSIGNED, S.ASSIGNED]
    assert shop.leads.usage.standing(TENANT_ID).limits == Limits(leads=5_000)
    assert used(shop).leads == 2


def test_an_automatic_upgrade_answers_the_vendors_ping() -> None:
    shop = world(0, configured=upgrading(VENDOR))
    assert shop.ping().ping.message is PingMessage.MATCH_FOUND


def test_beyond_the_last_plan_leads_are_withheld() -> None:
    shop = world(0, 10**13, configured=upgrading())
    assert shop.post().status is S.WITHHELD


def test_a_lead_is_withheld_if_others_fill_what_an_upgrade_made() -> None:
    class Crowded(MemoryPlanUsage):
        def upgrade(self, _tenant_id: TenantId) -> bool:
            return True

    shop = world(configured=upgrading())
    shop.leads.usage = Crowded(total=shop.leads.usage.total)
    assert shop.post().status is S.WITHHELD


def test_a_refused_post_is_told_to_the_flow_of_its_ping() -> None:
    shop = of_vendor()
    ping = shop.ping().ping
    with pytest.raises(Refusal):
        shop.post(ping)
    events = [
        one.event for step in shop.flows.steps(TENANT_ID, ping.flow_id) for one in step.timeline
    ]
    assert EventName.SUBMISSION_REJECTED in events
