"""A task of an export: write the next leads as a part of the file."""

from leadflow.runtime import export_actions
from leadflow.runtime.export_tasks import export_task

handler = export_task(export_actions.write_exported_leads)
