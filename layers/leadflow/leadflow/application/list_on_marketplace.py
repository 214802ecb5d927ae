"""The Marketplace stage: open an auction, in which the lead waits for a buyer (15.4, 13.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from leadflow.application.marketplace_ports import Marketplace
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import is_on, lead_of, result_of
from leadflow.application.stage_tasks import Entered, StageDesk, StageEnd
from leadflow.domain.auction_listings import Auction, auction_id
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.flows import EventName, FlowStep, TimelineEvent, joined
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.marketplace_entry import ListingTerms, entry


@dataclass(frozen=True, kw_only=True)
class ListOnMarketplace:
    """The action with its ports."""

    desk: StageDesk
    marketplace: Marketplace

    def __call__(self, run: Run) -> RunResult | Run:
        """List the lead, or hand it on: the run as it goes on with the next stage.

        The flow stays open until the auction ends. A repeated call finds the lead listed, or its
        own step recorded, and changes nothing.
        """
        entered = self.desk.entered(run)
        if isinstance(entered, RunResult):
            return entered
        configuration = entered.configuration
        lead_type = configuration.lead_types[_type_of(entered)]
        found = entry(configuration.settings, lead_type, entered.source)
        if isinstance(found, AttemptReason):
            return self._passed(entered, found)
        return self._listed(entered, found)

    def _listed(self, entered: Entered, terms: ListingTerms) -> RunResult | Run:
        run, now = entered.run, self.desk.clock.now()
        listed = entered.lead.moved(LeadStatus.MARKETPLACE, now, reservation=None)
        auction = _auction(entered, terms, now)
        refused = self.marketplace.open(run.tenant_id, listed, auction, _step(entered, now))
        if not refused:
            return result_of(listed)
        newest = lead_of(run, self.desk.leads)
        # A lead that is still on was passed by an earlier execution; so does this one.
        return self._passed(entered) if is_on(run, newest) else result_of(newest)

    def _passed(self, entered: Entered, reason: AttemptReason | None = None) -> Run:
        end = StageEnd(AttemptStatus.SKIPPED, reason)
        return self.desk.handed_on(entered, end, self.desk.clock.now())


def _type_of(entered: Entered) -> LeadTypeId:
    """The lead's type: a lead without one enters no stage."""
    return cast("LeadTypeId", entered.lead.lead_type_id)


def _auction(entered: Entered, terms: ListingTerms, now: datetime) -> Auction:
    run, lead, stage = entered.run, entered.lead, entered.stage
    return Auction(
        id=auction_id(run.flow_id, stage.id, run.step),
        lead_id=lead.id,
        flow_id=run.flow_id,
        stage_id=stage.id,
        step=run.step,
        plan_version=run.plan_version,
        source_id=lead.source_id,
        lead_category_id=lead.lead_category_id,
        lead_type_id=_type_of(entered),
        county=lead.location.county,
        state=lead.location.state,
        received_at=lead.received_at,
        prices=terms.prices,
        payout_cents=terms.payout_cents,
        started_at=now,
    )


def _step(entered: Entered, now: datetime) -> FlowStep:
    event = TimelineEvent(
        at=now,
        event=EventName.ON_MARKETPLACE,
        description=f"Stage {entered.stage.name} listed the lead on the marketplace.",
    )
    attempt = entered.attempt(AttemptStatus.PROCESSING, None, now)
    return joined(entered.run.step, attempt, FlowStep(number=0, timeline=(event,)))
