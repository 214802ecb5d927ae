"""Letting a lead out of Audit."""

from datetime import timedelta

import pytest

from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Conflict, NotFound, TransientFault
from leadflow.domain.flows import FlowKind
from leadflow.domain.leads import LeadStatus
from tests.builders import configuration, lead, stage
from tests.fakes.distribution import ScriptedDistribution
from tests.unit.application.lead_world import ADMIN, World, austin_only
from tests.unit.domain.bidding_examples import NOW

S = LeadStatus


def audited(**changes: object) -> World:
    return World(lead().model_copy(update={"status": S.AUDIT, **changes}))


def test_a_released_lead_is_distributed_from_the_first_stage() -> None:
    shop = audited(lead_type_id=None)
    flow_id = shop.release(ADMIN, shop.lead.id)
    assert (shop.stored.status, shop.stored.version) == (S.PROCESSING, 2)
    assert shop.stored.lead_type_id is not None
    assert shop.stored.flow_ids == (*shop.lead.flow_ids, flow_id)
    assert shop.leads.heads[flow_id].kind is FlowKind.RELEASE
    [(run, patience)] = shop.distribution.started
    assert (run.flow_id, run.stage_id, patience) == (flow_id, stage(0).id, None)


def test_a_lead_of_no_type_becomes_uncategorized_and_its_flow_ends_at_once() -> None:
    shop = World(lead(status=S.AUDIT), configuration(of_type=austin_only()))
    flow_id = shop.release(ADMIN, shop.lead.id)
    assert (shop.stored.status, shop.stored.lead_type_id) == (S.UNCATEGORIZED, None)
    flow = shop.leads.heads[flow_id]
    assert (flow.kind, flow.outcome, flow.ended_at) == (FlowKind.RELEASE, Outcome.NO_LEAD_TYPE, NOW)
    assert not shop.distribution.started


@pytest.mark.parametrize("status", sorted(set(LeadStatus) - {LeadStatus.AUDIT}))
def test_only_audited_leads_are_released(status: LeadStatus) -> None:
    shop = World(lead(status=status))
    with pytest.raises(Conflict, match=status) as refused:
        shop.release(ADMIN, shop.lead.id)
    assert refused.value.code == "invalid_status"
    assert shop.stored == shop.lead


def test_a_test_lead_is_never_released() -> None:
    shop = audited(is_test=True)
    with pytest.raises(Conflict) as refused:
        shop.release(ADMIN, shop.lead.id)
    assert refused.value.code == "test_lead"
    assert shop.stored == shop.lead


def test_of_two_releases_at_once_one_is_refused() -> None:
    shop = audited()
    shop.races.append(lambda one: one.moved(S.PROCESSING, NOW))
    with pytest.raises(Conflict, match="processing"):
        shop.release(ADMIN, shop.lead.id)
    assert not shop.distribution.started


def test_a_repeat_within_a_day_is_told_of_the_flow_that_it_opened() -> None:
    shop = audited()
    first = shop.release(ADMIN, shop.lead.id, "request")
    assert shop.release(ADMIN, shop.lead.id, "request") == first
    assert len(shop.distribution.started) == 1
    shop.clock.at = NOW + timedelta(days=2)
    with pytest.raises(Conflict, match="processing"):
        shop.release(ADMIN, shop.lead.id, "request")


def test_a_run_that_cannot_be_started_now_is_left_for_later() -> None:
    shop = audited()
    shop.distribution = ScriptedDistribution(fault=TransientFault("busy"))
    flow_id = shop.release(ADMIN, shop.lead.id)
    assert (shop.stored.status, shop.stored.flow_ids[-1]) == (S.PROCESSING, flow_id)


def test_a_lead_that_is_none_is_not_found() -> None:
    with pytest.raises(NotFound):
        audited().release(ADMIN, lead(9).id)
