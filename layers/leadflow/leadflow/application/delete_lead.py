"""Delete a lead for good; its flows and the ledger stay (`product.md`, 11.7)."""

from collections.abc import Callable
from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.contention import Overtaken
from leadflow.application.free_holds import FreeHolds
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.lead_ports import Deletion
from leadflow.application.list_ports import FlowReader
from leadflow.application.marketplace_ports import AuctionReader
from leadflow.application.requests import VersionCheck
from leadflow.domain.auction_listings import Auction, AuctionStatus, auction_id
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.erasure import Traces
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import LeadId, TenantId, UserId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.permissions import require
from leadflow.domain.plans import Method
from leadflow.domain.repeats import is_repeat, repeat_mark
from leadflow.domain.transitions import DELETABLE, check_status

DELETE_LEADS = "leads.delete"
DELETE_SOLD_LEADS = "leads.delete-sold"

FindTraces = Callable[[Lead], Traces]


def no_traces(_lead: Lead) -> Traces:
    """What a deletion keeps of the person."""
    return Traces()


@dataclass(frozen=True, kw_only=True)
class DeleteLead:
    """The action with its ports."""

    desk: LeadDesk
    flows: FlowReader
    auctions: AuctionReader
    holds: FreeHolds

    def __call__(
        self,
        scope: CallerScope,
        lead_id: str,
        check_version: VersionCheck,
        repeat: str | None = None,
        *,
        find_traces: FindTraces = no_traces,
    ) -> None:
        """Delete the lead, mark its flows and end its listing, all in one transaction.

        Nothing is refunded; what is held for buy orders is released behind it. `find_traces` tells
        what is kept of the person, in the same transaction. A repeat whose first answer was lost
        finds the lead deleted, and changes nothing. Raises `NotFound`,
        `Forbidden` for a sold lead without the permission for those, `Conflict`
        (`invalid_status`) for one that is processing, `PreconditionFailed` and `TransientFault`.
        """

        def delete(lead: Lead) -> Auction | None:
            if lead.sold:
                require(scope.role, DELETE_SOLD_LEADS)
            check_version(lead.version)
            check_status(lead.status, DELETABLE, is_test=lead.is_test)
            now, listing = self.desk.clock.now(), self._removed_listing(scope.tenant_id, lead)
            traces, mark = find_traces(lead), repeat_mark(repeat)
            deletion = Deletion(lead, now, UserId(scope.actor), listing, traces, mark)
            if not self.desk.leads.delete(scope.tenant_id, deletion):
                raise Overtaken("The lead kept changing.")
            return listing

        try:
            listing = self.desk.tried(scope.tenant_id, lead_id, delete)
        except NotFound:
            if not self._was_deleted_by(scope.tenant_id, LeadId(lead_id), repeat):
                raise
            return
        if listing is not None:
            self.holds.at_once(scope.tenant_id, listing.id)

    def _was_deleted_by(self, tenant_id: TenantId, lead_id: LeadId, repeat: str | None) -> bool:
        gone = self.desk.leads.gone(tenant_id, lead_id) if repeat else None
        now = self.desk.clock.now()
        return gone is not None and is_repeat(gone.repeat, repeat, gone.deleted_at, now)

    def _removed_listing(self, tenant_id: TenantId, lead: Lead) -> Auction | None:
        """The next version of the auction that holds the lead; a test lead is listed without."""
        if lead.status is not LeadStatus.MARKETPLACE:
            return None
        flow_id = lead.flow_ids[-1]
        listings = [
            auction_id(flow_id, attempt.stage_id, step.number)
            for step in self.flows.steps(tenant_id, flow_id)
            for attempt in step.attempts
            if attempt.method is Method.MARKETPLACE and attempt.status is AttemptStatus.PROCESSING
        ]
        auction = self.auctions.get(tenant_id, listings[-1]) if listings else None
        if auction is None or auction.status is not AuctionStatus.ACTIVE:
            return None
        return auction.ended(AuctionStatus.REMOVED, self.desk.clock.now())
