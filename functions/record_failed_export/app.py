"""The last resort of an export: say that it failed."""

from leadflow.runtime import export_actions
from leadflow.runtime.export_tasks import export_task

handler = export_task(export_actions.record_failed_export)
