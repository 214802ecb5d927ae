"""The Standard workflows that carry jobs, one execution for each job."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from leadflow.adapters.aws_calls import faults_translated
from leadflow.domain.identifiers import TenantId
from leadflow.domain.jobs import Job, JobKind

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StandardWorkflows:
    """Implements `JobRuns`: an execution is called after its job, so there is never a second."""

    def __init__(self, state_machine_arns: Mapping[JobKind, str]) -> None:
        self._arns = state_machine_arns

    def start(self, tenant_id: TenantId, job: Job) -> None:
        """Start the job's workflow with ids only."""
        started_already = self._client.exceptions.ExecutionAlreadyExists
        with faults_translated("The job was not started"), suppress(started_already):
            self._client.start_execution(
                stateMachineArn=self._arns[job.kind],
                name=job.id,
                input=json.dumps({"tenant_id": tenant_id, "job_id": job.id}),
            )

    @cached_property
    def _client(self) -> "SFNClient":
        import boto3  # noqa: PLC0415 # a second to import: only for what really starts jobs

        return boto3.client("stepfunctions")
