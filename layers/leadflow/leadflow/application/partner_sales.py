"""The sale of a lead that a partner has taken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from leadflow.application.partner_posts import Delivered
from leadflow.application.ports import Refused, Sale, Sales
from leadflow.application.stage_tasks import Entered
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptStatus, Decision, Verdict
from leadflow.domain.flows import Channel, FlowEnding, FlowStep, Recipient, TimelineEvent, joined
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.sales import posted

_UNKNOWN = "took the lead without a clear answer, which counts as sold"


def partner_sale(
    entered: Entered,
    delivered: Delivered,
    via: AssignedVia,
    decisions: Sequence[Decision],
    now: datetime,
    *,
    offers_count: int,
    events: Sequence[TimelineEvent] = (),
) -> Sale:
    """What is booked: no wallet is charged, the partner owes its offer."""
    lead = posted(delivered.lead, entered.source, delivered.offer, via, now)
    told = _UNKNOWN if delivered.settled_as_unknown else None
    attempt = entered.attempt(AttemptStatus.SUCCESS, None, now, told)
    record = FlowStep(number=0, timeline=tuple(events), decisions=_marked(decisions, delivered))
    return Sale(
        lead=lead,
        ending=partner_ending(lead, delivered, now, offers_count),
        step=joined(entered.run.step, attempt, record),
    )


def book(sales: Sales, tenant_id: TenantId, sale: Sale) -> bool:
    """Book the sale to a partner that has the lead; False if the lead has moved on.

    Another execution may have passed the stage just before it met the reservation. The partner
    has the lead nevertheless, so the sale is then told of in the step behind.
    """
    refused = sales.sell(tenant_id, sale)
    if refused == {Refused.STEP}:
        behind = sale.step.model_copy(update={"number": sale.step.number + 1})
        refused = sales.sell(tenant_id, replace(sale, step=behind))
    return not refused


def partner_ending(
    lead: Lead, delivered: Delivered, now: datetime, offers_count: int
) -> FlowEnding:
    """The end of a flow that sold to a partner."""
    return FlowEnding(
        updated_at=now,
        ended_at=now,
        offers_count=offers_count,
        sold_for_cents=delivered.offer.amount_cents,
        recipient=Recipient(partner_id=delivered.offer.partner_id),
        channel=Channel.PING_POST,
        honored=lead.honored,
    )


def _marked(decisions: Sequence[Decision], delivered: Delivered) -> tuple[Decision, ...]:
    """The decisions, of which the winner's says if its answer was never clear."""
    if not delivered.settled_as_unknown:
        return tuple(decisions)
    detail = {"answer": "unknown", "settled_as": "sold"}
    return tuple(
        one.model_copy(update={"detail": detail}) if one.verdict is Verdict.WON else one
        for one in decisions
    )
