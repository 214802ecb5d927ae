"""Which stage comes next."""

from leadflow.application.stages import HONOR_PING, PASSED, advanced, beginning, next_stage
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.flows import EventName
from leadflow.domain.plans import (
    LISTING_AT_END,
    AlterDataStage,
    HighestPriceSettings,
    MarketplaceStage,
    Method,
    PartnerSettings,
)
from leadflow.domain.starts import NamedStart
from tests.builders import plan, run, stage
from tests.unit.domain.bidding_examples import NOW

IN_AUSTIN = ((Row(property="city", operator=Operator.EQUALS, value="austin"),),)


def test_the_first_stage_takes_a_lead_that_meets_its_conditions() -> None:
    upcoming = next_stage(
        plan(stage(0, conditions=IN_AUSTIN), stage(1)), None, {"city": "austin"}, NOW
    )
    assert upcoming.stage_id == stage(0).id
    assert upcoming.method == Method.HIGHEST_PRICE
    assert not upcoming.skipped.attempts


def test_paused_stages_and_stages_whose_conditions_are_not_met_are_skipped_on_record() -> None:
    stages = (stage(0, paused=True), stage(1, conditions=IN_AUSTIN), stage(2))
    upcoming = next_stage(plan(*stages), None, {"city": "waco"}, NOW)
    assert upcoming.stage_id == stage(2).id
    assert [(one.stage_id, one.status, one.reason) for one in upcoming.skipped.attempts] == [
        (stage(0).id, AttemptStatus.SKIPPED, AttemptReason.STAGE_PAUSED),
        (stage(1).id, AttemptStatus.SKIPPED, AttemptReason.CONDITIONS_NOT_MET),
    ]
    assert {event.event for event in upcoming.skipped.timeline} == {EventName.ATTEMPT_SKIPPED}


def test_only_stages_behind_the_last_one_come_next() -> None:
    upcoming = next_stage(plan(stage(0), stage(1)), stage(0).id, {}, NOW)
    assert upcoming.stage_id == stage(1).id


def test_behind_the_last_stage_the_plan_is_passed() -> None:
    upcoming = next_stage(plan(stage(0), stage(1, paused=True)), stage(0).id, {}, NOW)
    assert (upcoming.stage_id, upcoming.method) == (None, PASSED)
    assert len(upcoming.skipped.attempts) == 1


def test_a_run_goes_on_with_its_next_step() -> None:
    upcoming = next_stage(plan(stage(0), stage(1)), stage(0).id, {}, NOW)
    onward = advanced(run(), upcoming)
    assert (onward.step, onward.stage_id, onward.method) == (2, stage(1).id, "highest_price")
    assert onward.lead_id == run().lead_id


class TestOnTheWayToAPromisedStage:
    """Stages that might sell the lead to somebody else are passed by, without a word."""

    CHANGES = AlterDataStage(id=stage(2).id, name="Change")
    LISTS = MarketplaceStage(id=stage(3).id, name="List")

    def test_only_stages_that_change_the_lead_are_entered(self) -> None:
        stages = plan(stage(0), self.LISTS, self.CHANGES, stage(4))
        upcoming = next_stage(stages, None, {}, NOW, stage(4).id)
        assert (upcoming.stage_id, upcoming.method) == (self.CHANGES.id, Method.ALTER_DATA)
        assert not upcoming.skipped.attempts

    def test_what_may_not_be_entered_is_skipped_on_record(self) -> None:
        paused = self.CHANGES.model_copy(update={"paused": True})
        upcoming = next_stage(plan(stage(0), paused, stage(4)), None, {}, NOW, stage(4).id)
        assert (upcoming.stage_id, upcoming.method) == (stage(4).id, HONOR_PING)
        assert [one.stage_id for one in upcoming.skipped.attempts] == [paused.id]

    def test_the_promised_stage_is_entered_whatever_its_conditions_say(self) -> None:
        promised = stage(4, conditions=IN_AUSTIN, paused=True)
        upcoming = next_stage(plan(promised), None, {"city": "waco"}, NOW, promised.id)
        assert (upcoming.stage_id, upcoming.promised) == (promised.id, True)


ASKING = stage(1, settings=HighestPriceSettings(partners=PartnerSettings(enabled=True)))


def test_a_reprocess_begins_at_its_start_and_attempts_nothing_before_it() -> None:
    of_plan = plan(stage(0, paused=True), ASKING, stage(2))
    begun = [beginning(of_plan, start, {}, NOW) for start in (None, ASKING.id, stage(2).id)]
    assert [one.stage_id for one in begun] == [ASKING.id, ASKING.id, stage(2).id]
    assert [len(one.skipped.attempts) for one in begun] == [1, 0, 0]
    assert not any(one.partners_only for one in begun)


def test_a_reprocess_that_is_to_post_directly_begins_behind_the_plan() -> None:
    upcoming = beginning(plan(stage(0)), NamedStart.DIRECT_POST, {}, NOW)
    assert upcoming.stage is None
    assert not upcoming.skipped.attempts


def test_a_reprocess_with_partners_begins_with_them_alone() -> None:
    of_plan = plan(stage(0), ASKING, stage(2))
    upcoming = beginning(of_plan, NamedStart.PING_POST, {}, NOW)
    assert (upcoming.stage_id, upcoming.partners_only) == (ASKING.id, True)
    behind = next_stage(of_plan, ASKING.id, {}, NOW)
    assert not advanced(run(partners_only=True), behind).partners_only


def test_behind_partners_that_are_skipped_everybody_takes_part() -> None:
    paused = ASKING.model_copy(update={"paused": True})
    upcoming = beginning(plan(paused, stage(2)), NamedStart.PING_POST, {}, NOW)
    assert (upcoming.stage_id, upcoming.partners_only) == (stage(2).id, False)


def test_without_a_marketplace_stage_one_stands_at_the_end() -> None:
    upcoming = beginning(plan(stage(0)), NamedStart.MARKETPLACE, {}, NOW)
    assert (upcoming.stage, upcoming.method) == (LISTING_AT_END, Method.MARKETPLACE)
    behind = next_stage(plan(stage(0)), LISTING_AT_END.id, {}, NOW)
    assert (behind.stage_id, behind.method) == (None, PASSED)
