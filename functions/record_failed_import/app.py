"""The last resort of an import: say that it failed."""

from leadflow.runtime import import_actions
from leadflow.runtime.import_tasks import import_task

handler = import_task(import_actions.record_failed_import)
