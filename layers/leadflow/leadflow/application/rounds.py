"""One lead in one Round Robin stage: whose turn it is, looked up as often as it has to be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice, takewhile
from typing import NamedTuple, cast

from leadflow.application.rotation_ports import CustomerList, Rotations
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptReason, Decision, Kind, Phase, Reason, failure_of
from leadflow.domain.identifiers import CustomerId, LeadTypeId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.partner_eligibility import partner_facts
from leadflow.domain.plans import RoundRobinStage
from leadflow.domain.reservations import PostRefusal
from leadflow.domain.rotations import Taker, order
from leadflow.domain.round_robin import (
    RoundTerms,
    assess_customer,
    assess_partner,
    choose,
    decide,
    decided,
)

LISTED_MAX = 5_000
"""Customers of a tenant, the newest ones, among whom a stage without an include list rotates."""
_LIST_PAGE = 1_000

LOOKED_AT_MAX = 500
"""Customers without a claim to the lead that are looked at before a stage gives up."""

READ_MAX = 2_000
"""Customers that are read for one lead, archived ones included."""
READ_AT_ONCE = 25


_OUT_OF_TIME: Mapping[str, str] = {"cause": "stage_out_of_time"}


class Looked(NamedTuple):
    """Whose turn it is, and everybody who was looked at; `customers` are the eligible ones."""

    terms: RoundTerms
    winner: Taker | None
    eligible: Sequence[Taker]
    customers: Mapping[str, Customer]
    blocked: Sequence[Decision]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """One decision for each candidate."""
        return decide(self.eligible, self.blocked, self.winner, self.terms)

    @property
    def failure(self) -> AttemptReason:
        """Why the attempt failed, if nobody got the lead."""
        return failure_of(self.decisions)

    def given_to(self, taker: Taker) -> "Looked":
        """The same with the one who has got the lead, whosever turn it is by now."""
        eligible = [taker, *(one for one in self.eligible if one != taker)]
        blocked = [one for one in self.blocked if one.candidate.id != taker.id]
        return self._replace(winner=taker, eligible=eligible, blocked=blocked)


@dataclass
class Round:
    """The round for one lead or ping; looking changes nothing.

    `contested` are customers whose sale was refused because their wallets had changed.
    """

    tenant_id: TenantId
    lead: Lead
    configuration: Configuration
    stage: RoundRobinStage
    customers: CustomerList
    rotations: Rotations
    phase: Phase = "post"
    contested: set[str] = field(default_factory=set)

    def look(
        self, now: datetime, refusals: Sequence[PostRefusal] = (), *, may_post: bool = True
    ) -> Looked:
        """Read until it is known whose turn it is, with wallets and rotation as they are now.

        `refusals` tell of partners that did not take this lead. Unless `may_post`, the stage has no
        time left to post to partners.
        """
        terms = self._terms(now)
        partners, kept_out = self._partners(terms, refusals)
        if not may_post:
            kept_out += [_out_of_time(partner, terms) for partner in partners]
            partners = []
        customers, blocked = self._customers(terms, partners)
        eligible = [*(Taker(Kind.CUSTOMER, one) for one in customers), *partners]
        winner = choose(eligible, terms)
        return Looked(terms, winner, eligible, customers, [*blocked, *kept_out])

    def _terms(self, now: datetime) -> RoundTerms:
        lead = self.lead
        lead_type_id = cast("LeadTypeId", lead.lead_type_id)
        return RoundTerms(
            stage=self.stage,
            phase=self.phase,
            facts=partner_facts(lead.source_id, lead.lead_category_id, lead_type_id, lead.location),
            state=self.rotations.get(self.tenant_id, self.stage.id),
            now=now,
            already_tried=frozenset(lead.tried),
            contested=frozenset(self.contested),
        )

    def _partners(
        self, terms: RoundTerms, refusals: Sequence[PostRefusal]
    ) -> tuple[list[Taker], list[Decision]]:
        """Partners that may get the lead, and decisions about those that may not, or did not."""
        told = {refusal.offer.partner_id: _told(refusal, terms) for refusal in refusals}
        assessed = [
            assess_partner(partner, terms)
            for partner in self.configuration.partners.values()
            if not partner.archived and partner.id not in told
        ]
        takers = [one for one in assessed if not isinstance(one, Decision)]
        blocked = [one for one in assessed if isinstance(one, Decision)]
        return takers, [*told.values(), *blocked]

    def _customers(
        self, terms: RoundTerms, partners: Iterable[Taker]
    ) -> tuple[dict[str, Customer], list[Decision]]:
        """Customers ahead of every partner, read until one is eligible, and those that are not."""
        eligible: dict[str, Customer] = {}
        blocked: list[Decision] = []
        for part in self._parts(terms, partners):
            for customer in self._read(part):
                assessed = assess_customer(customer, terms)
                if isinstance(assessed, Decision):
                    blocked.append(assessed)
                else:
                    eligible[customer.id] = customer
            if eligible or len(blocked) >= LOOKED_AT_MAX:
                break
        return eligible, blocked

    def _parts(
        self, terms: RoundTerms, partners: Iterable[Taker]
    ) -> Iterator[Sequence[CustomerId]]:
        everybody = [*(Taker(Kind.CUSTOMER, one) for one in self._listed), *partners]
        ordered = order(everybody, terms.state, self.stage.settings.rotation, terms.now)
        ahead = takewhile(lambda taker: taker.kind is Kind.CUSTOMER, ordered)
        ids = [CustomerId(taker.id) for taker in islice(ahead, READ_MAX)]
        return (ids[at : at + READ_AT_ONCE] for at in range(0, len(ids), READ_AT_ONCE))

    def _read(self, customer_ids: Sequence[CustomerId]) -> Iterator[Customer]:
        """Customers in that order; one that has left is looked at only where the stage names it."""
        found = self.customers.many(self.tenant_id, customer_ids)
        named = {*(self.stage.settings.customers.include or ()), *self.contested}
        for customer_id in customer_ids:
            customer = found.get(customer_id)
            if customer is not None and (not customer.archived or customer_id in named):
                yield customer

    @cached_property
    def _listed(self) -> Sequence[str]:
        """Ids of the customers among whom the stage rotates."""
        choice = self.stage.settings.customers
        if not choice.enabled:
            return ()
        return choice.include if choice.include is not None else list(self._everybody())

    def _everybody(self) -> Iterator[str]:
        position: str | None = None
        for _ in range(LISTED_MAX // _LIST_PAGE):
            spots = self.customers.spots(self.tenant_id, limit=_LIST_PAGE, position=position)
            yield from (spot.id for spot in spots)
            if len(spots) < _LIST_PAGE:
                return
            position = spots[-1].position


def _told(refusal: PostRefusal, terms: RoundTerms) -> Decision:
    taker = Taker(Kind.PARTNER, refusal.offer.partner_id)
    decision = decided(taker, refusal.reason, terms, refusal.detail)
    return decision.model_copy(update={"amount_cents": refusal.offer.amount_cents})


def _out_of_time(taker: Taker, terms: RoundTerms) -> Decision:
    """The decision about a partner that there is no time left to post to: nothing was sent."""
    return decided(taker, Reason.PARTNER_POST_CONNECTION_FAILED, terms, _OUT_OF_TIME)
