"""Where a run that was lost goes on."""

import pytest

from leadflow.application.resumption import resumption
from leadflow.application.stages import HONOR_PING, PASSED
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.flows import Attempt, attempted
from leadflow.domain.leads import Lead
from leadflow.domain.plans import AlterDataStage, Stage
from tests.builders import lead, plan, promise, stage
from tests.unit.domain.bidding_examples import NOW

FIRST, LAST = stage(0), stage(3)
CHANGE = AlterDataStage(id=stage(1).id, name="Change")
THEN = AlterDataStage(id=stage(2).id, name="Change more")
PLAN = plan(FIRST, CHANGE, THEN, LAST)
FAILED, CONTINUE, SKIPPED, BEGUN = (
    AttemptStatus.FAILED,
    AttemptStatus.CONTINUE,
    AttemptStatus.SKIPPED,
    AttemptStatus.PROCESSING,
)
Made = tuple[Stage, AttemptStatus]


def resumed(one: Lead, *made: Made) -> tuple[str | None, str | None, str]:
    """The promised stage if the run is on its way to it, and the next stage with its method."""
    attempts: list[Attempt] = []
    for at, status in made:
        attempts += attempted(at, status, None, started_at=NOW, ended_at=NOW).attempts
    promised, upcoming = resumption(one, PLAN, attempts, {}, NOW)
    return promised, upcoming.stage_id, upcoming.method


@pytest.mark.parametrize(
    ("made", "upcoming"),
    [
        ((), FIRST),
        (((FIRST, FAILED),), CHANGE),
        (((FIRST, FAILED), (CHANGE, SKIPPED)), THEN),
        (((FIRST, FAILED), (CHANGE, CONTINUE)), THEN),
        (((FIRST, FAILED), (CHANGE, SKIPPED), (THEN, CONTINUE)), LAST),
    ],
)
def test_without_a_promise_a_run_goes_on_behind_the_last_stage_that_it_passed(
    made: tuple[Made, ...], upcoming: Stage
) -> None:
    assert resumed(lead(), *made) == (None, upcoming.id, upcoming.method)


def test_a_run_that_has_passed_everything_is_closed() -> None:
    assert resumed(lead(), (LAST, FAILED)) == (None, None, PASSED)


@pytest.mark.parametrize(
    ("made", "upcoming"), [((), THEN), (((THEN, SKIPPED), (LAST, FAILED)), None)]
)
def test_a_reprocess_that_was_lost_goes_on_from_its_start(
    made: tuple[Made, ...], upcoming: Stage | None
) -> None:
    attempts = [
        one
        for at, status in made
        for one in attempted(at, status, None, started_at=NOW, ended_at=NOW).attempts
    ]
    _, found = resumption(lead(), PLAN, attempts, {}, NOW, start=THEN.id)
    assert found.stage == upcoming


OPEN = lead(promise=promise(stage_id=LAST.id))


def test_a_promise_that_was_not_looked_at_is_looked_at_first() -> None:
    assert resumed(OPEN) == (None, LAST.id, HONOR_PING)


@pytest.mark.parametrize(
    ("made", "upcoming"),
    [
        ((), (CHANGE.id, "alter_data")),
        (((CHANGE, CONTINUE),), (THEN.id, "alter_data")),
        (((CHANGE, SKIPPED), (THEN, CONTINUE)), (LAST.id, HONOR_PING)),
    ],
)
def test_a_run_on_its_way_to_its_promise_sells_to_nobody_else(
    made: tuple[Made, ...], upcoming: tuple[str, str]
) -> None:
    assert resumed(OPEN, (LAST, BEGUN), *made) == (LAST.id, *upcoming)


LAPSED = lead(promise=promise(stage_id=LAST.id, kept=False))


@pytest.mark.parametrize(
    ("made", "upcoming"),
    [
        (((LAST, FAILED),), FIRST),
        (((LAST, BEGUN), (CHANGE, CONTINUE), (LAST, FAILED)), FIRST),
        (((LAST, FAILED), (FIRST, FAILED)), CHANGE),
        (((LAST, BEGUN), (CHANGE, CONTINUE), (LAST, FAILED), (FIRST, SKIPPED)), CHANGE),
    ],
)
def test_behind_a_promise_that_lapsed_the_plan_begins_anew(
    made: tuple[Made, ...], upcoming: Stage
) -> None:
    assert resumed(LAPSED, *made) == (None, upcoming.id, upcoming.method)


def test_the_promised_stage_may_be_passed_a_second_time() -> None:
    assert resumed(LAPSED, (LAST, FAILED), (THEN, CONTINUE), (LAST, FAILED)) == (None, None, PASSED)
