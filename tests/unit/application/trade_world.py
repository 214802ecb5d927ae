"""A whole small trade in memory, whose every port call can be met by trouble.

Two customers bid for what one source posts; runs wait in a queue as executions of the state machine
do, and come again when they break off.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.auction_desk import AuctionDesk
from leadflow.application.close_flow import CloseFlow
from leadflow.application.delete_lead import DeleteLead
from leadflow.application.edit_lead import EditLead, LeadEdit
from leadflow.application.free_holds import FreeHolds
from leadflow.application.manage_wallets import Deposit, ManageWallets, Withdrawal
from leadflow.application.reception import Reception
from leadflow.application.reconcile import Reconcile
from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.release_audited_lead import ReleaseAuditedLead
from leadflow.application.reprocess_lead import Reprocess, ReprocessLead, ReprocessRequest
from leadflow.application.return_lead import ReturnForm, ReturnLead, TakeBack
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.submit_lead import SubmitLead
from leadflow.application.threshold import Threshold
from leadflow.domain.errors import CorruptState, Refusal, TransientFault
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.posts import Post
from leadflow.domain.starts import NamedStart
from tests.builders import (
    TENANT_ID,
    VALUES,
)
from tests.fakes.direct_post import direct_post
from tests.fakes.pings import MemoryPings
from tests.fakes.trade import MemoryPurses
from tests.fakes.unreliable import Killed, Trouble
from tests.unit.application.lead_world import ADMIN
from tests.unit.application.trade_stores import (
    BUDGET,
    CAP,
    CITY,
    MONEY,
    PRINCIPAL,
    TASKS_MAX,
    TradeStores,
)
from tests.unit.domain.bidding_examples import customer

__all__ = ["BUDGET", "CAP", "CITY", "MONEY", "TradeWorld"]


@dataclass
class TradeWorld(TradeStores):
    """Everybody who acts; every action goes through `met`."""

    def met(self, step: Callable[[], object], trouble: Trouble | None) -> object | None:
        """Let somebody act, with trouble; None when it was refused or broke off."""
        self.wire.plan(trouble)
        try:
            return step()
        except (Refusal, TransientFault, Killed, CorruptState):
            return None
        finally:
            self.wire.plan(None)

    def post(self, email: str, city: str, repeat: str | None) -> Lead:
        reception = Reception(
            configuration=self.configuration,
            submissions=self.submissions,
            formats=LibraryFormats(),
            clock=self.clock,
            ids=self.ids,
        )
        submit = SubmitLead(
            reception=reception,
            leads=self.leads,
            pings=MemoryPings(self.leads, self.flows, self.submissions),
            distribution=self.waiting,
            threshold=Threshold(self.leads.usage),
            withheld=self.queue,
        )
        body = json.dumps({**VALUES, "email": f"{email}@example.com", "city": city})
        return self.wired(submit)(Post(PRINCIPAL, body, repeat=repeat)).lead

    def work(self, place: int) -> None:
        """Carry on one execution; it comes again unless it has come to its end."""
        if not self.waiting.runs:
            return
        run = self.waiting.runs.pop(place % len(self.waiting.runs))
        for _ in range(TASKS_MAX):
            try:
                after = self._task(run)
            except (TransientFault, Killed):
                self.waiting.runs.append(run)
                raise
            if isinstance(after, RunResult):
                return
            run = after
        raise AssertionError("The plan has no end.")

    def _task(self, run: Run) -> Run | RunResult:
        if run.stage_id is not None:
            return self.wired(self.selling)(run)
        close = CloseFlow(
            leads=self.leads, flows=self.flows, clock=self.clock, direct_post=direct_post()
        )
        return self.wired(close)(run)

    def give_back(self, lead: Lead, repeat: str | None) -> None:
        take_back = TakeBack(
            configuration=self.configuration,
            customers=self.trade.customers,
            book=self.trade.bids,
            returns=self.trade,
        )
        action = ReturnLead(
            configuration=self.configuration,
            leads=self.leads,
            requests=self.trade,
            take_back=take_back,
            clock=self.clock,
        )
        self.wired(action)(ADMIN, lead.id, ReturnForm(reason="other", note="No."), repeat)

    def reprocess(self, lead: Lead, repeat: str | None) -> None:
        action = ReprocessLead(desk=self.desk, opening=self.opening)
        wish = Reprocess(TENANT_ID, lead.id, NamedStart.BIDDING, repeat)
        self.wired(action)(wish)

    def release(self, lead: Lead, repeat: str | None) -> None:
        action = ReleaseAuditedLead(desk=self.desk, opening=self.opening)
        self.wired(action)(ADMIN, lead.id, repeat)

    def delete(self, lead: Lead) -> None:
        desk = AuctionDesk(
            configuration=self.configuration,
            marketplace=self.market,
            leads=self.leads,
            customers=self.market.customers,
            clock=self.clock,
        )
        holds = FreeHolds(desk=desk)
        action = DeleteLead(desk=self.desk, flows=self.flows, auctions=self.market, holds=holds)
        self.wired(action)(ADMIN, lead.id, lambda _: None)

    def edit(self, lead: Lead, repeat: str | None) -> None:
        """Change a lead and distribute it once more, in one write."""
        edit = EditLead(desk=self.desk, opening=self.opening)
        change = LeadEdit(contact={"city": "Waco"}, reprocess=ReprocessRequest())
        self.wired(edit)(ADMIN, lead.id, change, lambda _: None, repeat)

    def pay(self, number: int, cents: int, repeat: str | None) -> None:
        """Deposit (positive) or withdraw (negative)."""
        purses = MemoryPurses(self.trade)
        wallets = self.wired(
            ManageWallets(
                configuration=self.configuration,
                customers=purses,  # type: ignore[arg-type] # of the store it only asks `get`
                wallets=purses,  # type: ignore[arg-type] # of wallets it asks for no page
                clock=self.clock,
                ids=self.ids,
            )
        )
        owner = customer(number).id
        if cents > 0:
            wallets.deposit(ADMIN, owner, Deposit(amount_cents=cents, description="x"), repeat)
        else:
            wallets.withdraw(ADMIN, owner, Withdrawal(amount_cents=-cents, description="x"), repeat)

    def later(self, hours: int) -> None:
        """Let time pass, and what is due at any time be done."""
        self.clock.at += timedelta(hours=hours, minutes=1)

    def reconcile(self) -> None:
        give_up = RecordDistributionError(
            configuration=self.configuration,
            leads=self.leads,
            sales=self.trade,
            clock=self.clock,
        )
        action = Reconcile(
            configuration=self.configuration,
            leads=self.leads,
            flows=self.flows,
            distribution=self.waiting,
            formats=LibraryFormats(),
            clock=self.clock,
            record_distribution_error=give_up,
        )
        list(self.wired(action)(TENANT_ID))

    def settle(self) -> None:
        """No more trouble: what waits is worked on, and what was lost is found, within a while."""
        for _ in range(3):
            while self.waiting.runs:
                with suppress(CorruptState):
                    self.work(0)
            self.clock.at += timedelta(minutes=6)
            self.reconcile()

    def some(self, place: int, *statuses: LeadStatus) -> Lead | None:
        """One of the leads in these statuses; of all without any."""
        found = [
            one for one in self.leads.stored.values() if not statuses or one.status in statuses
        ]
        return found[place % len(found)] if found else None
