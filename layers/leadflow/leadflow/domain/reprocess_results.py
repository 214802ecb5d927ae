"""What a reprocess of many leads did with each of them, and how often (`api.md`, 8)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import JsonValue

from leadflow.domain.identifiers import FlowId
from leadflow.domain.model import Frozen
from leadflow.domain.statuses import LeadStatus

UNAVAILABLE = "unavailable"
"""The reason of a failed lead: the world failed for as long as it was tried."""


class ItemOutcome(StrEnum):
    """What was done with one lead.

    `queued`: its run was started. `settled`: a gate ended its flow at once. `refused`: it was left
    alone. `cancelled`: its turn never came. `failed`: it could not be handled.
    """

    QUEUED = "queued"
    SETTLED = "settled"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ItemResult(Frozen):
    """One lead: `status` as it was left, `reason` a code of `product.md` 24, for all but queued."""

    lead_id: str
    outcome: ItemOutcome
    status: LeadStatus | None = None
    reason: str | None = None
    flow_id: FlowId | None = None


class Tally(Frozen):
    """How many leads had each outcome, and each reason."""

    by_outcome: Mapping[ItemOutcome, int] = {}
    by_reason: Mapping[str, int] = {}

    def plus(self, results: Sequence[ItemResult]) -> "Tally":
        """The tally with more leads."""
        outcomes = Counter(self.by_outcome) + Counter(one.outcome for one in results)
        reasons = Counter(one.reason for one in results if one.reason is not None)
        return Tally(by_outcome=dict(outcomes), by_reason=dict(Counter(self.by_reason) + reasons))

    @property
    def told(self) -> dict[str, JsonValue]:
        """The `result` of the job; the outcomes that are no everyday ones only where they occur."""
        always = (ItemOutcome.QUEUED, ItemOutcome.REFUSED)
        counts = {one: self.by_outcome.get(one, 0) for one in ItemOutcome}
        told = {one.value: count for one, count in counts.items() if count or one in always}
        return {**told, "by_reason": dict(self.by_reason)}
