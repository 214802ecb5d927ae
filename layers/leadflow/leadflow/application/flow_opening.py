"""Open another flow of a stored lead: once for a request, in one write, and then its run."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from leadflow.application.contention import Overtaken
from leadflow.application.flow_ids import FlowIds
from leadflow.application.lead_desk import LeadDesk, Stored
from leadflow.application.lead_ports import NewFlow
from leadflow.application.ports import Refused
from leadflow.application.reopening import Reopening
from leadflow.application.run_ports import Distribution
from leadflow.application.threshold import Threshold
from leadflow.application.withheld_ports import WithheldQueue
from leadflow.application.withholding import queue_if_withheld
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import TransientFault
from leadflow.domain.flows import Flow
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead


class MakeFlow(Protocol):
    """Makes the flow of that id for a lead as it is stored; raises what speaks against it.

    It is asked as if there were room under the threshold, and once more if there is none.
    """

    def __call__(self, lead: Lead, flow_id: FlowId, now: datetime, *, has_room: bool) -> NewFlow:
        """The lead with the flow."""
        ...


@dataclass(frozen=True)
class OpenedFlow(Stored):
    """A lead before and after its flow was opened; alike for a repeat of an earlier request."""

    flow: Flow

    @property
    def flow_id(self) -> FlowId:
        """The id of the flow."""
        return self.flow.id

    @property
    def settled_by(self) -> Outcome | None:
        """What ended the flow as soon as it was opened; None when a run was started."""
        return self.flow.outcome if self.flow.ended_at == self.flow.started_at else None


@dataclass(frozen=True, kw_only=True)
class FlowOpening:
    """What reprocess, release and an edit that names a start have in common."""

    desk: LeadDesk
    flow_ids: FlowIds
    distribution: Distribution
    threshold: Threshold
    withheld: WithheldQueue

    def __call__(
        self, tenant_id: TenantId, lead_id: str, repeat: str | None, make: MakeFlow
    ) -> OpenedFlow:
        """Store what `make` makes of the lead, and start its run if it has one.

        The flow may have ended at once. A repeat whose first answer was lost is told of the flow
        that it opened, and `make` is not asked. Raises `NotFound`, `Conflict` for a key that has
        been used too often, what `make` raises, and `TransientFault`.
        """

        def once(lead: Lead) -> OpenedFlow:
            now = self.desk.clock.now()
            identity = self.flow_ids.of(tenant_id, lead, repeat, now)
            if identity.known:
                return OpenedFlow(lead, lead, identity.known)
            making = partial(make, lead, identity.flow_id, now)
            opened = self._stored(tenant_id, making)
            self._start(opened)
            queue_if_withheld(self.withheld, tenant_id, opened.lead)
            return OpenedFlow(lead, opened.lead, opened.flow)

        return self.desk.tried(tenant_id, lead_id, once)

    def _stored(self, tenant_id: TenantId, making: Callable[..., NewFlow]) -> NewFlow:
        opened = making(has_room=True)
        refused = self.desk.leads.reopen(tenant_id, opened)
        if Refused.THRESHOLD in refused:
            settings = self.desk.configuration.current(tenant_id).settings
            if self.threshold.gives_way(tenant_id, settings):
                raise Overtaken("The threshold kept moving.")
            opened = making(has_room=False)
            refused = self.desk.leads.reopen(tenant_id, opened)
        if refused:
            raise Overtaken("The lead kept changing.")
        return opened

    def _start(self, opened: NewFlow) -> None:
        if isinstance(opened, Reopening):
            # The lead is stored as processing; what cannot be started now is finished later.
            with suppress(TransientFault):
                self.distribution.resume(opened.run)
