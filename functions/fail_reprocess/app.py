"""Task: end a job that could not be carried out as failed, with a report of what was done."""

from leadflow.domain.jobs import JobStatus
from leadflow.runtime import reprocess_actions
from leadflow.runtime.bulk_tasks import ending_task

handler = ending_task(reprocess_actions.finish_reprocess, JobStatus.FAILED)
