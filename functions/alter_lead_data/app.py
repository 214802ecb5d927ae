"""Stage Alter Data: change the lead for good, then go on."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.alter_lead_data)
