"""The id of the flow that a request opens: a repeat of a request meets the flow it has opened."""

from dataclasses import dataclass
from datetime import datetime

from leadflow.application.list_ports import FlowReader
from leadflow.application.ports import IdFactory
from leadflow.domain.errors import Conflict
from leadflow.domain.flows import Flow
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.repeats import GENERATIONS_MAX, derived_flow_id, is_repeatable


@dataclass(frozen=True)
class FlowIdentity:
    """The id of a flow; `known` is the flow that an earlier request with the same key opened."""

    flow_id: FlowId
    known: Flow | None = None


@dataclass(frozen=True, kw_only=True)
class FlowIds:
    """Where the ids come from."""

    flows: FlowReader
    ids: IdFactory

    def of(
        self, tenant_id: TenantId, lead: Lead, repeat: str | None, now: datetime
    ) -> FlowIdentity:
        """The id for another flow of a lead. `repeat` names the request, if it may be repeated.

        Raises `Conflict` for a key that has been used too often.
        """
        if repeat is None:
            return FlowIdentity(FlowId(self.ids.new("flow")))
        for generation in range(GENERATIONS_MAX):
            flow_id = derived_flow_id(repeat, generation)
            if flow_id not in lead.flow_ids:
                return FlowIdentity(flow_id)
            flow = self.flows.get(tenant_id, flow_id)
            if flow is not None and is_repeatable(flow.started_at, now):
                return FlowIdentity(flow_id, flow)
        raise Conflict("This Idempotency-Key has been used too often; take another one.")
