"""Stands in for the workflow of a reprocess of many leads: its tasks are called in their order.

`tests/workflow` runs the definition itself.
"""

import json
from typing import Any, cast

import boto3
import pytest

from leadflow.adapters.files import S3Files
from leadflow.domain.identifiers import TenantId
from leadflow.domain.jobs import Job
from leadflow.runtime import container
from tests.builders import configuration, plan, stage
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.http import invoked
from tests.integration.seeds import store_configuration
from tests.noting import handling

TASKS = {
    "select": "select_leads_to_reprocess",
    "collect": "collect_reprocess_results",
    "finish": "finish_reprocess",
    "fail": "fail_reprocess",
}
"""The function of each next step, but for the map."""

Data = dict[str, Any]
BUCKET = "files"


def work_off_at_once(patched: pytest.MonkeyPatch) -> S3Files:
    """A tenant with a bucket, whose jobs are worked off before they are answered with."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    files, started = S3Files(BUCKET), ScriptedDistribution()
    patched.setattr(container, "files", lambda: files)
    patched.setattr(container, "distribution", lambda: started)
    patched.setattr(container, "job_runs", InTurn)
    store_configuration(configuration(by_plan=plan(stage(0))))
    return files


class InTurn:
    """Implements `JobRuns`: works a job off before it returns."""

    def start(self, tenant_id: TenantId, job: Job) -> None:
        state: Data = {"tenant_id": tenant_id, "job_id": job.id, "next_step": "select"}
        while "next_step" in state:
            if state["next_step"] == "reprocess":
                _map(state)
                state |= {"next_step": "collect"}
            state = _called(TASKS[state["next_step"]], state)


def _map(state: Data) -> None:
    with handling("reprocess_leads_state_machine"):
        batches = json.loads(container.files().read(state["batches_key"]))
    for batch in batches:
        ids = {name: state[name] for name in ("tenant_id", "job_id")}
        _called("reprocess_batch", {**ids, "batch": batch})


def _called(function: str, event: Data) -> Data:
    return cast("Data", invoked(function, json.loads(json.dumps(event))))
