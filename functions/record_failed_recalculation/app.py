"""The last resort of a recalculation: say that it failed."""

from leadflow.runtime import tier_actions
from leadflow.runtime.recalculation_tasks import recalculation_task

handler = recalculation_task(tier_actions.record_failed_recalculation)
