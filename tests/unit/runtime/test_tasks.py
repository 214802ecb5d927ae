"""Tasks of the state machine."""

from dataclasses import asdict

import pytest
from pydantic import ValidationError

from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import LeadStatus
from leadflow.runtime.tasks import task_handler
from tests.builders import run
from tests.integration.http import Context

EVENT = {**asdict(run()), "outcome": "unsold", "fault": {"Error": "X", "Cause": "y"}}


def test_a_task_that_settles_the_lead_says_so() -> None:
    handler = task_handler(lambda: lambda _: RunResult(LeadStatus.ASSIGNED, 700))
    assert handler(EVENT, Context()) == {
        "status": "assigned",
        "payout_cents": 700,
        "outcome": "settled",
    }


def test_a_task_that_hands_on_gives_the_next_task_its_input() -> None:
    handler = task_handler(lambda: lambda given: given)
    answer = handler(EVENT, Context())
    assert answer == {**asdict(run()), "outcome": "unsold"}
    assert handler(answer, Context()) == answer


def test_a_task_sees_its_run_and_nothing_else_of_the_state() -> None:
    seen: list[Run] = []

    def task(given: Run) -> Run:
        seen.append(given)
        return given

    task_handler(lambda: task)(EVENT, Context())
    assert seen == [run()]


def test_an_error_leaves_a_task_under_its_own_name() -> None:
    def fail(_run: Run) -> Run:
        raise TransientFault("busy")

    with pytest.raises(TransientFault):
        task_handler(lambda: fail)(EVENT, Context())


def test_an_input_of_another_shape_is_no_run() -> None:
    handler = task_handler(lambda: lambda given: given)
    with pytest.raises(ValidationError):
        handler({**EVENT, "step": "first"}, Context())
    with pytest.raises(ValidationError):
        handler({"tenant_id": "tenant_1"}, Context())


def test_a_run_that_began_before_it_had_all_members_is_one() -> None:
    older = {name: value for name, value in EVENT.items() if name != "promised_stage_id"}
    assert task_handler(lambda: lambda given: given)(older, Context())["step"] == run().step
