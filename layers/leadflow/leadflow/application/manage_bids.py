"""Bids: create, change, archive and show (`product.md`, 12)."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import Field

from leadflow.application.auction_ports import BidBook
from leadflow.application.bid_places import Place, place_mistakes, place_of
from leadflow.application.bid_standing import BidView, Standing
from leadflow.application.bidding_access import BiddingAccess
from leadflow.application.caller_scope import CallerScope
from leadflow.application.customer_ports import Author, BidStore, CustomerStore
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory
from leadflow.application.request_members import AmountCents, check_limits, given, with_limits
from leadflow.application.requests import VersionCheck
from leadflow.domain.bids import Bid, is_below_minimum
from leadflow.domain.configuration import Configuration
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, NotFound, ValidationFailed
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId, is_identifier
from leadflow.domain.lead_types import LeadType
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.model import Request
from leadflow.domain.revisions import revised
from leadflow.domain.scopes import Scope, setting_of


class BidChange(Request):
    """Members to change; limits may be given by period, null lifts a limit."""

    amount_cents: AmountCents = 1
    paused: bool = False
    lead_caps: LeadCaps | None = None
    budgets_cents: Budgets | None = None


class NewBid(BidChange):
    """A bid to create. A customer's users may leave the customer out: it is their own."""

    customer_id: str | None = None
    lead_type_id: str
    scope: Annotated[Scope, Field(strict=False)]
    location: Place
    amount_cents: AmountCents


class _Parties(NamedTuple):
    """Who bids on what."""

    customer: Customer
    lead_type: LeadType


