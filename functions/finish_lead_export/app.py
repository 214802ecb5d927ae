"""The last task of an export: make one file of its parts."""

from leadflow.runtime import export_actions
from leadflow.runtime.export_tasks import export_task

handler = export_task(export_actions.finish_lead_export)
