"""Stage Marketplace: open a falling-price auction for the lead."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.list_on_marketplace)
