"""A task of an import: the errors file, and the end of the job."""

from leadflow.runtime import import_actions
from leadflow.runtime.import_tasks import import_task

handler = import_task(import_actions.finish_lead_import)
