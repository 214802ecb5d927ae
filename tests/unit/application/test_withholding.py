"""Whoever becomes Withheld gets a token, behind the write that makes it so."""

import json

import pytest

from leadflow.application.reprocess_lead import Reprocess, ReprocessLead
from leadflow.application.withheld_ports import Token
from leadflow.application.withholding import queue_if_withheld
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import LeadStatus
from tests.builders import TENANT_ID, lead
from tests.fakes.leads import MemoryLeads
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.fakes.withheld import MemoryQueue
from tests.unit.application.lead_world import ADMIN, World
from tests.unit.application.test_submit_lead import World as Desk

S = LeadStatus
FULL = MemoryPlanUsage.limited(leads=0)


def at_the_threshold(status: S) -> World:
    """A stored lead of a tenant that has no room."""
    world = World(lead(status=status))
    world.leads.usage = MemoryPlanUsage.limited(leads=0)
    return world


def token_of(world: World) -> Token:
    return Token(TENANT_ID, f"{world.stored.id}-{world.stored.version}")


def test_a_post_that_is_withheld_sends_a_token() -> None:
    desk = Desk(leads=MemoryLeads(usage=MemoryPlanUsage.limited(leads=0)))
    answer = desk.submit()
    assert answer.status is S.WITHHELD
    assert desk.queue.tokens == [Token(TENANT_ID, f"{answer.lead.id}-1")]
    assert json.loads(desk.submission.raw)


def test_a_post_that_is_distributed_sends_none() -> None:
    desk = Desk()
    desk.submit()
    assert not desk.queue.tokens


def test_a_post_whose_token_cannot_be_sent_is_answered_all_the_same() -> None:
    usage = MemoryPlanUsage.limited(leads=0)
    desk = Desk(leads=MemoryLeads(usage=usage), queue=MemoryQueue(fault=TransientFault("down")))
    assert desk.submit().status is S.WITHHELD
    assert desk.lead.status is S.WITHHELD


def test_a_lead_that_is_withheld_on_its_release_sends_a_token() -> None:
    world = at_the_threshold(S.AUDIT)
    world.release(ADMIN, world.lead.id)
    assert world.stored.status is S.WITHHELD
    assert world.queue.tokens == [token_of(world)]


def test_a_lead_that_is_withheld_on_its_reprocess_sends_a_token() -> None:
    world = at_the_threshold(S.UNASSIGNED)
    reprocess = ReprocessLead(desk=world.desk, opening=world.opening)
    reprocess(Reprocess(TENANT_ID, world.lead.id, "bidding"))
    assert world.queue.tokens == [token_of(world)]


@pytest.mark.parametrize("status", sorted(set(S) - {S.WITHHELD}))
def test_no_other_status_sends_one(status: S) -> None:
    queue = MemoryQueue()
    queue_if_withheld(queue, TENANT_ID, lead(status=status))
    assert not queue.tokens
