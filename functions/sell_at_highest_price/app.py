"""Stage Highest Price: hold the auction, charge and assign."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.sell_at_highest_price)
