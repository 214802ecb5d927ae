"""Stage Round Robin: hand the lead to whose turn it is."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.sell_round_robin)
