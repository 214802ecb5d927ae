"""End of a run that broke off."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.record_distribution_error)
