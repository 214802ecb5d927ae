"""End of a run that broke off."""

from leadflow.runtime import container
from leadflow.runtime.tasks import task_handler

handler = task_handler(container.record_distribution_error)
