"""Who has waited longest is released, once, while there is room."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leadflow.application.oldest_withheld import (
    LOOKED_AT_MAX,
    REPLY_SECONDS,
    RUN_SECONDS_MAX,
    RUN_SECONDS_MIN,
    Tried,
    Try,
)
from leadflow.application.reopening import FLOWS_MAX
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import TransientFault
from leadflow.domain.flows import FlowKind
from leadflow.domain.identifiers import FlowId
from leadflow.domain.leads import LeadStatus
from tests.builders import TENANT_ID, configuration, lead, numbered, stage
from tests.fakes.distribution import ScriptedDistribution
from tests.unit.application.lead_world import austin_only
from tests.unit.application.withheld_world import IN_TIME, Waiting, waiting
from tests.unit.domain.bidding_examples import NOW

S = LeadStatus


def used(world: Waiting) -> int:
    return world.leads.usage.standing(TENANT_ID).used.leads


def test_leads_are_released_in_the_order_received_until_there_is_no_room() -> None:
    world = Waiting.of(waiting(3), waiting(1), waiting(2), room=2)
    first, second, third = (world.next() for _ in range(3))
    assert (first.lead_id, second.lead_id) == (waiting(1).id, waiting(2).id)
    assert third == Tried(Try.BLOCKED)
    assert world.leads.stored[waiting(3).id] == waiting(3)
    assert used(world) == 2
    world.raise_to(3)
    assert world.next().lead_id == waiting(3).id
    assert world.next() == Tried(Try.NONE_WAITING)


def test_a_released_lead_is_counted_and_distributed_in_a_flow_of_its_own() -> None:
    world = Waiting.of(waiting(1, lead_type_id=None))
    tried = world.next()
    released = world.leads.stored[waiting(1).id]
    assert (released.status, released.is_counted, released.version) == (S.PROCESSING, True, 2)
    assert released.lead_type_id is not None
    assert released.flow_ids == (*waiting(1).flow_ids, tried.flow_id)
    assert world.leads.heads[released.flow_ids[-1]].kind is FlowKind.RELEASE
    [(run, patience)] = world.distribution.started
    assert (run.flow_id, run.stage_id, patience) == (tried.flow_id, stage(0).id, RUN_SECONDS_MAX)
    assert run.patience_until_ms == 0


def test_a_lead_of_no_type_becomes_uncategorized_counts_and_is_not_run() -> None:
    world = Waiting(waiting(1), configuration(of_type=austin_only()))
    tried = world.next()
    assert tried.outcome is Try.RELEASED
    released = world.leads.stored[waiting(1).id]
    assert (released.status, released.lead_type_id) == (S.UNCATEGORIZED, None)
    assert (released.is_counted, used(world)) == (True, 1)
    assert world.leads.heads[released.flow_ids[-1]].outcome is Outcome.NO_LEAD_TYPE
    assert not world.distribution.started


def test_a_lead_that_is_counted_already_takes_no_place_but_needs_room() -> None:
    world = Waiting.of(waiting(1, is_counted=True), room=1)
    assert world.next().outcome is Try.RELEASED
    assert used(world) == 0
    blocked = Waiting.of(waiting(1, is_counted=True), room=0)
    assert blocked.next() == Tried(Try.BLOCKED)


def test_who_was_released_or_deleted_a_moment_ago_is_passed_over() -> None:
    world = Waiting.of(waiting(5), lead(1, status=S.ASSIGNED))
    world.order.stale = (lead(1).id, lead(2).id)
    assert world.next().lead_id == waiting(5).id


def test_a_lead_that_is_edited_meanwhile_keeps_its_turn_and_goes_as_it_is_now() -> None:
    world = Waiting.of(waiting(1), waiting(2))
    world.races.append(lambda one: one.changed(NOW, values={"zip": "78701", "city": "Austin"}))
    assert world.next().lead_id == waiting(1).id
    assert world.leads.stored[waiting(1).id].values["city"] == "Austin"


def test_of_two_releases_at_once_each_takes_another_lead() -> None:
    world = Waiting.of(waiting(1), waiting(2))
    world.races.append(lambda one: one.moved(S.PROCESSING, NOW))
    assert world.next().lead_id == waiting(2).id
    assert len(world.distribution.started) == 1


def test_whether_others_wait_is_told() -> None:
    world = Waiting.of(waiting(1), waiting(2))
    assert [world.next().more_waiting for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("left", "patience"),
    [
        (RUN_SECONDS_MAX + REPLY_SECONDS + 9, RUN_SECONDS_MAX),
        (RUN_SECONDS_MIN + REPLY_SECONDS, RUN_SECONDS_MIN),
        (RUN_SECONDS_MIN + REPLY_SECONDS - 0.1, None),
    ],
)
def test_a_run_is_waited_for_no_longer_than_the_invocation_lasts(
    left: float, patience: int | None
) -> None:
    world = Waiting.of(waiting(1))
    tried = world.next(NOW + timedelta(seconds=left))
    assert [seconds for _, seconds in world.distribution.started] == [patience] * bool(patience)
    assert tried.outcome is (Try.RELEASED if patience else Try.POSTPONED)
    assert (world.leads.stored[waiting(1).id] == waiting(1)) is (patience is None)


def test_a_run_that_cannot_be_started_is_left_for_later() -> None:
    world = Waiting.of(waiting(1))
    world.distribution = ScriptedDistribution(fault=TransientFault("busy"))
    assert world.next().outcome is Try.RELEASED
    assert world.leads.stored[waiting(1).id].status is S.PROCESSING


def test_a_lead_that_can_have_no_further_flow_holds_nobody_up_and_is_named() -> None:
    flows = tuple(FlowId(numbered("flow", number)) for number in range(FLOWS_MAX))
    full = waiting(1, flow_ids=flows)
    world = Waiting.of(full, waiting(2))
    assert world.next().lead_id == waiting(2).id
    assert world.next() == Tried(Try.NONE_WAITING, stuck=(full.id,))
    assert world.leads.stored[full.id] == full


def test_behind_too_many_that_are_gone_another_try_has_to_look() -> None:
    world = Waiting.of(waiting(50))
    world.order.stale = tuple(lead(number).id for number in range(LOOKED_AT_MAX))
    assert world.next() == Tried(Try.POSTPONED)


def auto_upgrading() -> Configuration:
    settings = configuration().settings.model_copy(update={"auto_upgrade": True})
    return replace(configuration(), settings=settings)


def test_a_threshold_that_gives_way_lets_the_lead_out() -> None:
    world = Waiting(waiting(1), auto_upgrading(), room=0)
    assert world.next(IN_TIME).outcome is Try.RELEASED
    assert used(world) == 1
