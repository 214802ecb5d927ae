"""The workflow of an import: a Distributed Map that keeps the bounds of that of a reprocess."""

import json
from typing import Any

from leadflow.application.lead_import_steps import ImportState
from leadflow.application.watch_jobs import RUN_LIFETIME
from tests.infrastructure.template import resources, state_machine

MACHINES = resources("AWS::Serverless::StateMachine")
OURS, THEIRS = state_machine("import_leads"), state_machine("reprocess_leads")
MAP, MODEL = OURS["States"]["ImportBatches"], THEIRS["States"]["ReprocessBatches"]
OF_ITS_OWN = {"Comment", "ItemProcessor", "Catch", "Next"}


def shared(state: dict[str, Any]) -> dict[str, Any]:
    """What both maps say alike."""
    return {name: value for name, value in state.items() if name not in OF_ITS_OWN}


def test_batches_are_mapped_over_like_those_of_a_reprocess() -> None:
    assert shared(MAP) == shared(MODEL)
    config = "ProcessorConfig"
    assert MAP["ItemProcessor"][config] == MODEL["ItemProcessor"][config]


def test_a_batch_is_repeated_within_the_time_of_an_express_workflow_like_those() -> None:
    ours = MAP["ItemProcessor"]["States"]["ImportBatch"]
    theirs = MODEL["ItemProcessor"]["States"]["ReprocessBatch"]
    assert ours["TimeoutSeconds"] == theirs["TimeoutSeconds"]
    assert ours["Retry"] == theirs["Retry"]


def test_every_state_of_the_split_has_its_branch() -> None:
    branches = {choice["StringEquals"] for choice in OURS["States"]["Split?"]["Choices"]}
    assert branches == set(ImportState) - {ImportState.SPLITTING}


def test_the_workflow_is_over_before_its_job_is_given_up() -> None:
    assert OURS["TimeoutSeconds"] == RUN_LIFETIME.total_seconds()


def test_it_may_start_itself_by_its_own_name_and_stop_nothing_else() -> None:
    ours = json.dumps(MACHINES["ImportLeadsStateMachine"]["Properties"]["Policies"])
    theirs = json.dumps(MACHINES["ReprocessLeadsStateMachine"]["Properties"]["Policies"])
    assert ours.count("-import-leads") == theirs.count("-reprocess-leads") == 2
    assert "-reprocess-leads" not in ours
