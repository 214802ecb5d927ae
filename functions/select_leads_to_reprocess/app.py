"""Task: select the next leads of a job that reprocesses many, in lists of batches."""

from leadflow.runtime import reprocess_actions
from leadflow.runtime.bulk_tasks import bulk_task

handler = bulk_task(reprocess_actions.select_leads_to_reprocess)
