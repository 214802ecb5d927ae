"""The last resort of an erasure: say that it failed."""

from leadflow.runtime import erasure_actions
from leadflow.runtime.erasure_tasks import erasure_task

handler = erasure_task(erasure_actions.record_failed_erasure)
