"""Lists of flows: keys from an index, and the attempts of many flows in a few batches."""

from collections.abc import Mapping, Sequence

from leadflow.adapters.dynamodb.flow_items import FlowItem, FlowsByStarted, FlowStepItem
from leadflow.adapters.dynamodb.flows import step_of
from leadflow.adapters.dynamodb.keys import list_bucket, tenant_key
from leadflow.adapters.dynamodb.store import read_many
from leadflow.adapters.dynamodb.walks import KeyIndex, in_order_by_month
from leadflow.application.list_ports import FlowWalk, Spot
from leadflow.domain.flows import Attempt, FlowStep
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plans import STAGES_MAX

STEPS_AT_ONCE = 2
"""Steps of a flow read in one round: most flows have no more, one that opened and one that sold."""

ROUNDS_MAX = STAGES_MAX // STEPS_AT_ONCE + 2
"""Rounds after which every step is read: the first, one for each stage, and what ended it."""

_BY_STARTED = KeyIndex(FlowItem, FlowItem.by_started, FlowsByStarted.started_key)


class DynamoFlowLists:
    """Implements `FlowLists`."""

    def spots(
        self, tenant_id: TenantId, walk: FlowWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """One query; more only where months have run out."""
        return in_order_by_month(
            _BY_STARTED,
            lambda at_month: list_bucket(
                tenant_id, "FLOWS", is_test=walk.is_test, at_month=at_month
            ),
            walk.period,
            limit=limit,
            position=position,
        )

    def attempts(
        self, tenant_id: TenantId, flow_ids: Sequence[str]
    ) -> Mapping[str, Sequence[Attempt]]:
        """Steps are numbered without gaps: a flow is asked on while its last step is there."""
        found: dict[str, list[Attempt]] = {}
        waiting = list(flow_ids)
        for number in range(0, ROUNDS_MAX * STEPS_AT_ONCE, STEPS_AT_ONCE):
            steps = _steps(tenant_id, waiting, range(number, number + STEPS_AT_ONCE))
            for (flow_id, _), step in sorted(steps.items()):
                found.setdefault(flow_id, []).extend(step.attempts)
            last = number + STEPS_AT_ONCE - 1
            waiting = [flow_id for flow_id in waiting if (flow_id, last) in steps]
            if not waiting:
                break
        return found


def _steps(
    tenant_id: TenantId, flow_ids: Sequence[str], numbers: range
) -> Mapping[tuple[str, int], FlowStep]:
    keys = [
        (tenant_key(tenant_id, flow_id), f"STEP#{number:03d}")
        for flow_id in flow_ids
        for number in numbers
    ]
    steps: dict[tuple[str, int], FlowStep] = {}
    for item in read_many(FlowStepItem, keys):
        step = step_of(item)
        steps[item.pk.rpartition("#")[2], step.number] = step
    return steps
