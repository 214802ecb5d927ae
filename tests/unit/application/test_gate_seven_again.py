"""The threshold as stored leads meet it when they are distributed again (11.6, 11.8, 19.2)."""

from dataclasses import replace

import pytest

from leadflow.application import contention
from leadflow.application.edit_lead import LeadEdit
from leadflow.application.reprocess_lead import ReprocessRequest
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import TransientFault, Unprocessable
from leadflow.domain.flows import EventName, FlowKind
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.sources import SourceType
from leadflow.domain.subscriptions import Limits
from tests.builders import TENANT_ID, configuration, lead, source
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.unit.application.lead_world import ADMIN, World, any_version

S = LeadStatus
VENDOR = configuration(from_source=source(type=SourceType.VENDOR))
EDIT = LeadEdit(contact={"city": "Waco"}, reprocess=ReprocessRequest())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def world(status: LeadStatus, leads: int = 0, configured: Configuration | None = None) -> World:
    shop = World(lead(status=status), configured or configuration())
    shop.leads.usage = MemoryPlanUsage.limited(leads)
    return shop


def used(shop: World) -> int:
    return shop.leads.usage.standing(TENANT_ID).used.leads


def again(shop: World) -> FlowId:
    """Distribute the lead once more: by a release from Audit, else with an edit."""
    if shop.lead.status is S.AUDIT:
        return shop.release(ADMIN, shop.lead.id)
    flow_id = shop.edit(ADMIN, shop.lead.id, EDIT, any_version).flow_id
    assert flow_id
    return flow_id


BOTH = pytest.mark.parametrize(
    ("status", "kind"), [(S.AUDIT, FlowKind.RELEASE), (S.UNASSIGNED, FlowKind.REPROCESS)]
)


@BOTH
def test_an_internal_lead_without_room_is_withheld(status: LeadStatus, kind: FlowKind) -> None:
    shop = world(status)
    flow_id = again(shop)
    assert (shop.stored.status, shop.stored.is_counted) == (S.WITHHELD, False)
    flow = shop.leads.heads[flow_id]
    assert (flow.kind, flow.outcome) == (kind, Outcome.SUBSCRIPTION_THRESHOLD)
    told = {one.event: one.reason for one in shop.leads.steps[flow_id, 0].timeline}
    assert told[EventName.WITHHELD] == told[EventName.LEAD] == Outcome.SUBSCRIPTION_THRESHOLD
    assert not shop.distribution.started


@BOTH
def test_a_vendors_lead_is_left_alone_and_nothing_of_it_is_stored(
    status: LeadStatus, kind: FlowKind
) -> None:
    shop = world(status, configured=VENDOR)
    with pytest.raises(Unprocessable) as refused:
        again(shop)
    assert refused.value.code == "subscription_threshold"
    assert shop.stored == shop.lead
    assert kind not in {flow.kind for flow in shop.leads.heads.values()}


@pytest.mark.parametrize("status", [S.AUDIT, S.UNASSIGNED])
def test_a_lead_is_counted_once_however_often_it_is_distributed(status: LeadStatus) -> None:
    shop = world(status, leads=3)
    again(shop)
    assert (shop.stored.status, shop.stored.is_counted, used(shop)) == (S.PROCESSING, True, 1)
    shop.lead = shop.stored.moved(S.UNASSIGNED, shop.clock.now())
    shop.leads.stored[shop.lead.id] = shop.lead
    again(shop)
    assert (shop.stored.status, used(shop)) == (S.PROCESSING, 1)


def test_a_counted_lead_is_withheld_at_the_threshold_and_stays_counted() -> None:
    shop = world(S.UNASSIGNED)
    counted = shop.lead.model_copy(update={"is_counted": True})
    shop.leads.stored[shop.lead.id] = counted
    again(shop)
    assert (shop.stored.status, shop.stored.is_counted) == (S.WITHHELD, True)


@pytest.mark.parametrize("configured", [configuration(), VENDOR])
def test_an_automatic_upgrade_lets_it_pass(configured: Configuration) -> None:
    settings = configured.settings.model_copy(update={"auto_upgrade": True})
    shop = world(S.AUDIT, configured=replace(configured, settings=settings))
    again(shop)
    assert shop.stored.status is S.PROCESSING
    assert shop.leads.usage.standing(TENANT_ID).limits == Limits(leads=5_000)


def test_a_threshold_that_keeps_moving_is_a_fault_in_the_end() -> None:
    class Crowded(MemoryPlanUsage):
        def upgrade(self, _tenant_id: TenantId) -> bool:
            return True

    known = configuration()
    settings = known.settings.model_copy(update={"auto_upgrade": True})
    shop = world(S.AUDIT, configured=replace(known, settings=settings))
    shop.leads.usage = Crowded(total=shop.leads.usage.total)
    with pytest.raises(TransientFault):
        again(shop)
    assert shop.stored == shop.lead


def test_a_lead_that_moved_on_between_both_tries_is_looked_at_again() -> None:
    shop = world(S.AUDIT)

    def taken(one: Lead) -> Lead:
        return one.changed(shop.clock.now(), payout_cents=7)

    shop.races.append(taken)
    again(shop)
    assert (shop.stored.status, shop.stored.payout_cents) == (S.WITHHELD, 7)
