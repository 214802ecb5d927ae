"""Stage Highest Price: hold the auction, charge and assign."""

from leadflow.runtime import container
from leadflow.runtime.tasks import task_handler

handler = task_handler(container.sell_at_highest_price)
