"""End a run that broke off; the lead is kept and may be reprocessed (`product.md`, 15.5)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from leadflow.application.partner_posts import Delivered, released, settled
from leadflow.application.partner_sales import book, partner_sale
from leadflow.application.ports import Clock, ConfigurationReader, Leads, Sales
from leadflow.application.promise_records import with_kept
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import ended_unsold, is_on, lead_of, result_of
from leadflow.application.stage_tasks import Entered
from leadflow.domain.decisions import (
    VERDICTS,
    AttemptReason,
    AttemptStatus,
    Candidate,
    Decision,
    Kind,
    Outcome,
    Verdict,
)
from leadflow.domain.flows import FlowStep, attempted, joined
from leadflow.domain.identifiers import StageId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import PostRefusal, Reservation


@dataclass(frozen=True, kw_only=True)
class RecordDistributionError:
    """The action with its ports."""

    configuration: ConfigurationReader
    leads: Leads
    sales: Sales
    clock: Clock

    def __call__(self, run: Run, outcome: Outcome = Outcome.DISTRIBUTION_ERROR) -> RunResult:
        """Make the lead Distribution Error; a lead that has moved on stays as it is.

        A lead that is being posted to a partner stays until the post cannot be open any more; then
        the partner's rule says whose it is (15.10).
        """
        lead, now = lead_of(run, self.leads), self.clock.now()
        if not is_on(run, lead):
            return result_of(lead)
        reservation = lead.reservation
        if reservation is None or reservation.offer is None:
            return self._broken_off(run, lead, outcome, now)
        if now < reservation.open_until:
            return result_of(lead)
        delivery = settled(lead, reservation, reservation.offer)
        if isinstance(delivery, Delivered):
            return self._sold(run, delivery, reservation, now)
        return self._broken_off(run, delivery.lead, outcome, now)

    def _broken_off(self, run: Run, lead: Lead, outcome: Outcome, now: datetime) -> RunResult:
        kept = lead.model_copy(update={"reservation": None, "tried": released(lead, now).tried})
        return ended_unsold(
            run,
            kept,
            self.leads,
            status=LeadStatus.DISTRIBUTION_ERROR,
            outcome=outcome,
            description="The run broke off; the lead is kept.",
            now=now,
            attempted=self._attempt(run, lead, now),
        )

    def _sold(
        self, run: Run, delivery: Delivered, reservation: Reservation, now: datetime
    ) -> RunResult:
        plan = self.configuration.plan(run.tenant_id, run.plan_version)
        if plan is None:
            return result_of(delivery.lead)
        configuration = self.configuration.current(run.tenant_id)
        stage = plan.stage(reservation.stage_id)
        delivery = replace(delivery, lead=_promise_kept(delivery.lead))
        entered = Entered(run, delivery.lead, configuration, plan, stage, now)
        decisions = [_won(stage.id, delivery), *_known(delivery.lead)]
        sale = partner_sale(entered, delivery, reservation.via, decisions, now, offers_count=1)
        is_booked = book(self.sales, run.tenant_id, sale)
        return result_of(sale.lead if is_booked else lead_of(run, self.leads))

    def _attempt(self, run: Run, lead: Lead, now: datetime) -> FlowStep | None:
        """The stage that was being run, if there was one, and what it knew of partners."""
        plan = self.configuration.plan(run.tenant_id, run.plan_version)
        if plan is None or run.stage_id is None:
            return None
        broken_off = attempted(
            plan.stage(run.stage_id),
            AttemptStatus.ERROR,
            AttemptReason.UNEXPECTED_ERROR,
            started_at=now,
            ended_at=now,
        )
        return joined(0, broken_off, FlowStep(number=0, decisions=tuple(_known(lead))))


def _promise_kept(lead: Lead) -> Lead:
    """The lead once it counts as sold: a promise that was still open was being kept."""
    promise = lead.promise
    is_open = promise is not None and promise.kept is None
    return with_kept(lead, promise, kept=True) if promise and is_open else lead


def _won(stage_id: StageId, delivery: Delivered) -> Decision:
    return Decision(
        stage_id=stage_id,
        phase="post",
        candidate=Candidate(kind=Kind.PARTNER, id=delivery.offer.partner_id),
        verdict=Verdict.WON,
        amount_cents=delivery.offer.amount_cents,
        charged_cents=delivery.offer.amount_cents,
    )


def _known(lead: Lead) -> Iterator[Decision]:
    """What the stage knew of partners that did not get the lead."""
    reservation = lead.reservation
    if reservation is not None:
        yield from reservation.round.decisions
        yield from (_refused(reservation.stage_id, refusal) for refusal in reservation.refusals)


def _refused(stage_id: StageId, refusal: PostRefusal) -> Decision:
    return Decision(
        stage_id=stage_id,
        phase="post",
        candidate=Candidate(kind=Kind.PARTNER, id=refusal.offer.partner_id),
        verdict=VERDICTS[refusal.reason],
        reason=refusal.reason,
        amount_cents=refusal.offer.amount_cents,
        detail=refusal.detail,
    )
