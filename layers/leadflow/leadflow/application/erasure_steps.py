"""What the tasks of an erasure hand on: ids, and whether something is waited for."""

from dataclasses import dataclass
from enum import StrEnum

from leadflow.domain.identifiers import JobId, TenantId


class ErasureState(StrEnum):
    """What the workflow does next."""

    BEGUN = "begun"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True)
class ErasureStep:
    """Where the workflow stands, and how often it has waited for exports to end."""

    tenant_id: TenantId
    job_id: JobId
    waits: int = 0
    state: ErasureState = ErasureState.BEGUN
