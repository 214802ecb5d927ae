"""What the tasks of a recalculation of return tiers hand on: ids, counts, and a place in a list."""

from dataclasses import dataclass
from enum import StrEnum

from leadflow.domain.identifiers import JobId, TenantId


class RecalculationState(StrEnum):
    """What the workflow does next."""

    MOVING = "moving"
    ENDED = "ended"


@dataclass(frozen=True)
class RecalculationStep:
    """Where the workflow stands: the steps that are done, what they did, the last customer."""

    tenant_id: TenantId
    job_id: JobId
    steps: int = 0
    customers: int = 0
    moved: int = 0
    position: str | None = None
    state: RecalculationState = RecalculationState.MOVING
