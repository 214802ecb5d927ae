"""Accept an offer for a demand, or say why not (`product.md`, 14.3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from leadflow.application.contention import Overtaken
from leadflow.application.demand_desk import DemandDesk
from leadflow.application.demand_ports import DemandSale, Fill
from leadflow.application.demand_sales import Accepting, demand_sale
from leadflow.application.intake import claims_of, judge
from leadflow.application.ports import IdFactory
from leadflow.application.threshold import Threshold
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Outcome
from leadflow.domain.demand_offers import DemandOffer, OfferedLead
from leadflow.domain.demands import Demand
from leadflow.domain.errors import CorruptState
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import TenantId
from leadflow.domain.sources import Source
from leadflow.domain.validation import ValidLead, normal_values
from leadflow.domain.values import FieldValue, exact_number

_REASONS: Mapping[Fill, Outcome] = {
    Fill.DUPLICATE: Outcome.DUPLICATE,
    Fill.THRESHOLD: Outcome.SUBSCRIPTION_THRESHOLD,
}


@dataclass(frozen=True, kw_only=True)
class OfferAcceptance:
    """The action with its ports."""

    desk: DemandDesk
    formats: Formats
    ids: IdFactory
    threshold: Threshold

    def __call__(
        self, tenant_id: TenantId, demand: Demand, customer: Customer, offer: DemandOffer
    ) -> DemandOffer | Outcome:
        """Book the sale and fill the demand: the accepted offer, or why it is refused.

        Of several reasons the first in the order of 14.3. A refusal stores nothing. Raises
        `Overtaken` when demand, offer, customer or threshold have moved on.
        """
        accepting = self._accepting(tenant_id, demand, customer, offer)
        reason = self._refusal(tenant_id, accepting)
        if reason is not None:
            return reason
        sale = demand_sale(accepting, self.ids.uuid())
        return self._booked(tenant_id, sale, accepting.configuration)

    def _accepting(
        self, tenant_id: TenantId, demand: Demand, customer: Customer, offer: DemandOffer
    ) -> Accepting:
        configuration, now = self.desk.configuration.current(tenant_id), self.desk.clock.now()
        source = configuration.sources[offer.source_id]
        if offer.lead is None:
            raise CorruptState("An offer was decided, and is to be accepted.")
        valid = self._valid(offer.lead, source, configuration)
        # What was sent to a live source is no test, whatever the source has become since.
        live = source.model_copy(update={"test_mode": False})
        return Accepting(
            demand=demand,
            customer=customer,
            offer=offer,
            source=live,
            configuration=configuration,
            valid=valid,
            verdict=judge(valid, live, configuration, now),
            claims=claims_of(valid, live, configuration, now),
            now=now,
        )

    def _valid(self, lead: OfferedLead, source: Source, configuration: Configuration) -> ValidLead:
        """The lead as it was understood on receipt."""
        values = {title: _exact(value) for title, value in lead.values.items()}
        fields = configuration.fields_of(source)
        return ValidLead(values, normal_values(lead.values, fields, self.formats), lead.location)

    def _refusal(self, tenant_id: TenantId, accepting: Accepting) -> Outcome | None:
        """The first reason against it, as far as that can be known before the sale."""
        customer = accepting.customer
        if customer.archived:
            return Outcome.CUSTOMER_ARCHIVED
        if customer.spendable_cents < accepting.offer.price_cents:
            return Outcome.INSUFFICIENT_FUNDS
        outcome, claims = accepting.verdict.outcome, accepting.claims
        # A lead that goes on is checked for duplicates by the sale itself.
        if outcome and claims and self.desk.demands.duplicates(tenant_id, claims):
            return Outcome.DUPLICATE
        return outcome

    def _booked(
        self, tenant_id: TenantId, sale: DemandSale, configuration: Configuration
    ) -> DemandOffer | Outcome:
        done = self.desk.demands.fill(tenant_id, sale)
        if done is Fill.BOOKED:
            return sale.offer
        settings = configuration.settings
        has_given_way = done is Fill.THRESHOLD and self.threshold.gives_way(tenant_id, settings)
        if done is Fill.MOVED_ON or has_given_way:
            raise Overtaken("The demand, its customer or the threshold kept changing.")
        return _REASONS[done]


def _exact(value: str | int | float | bool) -> FieldValue:
    """A value as it was sent: stored numbers are floats."""
    return exact_number(value) if isinstance(value, float) else value
