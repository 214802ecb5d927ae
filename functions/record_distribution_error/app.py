"""End of a run that broke off."""

from leadflow.runtime import actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(actions.record_distribution_error)
