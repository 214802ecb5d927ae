"""A task of a recalculation: find the return tiers of the next customers again."""

from leadflow.runtime import tier_actions
from leadflow.runtime.recalculation_tasks import recalculation_task

handler = recalculation_task(tier_actions.move_customers_to_tiers)
