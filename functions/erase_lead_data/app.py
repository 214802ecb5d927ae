"""The task of an erasure: delete the lead, and empty what was made of it."""

from leadflow.runtime import erasure_actions
from leadflow.runtime.erasure_tasks import erasure_task

handler = erasure_task(erasure_actions.erase_lead_data)
