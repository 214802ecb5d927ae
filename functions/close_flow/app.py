"""End of a run that nobody took the lead in."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.close_flow)
