"""Keep the promise that was made to a ping, or start the plan from its beginning."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.honor_ping)