@dataclass(frozen=True, kw_only=True)
class ManageBids:
    """The actions with their ports."""

    configuration: ConfigurationReader
    customers: CustomerStore
    bids: BidStore
    book: BidBook
    formats: Formats
    clock: Clock
    ids: IdFactory

    def create(self, scope: CallerScope, wanted: NewBid) -> BidView:
        """A new live bid.

        Raises `ValidationFailed`, `Unprocessable` (`scope_disabled`, `off_grid`), `Conflict`
        (`bid_exists`, `customer_archived`, `bidding_disabled`), and 403 `bidding_access_required`.
        """
        configuration = self.configuration.current(scope.tenant_id)
        parties = self._parties(scope, wanted, configuration)
        self._access(scope, configuration).require(parties.customer)
        if parties.customer.archived:
            raise Conflict("The customer is archived.", code="customer_archived")
        bid = self._bid(scope, wanted, parties, configuration)
        self.bids.add(scope.tenant_id, bid, Author(scope.actor, bid.created_at))
        return self.standing(configuration).of_bid(bid)

    def read(self, scope: CallerScope, bid_id: str) -> BidView:
        """A bid, archived ones too. Raises `NotFound`."""
        bid = self._found(scope, bid_id)
        return self.standing(self.configuration.current(scope.tenant_id)).of_bid(bid)

    def edit(
        self, scope: CallerScope, bid_id: str, wanted: BidChange, check_version: VersionCheck
    ) -> BidView:
        """Change the named members; a new amount has to be one that may be bid now.

        Raises what `create` does, `NotFound`, and what `check_version` raises.
        """
        configuration = self.configuration.current(scope.tenant_id)
        found = self._found(scope, bid_id)
        self._require_access(scope, configuration, found.customer_id)
        author = Author(scope.actor, self.clock.now())

        def edited(bid: Bid) -> Bid:
            check_version(bid.version)
            if bid.archived:
                raise Conflict("The bid is archived.")
            members = with_limits(given(wanted), bid)
            if "amount_cents" in members and wanted.amount_cents != bid.amount_cents:
                members["below_minimum_allowed"] = _is_below_minimum(
                    scope, configuration.lead_types[bid.lead_type_id], bid.scope, wanted
                )
            after = revised(bid, author.at, **members)
            _check_limits(scope, configuration, bid, after)
            return after

        changed = self.bids.change(scope.tenant_id, found.id, edited, author)
        return self.standing(configuration).of_bid(changed)

    def archive(self, scope: CallerScope, bid_id: str, check_version: VersionCheck) -> None:
        """Take a bid out for good; it stays readable. Raises `NotFound`."""
        found = self._found(scope, bid_id)
        author = Author(scope.actor, self.clock.now())

        def archived(bid: Bid) -> Bid:
            check_version(bid.version)
            return revised(bid, author.at, archived=True)

        self.bids.change(scope.tenant_id, found.id, archived, author)

    def standing(self, configuration: Configuration) -> Standing:
        """What tells how bids stand, for one request."""
        return Standing(configuration, self.book, self.customers, self.bids, self.clock.now())

    def _found(self, scope: CallerScope, bid_id: str) -> Bid:
        known = is_identifier("bid", bid_id)
        bid = self.bids.find(scope.tenant_id, BidId(bid_id)) if known else None
        if bid is None:
            raise NotFound
        scope.customer(bid.customer_id)
        return bid

    def _access(self, scope: CallerScope, configuration: Configuration) -> BiddingAccess:
        return BiddingAccess(
            self.customers,
            scope,
            configuration.settings.bidding,
            Author(scope.actor, self.clock.now()),
        )

    def _require_access(
        self, scope: CallerScope, configuration: Configuration, customer_id: CustomerId
    ) -> None:
        if scope.is_customer:
            customers = self.customers.many(scope.tenant_id, [customer_id])
            self._access(scope, configuration).require(customers[customer_id])

    def _parties(
        self, scope: CallerScope, wanted: NewBid, configuration: Configuration
    ) -> _Parties:
        """Customer and lead type of a new bid, with every mistake about what it names."""
        customer = self._bidder(scope, wanted)
        lead_type = configuration.lead_types.get(LeadTypeId(wanted.lead_type_id))
        errors = place_mistakes(wanted.scope, wanted.location, configuration, self.formats)
        if customer is None:
            errors["customer_id"] = ["There is no such customer."]
        if lead_type is None or lead_type.archived:
            errors["lead_type_id"] = ["There is no such lead type."]
        if errors or customer is None or lead_type is None:
            raise ValidationFailed(errors)
        return _Parties(customer, lead_type)

    def _bidder(self, scope: CallerScope, wanted: NewBid) -> Customer | None:
        named = wanted.customer_id or scope.own
        if named is None or (not scope.is_customer and not is_identifier("cus", named)):
            return None
        return self.customers.get(scope.tenant_id, scope.customer(named))

    def _bid(
        self,
        scope: CallerScope,
        wanted: NewBid,
        parties: _Parties,
        configuration: Configuration,
    ) -> Bid:
        place = place_of(wanted.location)
        now = self.clock.now()
        bid = Bid(
            id=BidId(self.ids.new("bid")),
            customer_id=parties.customer.id,
            customer_number=parties.customer.number,
            lead_type_id=parties.lead_type.id,
            scope=wanted.scope,
            country=place.country,
            state=place.state,
            county=place.county,
            amount_cents=wanted.amount_cents,
            below_minimum_allowed=_is_below_minimum(scope, parties.lead_type, wanted.scope, wanted),
            paused=wanted.paused,
            created_at=now,
            updated_at=now,
        )
        limited = bid.model_copy(
            update={
                "lead_caps": wanted.lead_caps or LeadCaps(),
                "budgets_cents": wanted.budgets_cents or Budgets(),
            }
        )
        _check_limits(scope, configuration, bid, limited)
        return limited


def _is_below_minimum(
    scope: CallerScope, lead_type: LeadType, bid_scope: Scope, wanted: BidChange
) -> bool:
    setting = setting_of(lead_type.bidding_scopes, bid_scope)
    return is_below_minimum(wanted.amount_cents, setting, allowed=not scope.is_customer)


def _check_limits(
    scope: CallerScope, configuration: Configuration, before: Bid, after: Bid
) -> None:
    if scope.is_customer:
        switches = configuration.settings.bidding.switches
        check_limits(before, after, switches.lead_caps.bid, switches.budgets.bid)
