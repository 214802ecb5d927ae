"""What the tasks of a reprocess of many leads share: ids and counts in, ids and counts out."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.application.bulk_reprocess import BulkRun
from leadflow.domain.jobs import JobStatus
from leadflow.runtime.observability import count, logger

FAULT = "fault"
"""The member in which the workflow says that a step failed for good."""

Event = dict[str, Any]
Handler = Callable[[Event, LambdaContext], Event]


def bulk_task(make: Callable[[], Callable[[BulkRun], BulkRun]]) -> Handler:
    """The handler of a task that brings a job further. Errors pass, named for the workflow."""

    def handler(event: Event, _context: LambdaContext) -> Event:
        run = _run_of(event)
        with logger().append_context_keys(tenant_id=run.tenant_id, job_id=run.job_id):
            after = make()(run)
            logger().info("bulk task", next_step=after.next_step, leads=after.leads)
        computed = {"next_step": after.next_step, "batches_key": after.batches_key}
        return after.model_dump(mode="json") | computed

    return handler


def ending_task(make: Callable[[], Callable[[BulkRun, JobStatus], None]], to: JobStatus) -> Handler:
    """The handler of a task that ends a job in a status."""

    def handler(event: Event, _context: LambdaContext) -> Event:
        run = _run_of(event)
        with logger().append_context_keys(tenant_id=run.tenant_id, job_id=run.job_id):
            make()(run, to)
            logger().info("bulk reprocess ended", status=to, leads=run.leads, result=run.result)
            count("BulkReprocesses", status=to)
        return {"status": to}

    return handler


def _run_of(event: Event) -> BulkRun:
    members = {name: event[name] for name in BulkRun.model_fields.keys() & event.keys()}
    run = BulkRun.model_validate(members)
    return run.model_copy(update={"is_broken": True}) if FAULT in event else run
