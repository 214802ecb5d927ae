"""The end of a run that broke off."""

from datetime import timedelta
from typing import ClassVar

import pytest

from leadflow.application.exchange_ports import Reply
from leadflow.application.ports import Refused
from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome, Reason, Verdict
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import Channel, EventName
from leadflow.domain.leads import LeadStatus
from tests.builders import configuration, lead, partner, promise, run, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.leads import MemoryLeads
from tests.fakes.sales import ScriptedSales
from tests.unit.application.highest_price_world import (
    REFUSED,
    World,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.domain.bidding_examples import dollars


def action(leads: MemoryLeads) -> RecordDistributionError:
    return RecordDistributionError(
        configuration=FixedConfiguration(configuration()),
        leads=leads,
        sales=ScriptedSales(leads),
        clock=FixedClock(),
    )


def recorded(of_run: Run) -> MemoryLeads:
    leads = MemoryLeads.of(lead())
    assert action(leads)(of_run) == RunResult(LeadStatus.DISTRIBUTION_ERROR)
    return leads


def test_a_lead_whose_run_broke_off_is_kept_as_a_distribution_error() -> None:
    [(broken, ending, step)] = recorded(run()).settled
    assert broken.status is LeadStatus.DISTRIBUTION_ERROR
    assert broken.values == lead().values
    assert ending.outcome is Outcome.DISTRIBUTION_ERROR
    assert step.number == run().step
    assert step.timeline[-1].event is EventName.LEAD


def test_the_stage_that_broke_off_is_named() -> None:
    [(_, _, step)] = recorded(run()).settled
    [attempt] = step.attempts
    assert attempt.stage_id == stage().id
    assert (attempt.status, attempt.reason) == (
        AttemptStatus.ERROR,
        AttemptReason.UNEXPECTED_ERROR,
    )


def test_without_a_stage_or_its_plan_only_the_end_is_recorded() -> None:
    for odd in (run(stage_id=None, method="none"), run(plan_version=99)):
        [(_, _, step)] = recorded(odd).settled
        assert not step.attempts
        assert len(step.timeline) == 1


def test_a_lead_can_be_given_up_as_stuck() -> None:
    leads = MemoryLeads.of(lead())
    action(leads)(run(), Outcome.STUCK)
    assert leads.settled[0][1].outcome is Outcome.STUCK


def test_a_lead_that_was_sold_before_the_run_broke_off_stays_sold() -> None:
    leads = MemoryLeads.of(lead(status=LeadStatus.ASSIGNED, payout_cents=700))
    assert action(leads)(run()) == RunResult(LeadStatus.ASSIGNED, 700)
    assert not leads.settled


class _Overtaken(MemoryLeads):
    """Leads that another execution settles between the read and the write."""

    def settle(self, *_arguments: object, **_options: object) -> bool:
        self.stored[lead().id] = lead(status=LeadStatus.ASSIGNED, payout_cents=900)
        return False


def test_a_sale_that_comes_first_wins() -> None:
    assert action(_Overtaken.of(lead()))(run()) == RunResult(LeadStatus.ASSIGNED, 900)


class TestPosts:
    """A lead that broke off while it was being posted to a partner."""

    PINGS: ClassVar[dict[str, Reply]] = {ping_url(1): offers(50), ping_url(2): offers(40)}

    def world(self, rule: TreatUnknownAs = TreatUnknownAs.SOLD, breaks_at: int = 1) -> World:
        """A lead whose stage broke off at that post; those before it were refused."""
        partners = [pinged(number, post={"treat_unknown_as": rule}) for number in (1, 2)]
        shy = pinged(3, ping=None)
        world = World(partners=(*partners, shy), replies={**self.PINGS, post_url(1): REFUSED})
        world.on_post(lambda: _break_off(world, breaks_at))
        with pytest.raises(_BrokenOff):
            world.sell()
        return world

    def test_while_the_post_may_be_open_the_lead_stays(self) -> None:
        world = self.world()
        before = world.lead
        assert world.break_off(run()) == RunResult(LeadStatus.PROCESSING)
        assert world.lead == before

    def test_behind_that_the_partner_has_it_by_its_rule(self) -> None:
        world = self.world(breaks_at=2)
        world.clock.at += timedelta(minutes=1)
        assert world.break_off(run()) == RunResult(LeadStatus.POSTED, dollars(40))
        assert world.sale.ending.channel is Channel.PING_POST
        assert world.verdicts == {
            partner(2).id: (Verdict.WON, None),
            partner(1).id: (Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR),
            partner(3).id: (Verdict.BLOCKED, Reason.PARTNER_PING_NOT_CONFIGURED),
        }
        assert world.decision(partner(2).id).detail == {"answer": "unknown", "settled_as": "sold"}

    @pytest.mark.parametrize(("kept", "honored"), [(None, True), (False, False)])
    def test_a_promise_that_was_being_kept_is_kept(
        self, kept: bool | None, honored: bool | None
    ) -> None:
        world = self.world()
        promised = world.lead.model_copy(update={"promise": promise(kept=kept)})
        world.leads.stored[lead().id] = promised
        world.clock.at += timedelta(minutes=1)
        world.break_off(run())
        assert world.sale.ending.honored is honored

    def test_or_it_has_not_and_the_lead_is_kept(self) -> None:
        world = self.world(TreatUnknownAs.NOT_SOLD)
        world.clock.at += timedelta(minutes=1)
        assert world.break_off(run(), Outcome.STUCK) == RunResult(LeadStatus.DISTRIBUTION_ERROR)
        assert world.lead.reservation is None
        assert world.lead.tried == (partner(1).id,)
        assert world.verdicts[partner(1).id] == (Verdict.NO_ANSWER, Reason.PARTNER_POST_UNKNOWN)
        assert world.step.attempts[0].status is AttemptStatus.ERROR

    def test_between_two_posts_the_lead_is_kept(self) -> None:
        world = self.world(breaks_at=2)
        noted = world.lead.reservation
        assert noted
        idle = noted.model_copy(update={"offer": None})
        world.leads.stored[lead().id] = world.lead.model_copy(update={"reservation": idle})
        assert world.break_off(run()) == RunResult(LeadStatus.DISTRIBUTION_ERROR)
        assert world.lead.tried == (partner(1).id,)

    def test_a_sale_that_comes_first_is_told(self) -> None:
        world = self.world()
        world.clock.at += timedelta(minutes=1)
        world.refusals.append(frozenset({Refused.LEAD}))
        sold = lead(status=LeadStatus.POSTED, payout_cents=700)
        world.sales.meanwhile = lambda: world.leads.stored.update({sold.id: sold})
        assert world.break_off(run()) == RunResult(LeadStatus.POSTED, 700)

    def test_a_run_of_an_unknown_plan_leaves_it_to_a_person(self) -> None:
        world = self.world()
        world.clock.at += timedelta(minutes=1)
        assert world.break_off(run(plan_version=9)) == RunResult(LeadStatus.PROCESSING)


class _BrokenOff(Exception):
    pass


def _break_off(world: World, breaks_at: int) -> None:
    if len(world.posted) + 1 == breaks_at:
        raise _BrokenOff
