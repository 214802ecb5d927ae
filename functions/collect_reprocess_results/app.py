"""Task: collect what was done with the leads of one list of batches."""

from leadflow.runtime import reprocess_actions
from leadflow.runtime.bulk_tasks import bulk_task

handler = bulk_task(reprocess_actions.collect_reprocess_results)
