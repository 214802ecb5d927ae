"""The offers of a ping's answer, made of what the stage that would take the lead has found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from leadflow.application.auctions import Held
from leadflow.application.rounds import Looked
from leadflow.domain.auction import Proposal, standing, winning
from leadflow.domain.configuration import Configuration
from leadflow.domain.contenders import BidContender
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Kind
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.leads import Lead
from leadflow.domain.promises import PingOffer
from leadflow.domain.reservations import PartnerOffer
from leadflow.domain.rotations import Taker
from leadflow.domain.sources import SourceType

PING_OFFERS_MAX = 100
"""Offers of one answer to an internal source, the best ones."""


@dataclass(frozen=True)
class OfferBook:
    """Spells offers for the source that asked; `new_id` names each."""

    lead: Lead
    configuration: Configuration
    new_id: Callable[[], UUID]

    @property
    def shown_max(self) -> int:
        """How many offers the source sees: a vendor is told of the best one only."""
        source = self.configuration.sources[self.lead.source_id]
        return PING_OFFERS_MAX if source.type is SourceType.INTERNAL else 1

    def of_auction(
        self, held: Held, partner_offers: Sequence[PartnerOffer]
    ) -> tuple[PingOffer, ...]:
        """The best offers of an auction, one for each customer, each at what it would pay."""
        known = {offer.partner_id: offer for offer in partner_offers}
        best = standing(held.contenders)[: self.shown_max]
        return tuple(self._of_proposal(held, proposal, known) for proposal in best)

    def of_round(self, looked: Looked, winner: Taker) -> tuple[PingOffer, ...]:
        """The one offer of a round: whose turn it is, at the flat price."""
        price = looked.terms.price_cents
        customer = looked.customers.get(winner.id)
        offer = None
        if winner.kind is Kind.PARTNER:
            offer = PartnerOffer(
                partner_id=PartnerId(winner.id),
                amount_cents=price,
                penalty_percentage=0,
                offered_at=looked.terms.now,
            )
        return (
            PingOffer(
                id=self.new_id(),
                decision=looked.decisions[0],
                charged_cents=price,
                payout_cents=self._payout(price),
                consent_name=self._consent_name(customer, winner.id),
                customer_number=customer.number if customer else None,
                offer=offer,
            ),
        )

    def _of_proposal(
        self, held: Held, proposal: Proposal, known: dict[PartnerId, PartnerOffer]
    ) -> PingOffer:
        winner, charged = proposal.winner, proposal.quote.charged_cents
        customer = winner.customer if isinstance(winner, BidContender) else None
        return PingOffer(
            id=self.new_id(),
            decision=winning(held.terms, proposal),
            charged_cents=charged,
            payout_cents=self._payout(charged),
            consent_name=self._consent_name(customer, winner.candidate.id),
            customer_number=customer.number if customer else None,
            offer=None if customer else known[PartnerId(winner.candidate.id)],
        )

    def _payout(self, charged_cents: int) -> int:
        source = self.configuration.sources[self.lead.source_id]
        return source.payout_cents(self.lead.lead_type_id, charged_cents)

    def _consent_name(self, customer: Customer | None, candidate_id: str) -> str:
        """Who is named in the consent text: the buyer, or the tenant where it has no name."""
        partner = self.configuration.partners.get(PartnerId(candidate_id))
        name = customer.name if customer else partner.name if partner else ""
        return name.strip() or self.configuration.settings.default_consent_name
