"""Leads as those who keep them see them: changed, opened again, deleted (`product.md`, 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from leadflow.application.admissions import Admission
from leadflow.domain.erasure import Traces

if TYPE_CHECKING:
    from datetime import datetime

    from leadflow.application.ports import Refused
    from leadflow.domain.auction_listings import Auction
    from leadflow.domain.flows import Flow, FlowStep
    from leadflow.domain.identifiers import LeadId, TenantId, UserId
    from leadflow.domain.leads import Lead


@dataclass(frozen=True)
class NewFlow:
    """A lead with one more flow, all stored together; the lead is the next version."""

    lead: Lead
    flow: Flow
    step: FlowStep
    admission: Admission = field(default=Admission.NONE, kw_only=True)


@dataclass(frozen=True)
class Deletion:
    """A lead as it is stored, to be deleted; `auction` is the next version of its listing.

    `traces` are what is kept where its person is to be erased, too.
    `repeat` is the mark of the HTTP request, if that may be repeated.
    """

    lead: Lead
    deleted_at: datetime
    deleted_by: UserId
    auction: Auction | None = None
    traces: Traces = field(default_factory=Traces)
    repeat: str | None = None


@dataclass(frozen=True)
class Gone:
    """What is known of a deletion: when it was, and the mark of the request."""

    deleted_at: datetime
    repeat: str | None


class StoredLeads(Protocol):
    """The leads of a tenant; a deleted one looks like none."""

    def get(self, tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        """One lead, as of now."""
        ...

    def change(self, tenant_id: TenantId, lead: Lead) -> bool:
        """Store the next version of a lead.

        False, and nothing stored, when the stored one has moved on.
        """
        ...

    def reopen(self, tenant_id: TenantId, opened: NewFlow) -> frozenset[Refused]:
        """Store a lead that goes on with another flow, and that flow.

        Refused are a lead that has moved on (`LEAD`), a flow that is there already (`STEP`), else
        an admission for which there is no room (`THRESHOLD`); nothing is stored unless the answer
        is empty.
        """
        ...

    def gone(self, tenant_id: TenantId, lead_id: LeadId) -> Gone | None:
        """What became of a lead that was deleted; None for all others."""
        ...

    def delete(self, tenant_id: TenantId, deletion: Deletion) -> bool:
        """Delete a lead, mark its flows and end its listing; its identifier is never used again.

        Nothing is left of its data, and duplicate checks meet it no longer. False, and nothing
        changed, when the lead or its listing has moved on.
        """
        ...
