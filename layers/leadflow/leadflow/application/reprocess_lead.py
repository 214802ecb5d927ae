"""Distribute a stored lead once more, from any place of the plan (`product.md`, 11.6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from leadflow.application.flow_opening import FlowOpening, OpenedFlow
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import NewFlow
from leadflow.application.reprocessing import reprocessed
from leadflow.domain.identifiers import FlowId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.starts import NamedStart, Start

START_CHARACTERS_MAX = 64

_STAGE = "stage_"


def _start(text: str) -> str:
    if text not in set(NamedStart) and not text.startswith(_STAGE):
        named = ", ".join(NamedStart)
        raise ValueError(f"This must be the id of a stage, or one of: {named}.")
    return text


StartMember = Annotated[str, Field(max_length=START_CHARACTERS_MAX), AfterValidator(_start)]
"""A `start` in a body; whether the plan has the stage is asked later."""


class ReprocessRequest(Request):
    """The body of `POST /leads/{id}/reprocess`."""

    start: StartMember = NamedStart.BIDDING.value


@dataclass(frozen=True)
class Reprocess:
    """A wish to reprocess a lead; `repeat` names the HTTP request, if that may be repeated."""

    tenant_id: TenantId
    lead_id: str
    start: Start
    repeat: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReprocessLead:
    """The action with its ports."""

    desk: LeadDesk
    opening: FlowOpening

    def __call__(self, wish: Reprocess) -> FlowId:
        """Open a flow and start its run; the flow's id. Raises what `open` raises."""
        return self.open(wish).flow_id

    def open(self, wish: Reprocess) -> OpenedFlow:
        """The same, telling of the lead and of what may have settled it.

        The flow may have ended at once: a gate settled the lead (`no_lead_type`, `audit_condition`,
        `test_mode`, `subscription_threshold`). A repeat whose first answer was lost is told of the
        flow that it opened. Raises `NotFound`, `Conflict` (`invalid_status`), `Unprocessable`
        (`stage_not_available`, `direct_post_not_configured`, `subscription_threshold`), and
        `TransientFault` when others kept changing the lead.
        """

        def make(lead: Lead, flow_id: FlowId, now: datetime, *, has_room: bool) -> NewFlow:
            return reprocessed(
                wish.tenant_id,
                lead,
                self.desk.configuration.current(wish.tenant_id),
                start=wish.start,
                flow_id=flow_id,
                formats=self.desk.formats,
                now=now,
                has_room=has_room,
            )

        return self.opening(wish.tenant_id, wish.lead_id, wish.repeat, make)
