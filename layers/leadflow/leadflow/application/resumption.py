"""Where a run that was lost goes on: behind the last stage that is recorded (15.10)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leadflow.application.opening import first_stage
from leadflow.application.stages import NextStage, beginning, next_stage
from leadflow.domain.conditions import Fact
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.flows import Attempt
from leadflow.domain.leads import Lead
from leadflow.domain.plans import Plan
from leadflow.domain.starts import Start

_PASSED = frozenset({AttemptStatus.FAILED, AttemptStatus.SKIPPED, AttemptStatus.CONTINUE})


def resumption(
    lead: Lead,
    plan: Plan,
    attempts: Sequence[Attempt],
    facts: Mapping[str, Fact],
    now: datetime,
    *,
    start: Start | None = None,
) -> tuple[str | None, NextStage]:
    """The stage that the run comes back to for a promise, if it does, and the next one.

    `attempts` are those of the post. A promise that was checked and stands is on its way; one that
    is not checked yet is checked first; behind one that lapsed the plan began anew. A reprocess
    that has passed nothing yet begins at its `start`.
    """
    promise = lead.promise
    if promise is None:
        last = _last(attempts)
        if last is None:
            return None, beginning(plan, start, facts, now)
        return None, next_stage(plan, last, facts, now)
    if promise.kept is None:
        begun = [index for index, one in enumerate(attempts) if _is_on_its_way(one)]
        if not begun:
            return None, first_stage(lead, plan, facts, now)
        last = _last(attempts[begun[0] :])
        return promise.stage_id, next_stage(plan, last, facts, now, promise.stage_id)
    lapsed = next(
        index
        for index, one in enumerate(attempts)
        if one.status is AttemptStatus.FAILED and one.stage_id == promise.stage_id
    )
    return None, next_stage(plan, _last(attempts[lapsed + 1 :]), facts, now)


def _is_on_its_way(attempt: Attempt) -> bool:
    return attempt.status is AttemptStatus.PROCESSING


def _last(attempts: Sequence[Attempt]) -> str | None:
    """The last stage that was passed; None: none was."""
    passed = [one.stage_id for one in attempts if one.status in _PASSED]
    return passed[-1] if passed else None
