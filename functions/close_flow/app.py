"""End of a run that nobody took the lead in."""

from leadflow.runtime import actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(actions.close_flow)
