"""Stage Real Estate API: add what is known of property and owner, then go on."""

from leadflow.runtime import stage_actions
from leadflow.runtime.tasks import task_handler

handler = task_handler(stage_actions.enrich_with_real_estate_api)
