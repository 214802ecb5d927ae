"""Task: write the report of a job that has reprocessed many leads, and end it."""

from leadflow.domain.jobs import JobStatus
from leadflow.runtime import reprocess_actions
from leadflow.runtime.bulk_tasks import ending_task

handler = ending_task(reprocess_actions.finish_reprocess, JobStatus.SUCCEEDED)
