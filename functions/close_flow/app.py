"""End of a run that nobody took the lead in."""

from leadflow.runtime import container
from leadflow.runtime.tasks import task_handler

handler = task_handler(container.close_flow)
