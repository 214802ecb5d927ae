"""A task of an import: read the whole file once, and part it into batches."""

from leadflow.runtime import import_actions
from leadflow.runtime.import_tasks import import_task

handler = import_task(import_actions.split_lead_import)
