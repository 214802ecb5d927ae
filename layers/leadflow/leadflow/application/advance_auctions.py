"""Settle the auctions that are due (`product.md`, 13.4, 13.5 and 15.10).

Every step is one conditional transaction, so that any of them may be repeated, and several callers
may work on the same auction.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from leadflow.application.auction_desk import AuctionDesk
from leadflow.application.facts import facts_of_lead
from leadflow.application.free_holds import FreeHolds
from leadflow.application.marketplace_ports import AuctionChange, DueAuction, DueAuctions
from leadflow.application.run_ports import Distribution, Run
from leadflow.application.stages import NextStage, next_stage
from leadflow.domain.auction_listings import ORDERS_MAX, Auction, AuctionStatus, StandingOrder
from leadflow.domain.auction_sales import unsold_step, won_by_order
from leadflow.domain.errors import Fault, TransientFault
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus


class Advance(StrEnum):
    """What was done about a due auction; `left`: nothing could be, the next call tries again."""

    SOLD = "sold"
    UNSOLD = "unsold"
    REMOVED = "removed"
    CANCELED = "canceled"
    RELEASED = "released"
    NOTHING = "nothing"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class AdvanceAuctions:
    """The action with its ports."""

    desk: AuctionDesk
    holds: FreeHolds
    auctions: DueAuctions
    distribution: Distribution
    formats: Formats

    def due(self) -> Sequence[DueAuction]:
        """The auctions about which something has to be done now, the longest due first."""
        return self.auctions.due(self.desk.clock.now())

    def __call__(self, due: DueAuction) -> Advance:
        """Do all that is due about one auction; the last thing that was done.

        Orders of archived customers are canceled on the way, each one step. Whatever is wrong with
        one auction is no matter for the others.
        """
        try:
            steps = (self.desk.tried(partial(self._once, due)) for _ in range(ORDERS_MAX + 1))
            done = next((one for one in steps if one is not Advance.CANCELED), Advance.CANCELED)
            if self.holds.after_end(due.tenant_id, due.auction_id):
                done = Advance.RELEASED if done is Advance.NOTHING else done
        except Fault:
            return Advance.LEFT
        return done

    def _once(self, due: DueAuction) -> Advance:
        tenant_id, now = due.tenant_id, self.desk.clock.now()
        auction = self.desk.marketplace.get(tenant_id, due.auction_id)
        is_active = auction is not None and auction.status is AuctionStatus.ACTIVE
        if auction is None or not is_active or auction.is_open(now):
            return Advance.NOTHING
        lead = self.desk.listed_lead(tenant_id, auction)
        if lead is None:
            return self._removed(tenant_id, auction)
        if auction.leader is None:
            return self._unsold(tenant_id, auction, lead)
        return self._reached(tenant_id, auction, auction.leader, lead)

    def _reached(
        self, tenant_id: TenantId, auction: Auction, leader: StandingOrder, lead: Lead
    ) -> Advance:
        customer = self.desk.customer(tenant_id, leader.customer_id)
        if customer.archived:
            self.holds.canceled(tenant_id, auction, leader)
            return Advance.CANCELED
        order = self.desk.order_behind(tenant_id, leader)
        now, ladder = self.desk.clock.now(), self.desk.ladder(tenant_id)
        won = won_by_order(auction, lead, customer, order, now=now, ladder=ladder)
        self.desk.book(tenant_id, won)
        return Advance.SOLD

    def _unsold(self, tenant_id: TenantId, auction: Auction, lead: Lead) -> Advance:
        """End the auction, hand the lead back to its flow, and start the run of the next stage.

        A run that could not be started, or got lost, is resumed as any other one.
        """
        now = self.desk.clock.now()
        configuration = self.desk.configuration.current(tenant_id)
        plan = self.desk.plan_of(tenant_id, auction)
        facts = facts_of_lead(lead, configuration, self.formats)
        upcoming = next_stage(plan, auction.stage_id, facts, now)
        stage = plan.stage(auction.stage_id)
        change = AuctionChange(
            auction=auction.ended(AuctionStatus.UNSOLD, now),
            lead=lead.moved(LeadStatus.PROCESSING, now, run_began_at=now),
            step=unsold_step(auction, stage, upcoming.skipped, now),
        )
        self.desk.store(tenant_id, change)
        with suppress(TransientFault):
            self.distribution.resume(_run_behind(tenant_id, auction, configuration.stamp, upcoming))
        return Advance.UNSOLD

    def _removed(self, tenant_id: TenantId, auction: Auction) -> Advance:
        """End an auction that holds no lead any more."""
        removed = auction.ended(AuctionStatus.REMOVED, self.desk.clock.now())
        self.desk.store(tenant_id, AuctionChange(auction=removed))
        return Advance.REMOVED


def _run_behind(tenant_id: TenantId, auction: Auction, stamp: int, upcoming: NextStage) -> Run:
    """The run as it goes on behind the auction's last step."""
    return Run(
        tenant_id=tenant_id,
        lead_id=auction.lead_id,
        flow_id=auction.flow_id,
        plan_version=auction.plan_version,
        stamp=stamp,
        step=auction.step + 2,
        stage_id=upcoming.stage_id,
        method=upcoming.method,
    )
