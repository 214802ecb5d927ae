"""Offer a lead for a demand (`product.md`, 14.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from leadflow.application.contention import Overtaken
from leadflow.application.demand_desk import DemandDesk
from leadflow.application.offer_acceptance import OfferAcceptance
from leadflow.application.rate_ports import RequestRates
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Outcome
from leadflow.domain.demand_offers import (
    DemandOffer,
    OfferedLead,
    OfferStatus,
    check_criteria,
    check_price,
)
from leadflow.domain.demands import Demand, demand_closed
from leadflow.domain.errors import (
    Conflict,
    Errors,
    NotFound,
    RateLimited,
    Unauthorized,
    ValidationFailed,
)
from leadflow.domain.identifiers import DemandId, OfferId, TenantId, derived_identifier
from leadflow.domain.model import Request
from leadflow.domain.posts import Post, partner_of, ping_mistakes
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.repeats import GENERATIONS_MAX, is_repeatable
from leadflow.domain.sources import Source
from leadflow.domain.submissions import MINUTE_SECONDS
from leadflow.domain.validation import InvalidLead, ValidLead, storable, validate

_HEADER = "X-Partner-Id"


class OfferForm(Request):
    """A price, and a complete lead as it would be posted."""

    price_cents: int
    lead: Mapping[str, object]


@dataclass(frozen=True)
class OfferView:
    """An offer with its status as of now."""

    offer: DemandOffer
    status: OfferStatus


@dataclass(frozen=True)
class _Case:
    """A call, with all that it is decided on."""

    post: Post
    form: OfferForm
    source: Source
    configuration: Configuration

    @property
    def tenant_id(self) -> TenantId:
        """Whose source is calling."""
        return self.post.principal.tenant_id


@dataclass(frozen=True, kw_only=True)
class OfferOnDemand:
    """The action with its ports."""

    desk: DemandDesk
    acceptance: OfferAcceptance
    rates: RequestRates

    def __call__(self, demand_id: str, post: Post, form: OfferForm) -> OfferView:
        """Check an offer in the order of 14.2, then accept it, refuse it, or let it wait.

        `post` says who is calling. A repeat whose first answer was lost is told of the offer that
        it made, and so is this call where the store's answer was. Raises `Unauthorized`,
        `RateLimited`, `NotFound`, `Conflict` (`demand_closed`), `Unprocessable`
        (`offer_above_ceiling`), `ValidationFailed` and `TransientFault`; nothing is stored then.
        """
        case = self._admitted(post, form)
        new_id = OfferId(self.acceptance.ids.new("offer"))
        return self.desk.tried(partial(self._once, case, demand_id, new_id))

    def _admitted(self, post: Post, form: OfferForm) -> _Case:
        """The call of a source that may call now. Raises `Unauthorized` and `RateLimited`."""
        caller, now = post.principal, self.desk.clock.now()
        configuration = self.desk.configuration.current(caller.tenant_id)
        source = configuration.sources[caller.source_id]
        if source.archived:
            # The gateway keeps the authorizer's answer for a minute; the end of a source is now.
            raise Unauthorized
        per_minute = configuration.settings.source_rate_limit_per_minute
        if not self.rates.admit(caller.tenant_id, source.id, now, per_minute=per_minute):
            raise RateLimited(MINUTE_SECONDS - now.second)
        return _Case(post, form, source, configuration)

    def _once(self, case: _Case, demand_id: str, new_id: OfferId) -> OfferView:
        demand = offered_demand(self.desk, case.post.principal, case.source, demand_id)
        customer, now = self.desk.customer(case.tenant_id, demand), self.desk.clock.now()
        offer_id, known = self._identified(case, demand.id, new_id, now)
        if known is not None:
            return OfferView(known, known.status_in(demand.status_at(customer, now)))
        if case.source.test_mode:
            message = "A source in test mode cannot make offers."
            raise ValidationFailed({"source": [message]})
        if not demand.is_open(customer, now):
            raise demand_closed()
        check_price(case.form.price_cents, demand)
        offer = self._offer(case, demand, offer_id, now)
        decided = self._decided(case, demand, customer, offer)
        return OfferView(decided, decided.status)

    def _identified(
        self, case: _Case, demand_id: DemandId, new_id: OfferId, now: datetime
    ) -> tuple[OfferId, DemandOffer | None]:
        """The id of the offer to be made, and that offer if it has been made already."""
        repeat, tenant_id = case.post.repeat, case.tenant_id
        if repeat is None:
            return new_id, self.desk.demands.offer(tenant_id, demand_id, new_id)
        for generation in range(GENERATIONS_MAX):
            offer_id = OfferId(derived_identifier("offer", f"{generation}#{repeat}"))
            offer = self.desk.demands.offer(tenant_id, demand_id, offer_id)
            if offer is None or is_repeatable(offer.received_at, now):
                return offer_id, offer
        raise Conflict("This Idempotency-Key has been used too often; take another one.")

    def _offer(self, case: _Case, demand: Demand, offer_id: OfferId, now: datetime) -> DemandOffer:
        """The offer, once its lead is found to be what is asked for."""
        valid = self._valid(case)
        fields = case.configuration.fields_of(case.source)
        check_criteria(demand, valid.normal, fields, self.acceptance.formats)
        return DemandOffer(
            id=offer_id,
            demand_id=demand.id,
            source_id=case.source.id,
            partner_id=partner_of(case.post, case.source, case.configuration.live_partners),
            price_cents=case.form.price_cents,
            received_at=now,
            lead=OfferedLead(values=storable(valid.values), location=valid.location),
        )

    def _valid(self, case: _Case) -> ValidLead:
        """The lead by the rules of a post of this source. Raises `ValidationFailed`."""
        body, configuration = dict(case.form.lead), case.configuration
        mistakes = ping_mistakes(body, case.post, case.source, configuration.live_partners)
        checked = validate(
            body,
            configuration.fields_of(case.source),
            call="post",
            countries=configuration.settings.operating_countries,
            formats=self.acceptance.formats,
        )
        if isinstance(checked, InvalidLead):
            raise ValidationFailed(_in_lead({**mistakes, **checked.errors}))
        if mistakes:
            raise ValidationFailed(_in_lead(mistakes))
        return checked

    def _decided(
        self, case: _Case, demand: Demand, customer: Customer, offer: DemandOffer
    ) -> DemandOffer:
        """The offer as it is stored. Raises `Overtaken`."""
        tenant_id, demands = case.tenant_id, self.desk.demands
        if offer.price_cents > demand.instant_price_cents:
            stored = offer.pending()
            is_stored = demands.wait(tenant_id, demand, stored)
        else:
            outcome = self.acceptance(tenant_id, demand, customer, offer)
            if not isinstance(outcome, Outcome):
                return outcome
            stored = offer.refused(outcome)
            is_stored = demands.refuse(tenant_id, stored)
        if not is_stored:
            raise Overtaken("The demand kept changing.")
        return stored


def offered_demand(
    desk: DemandDesk, caller: SourcePrincipal, source: Source, demand_id: str
) -> Demand:
    """A demand of the source's category. Raises `NotFound` for any other."""
    demand = desk.demand(caller.tenant_id, demand_id)
    if demand.lead_category_id != source.lead_category_id:
        raise NotFound
    return demand


def _in_lead(errors: Errors) -> Errors:
    """The mistakes by their paths in the body; that of a header stays as it is."""
    return {
        path if path == _HEADER else f"lead.{path}": messages for path, messages in errors.items()
    }
