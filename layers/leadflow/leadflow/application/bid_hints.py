"""What position each amount of a grid would have in one location (`product.md`, 12.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from leadflow.application.auction_ports import BidBook
from leadflow.application.bid_places import NormalPlace, Place, place_mistakes, place_of
from leadflow.application.caller_scope import CallerScope
from leadflow.application.list_filters import identifier
from leadflow.application.manage_bids import ManageBids
from leadflow.application.ports import ConfigurationReader, Page, Window
from leadflow.application.request_members import Name
from leadflow.domain.bids import containing_keys
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.domain.formats import Formats
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.model import Frozen
from leadflow.domain.positions import Hint, hints
from leadflow.domain.scopes import BiddingScope, Scope, setting_of


class HintRequest(Frozen):
    """A lead type, a scope and a location; for a customer, without its own bid there."""

    lead_type_id: Annotated[str, identifier("type")]
    scope: Scope
    country: Country
    state: Name | None = None
    county: Name | None = None
    customer_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class HintAtPositions:
    """The action with its ports."""

    configuration: ConfigurationReader
    book: BidBook
    formats: Formats
    manage: ManageBids

    def __call__(self, scope: CallerScope, wanted: HintRequest, window: Window) -> Page[Hint]:
        """A page of hints, lowest amount first; in all at most `HINTS_MAX`.

        Raises `ValidationFailed`, `Unprocessable` (`scope_disabled`), and `NotFound` for a
        customer out of reach.
        """
        configuration = self.configuration.current(scope.tenant_id)
        place, setting = self._asked_for(wanted, configuration)
        keys = containing_keys(*place, narrowest=wanted.scope)
        own = self._own_bid(scope, wanted, keys[wanted.scope])
        standing = self.manage.standing(configuration)
        highest = standing.highest_cents(LeadTypeId(wanted.lead_type_id), keys, own)
        return _page(hints(setting, () if highest is None else (highest,)), window)

    def _asked_for(
        self, wanted: HintRequest, configuration: Configuration
    ) -> tuple[NormalPlace, BiddingScope]:
        place = Place(country=wanted.country, state=wanted.state, county=wanted.county)
        mistakes = place_mistakes(wanted.scope, place, configuration, self.formats)
        errors = {path.removeprefix("location."): texts for path, texts in mistakes.items()}
        lead_type = configuration.lead_types.get(LeadTypeId(wanted.lead_type_id))
        if lead_type is None or lead_type.archived:
            errors["lead_type_id"] = ["There is no such lead type."]
        if errors or lead_type is None:
            raise ValidationFailed(errors)
        setting = setting_of(lead_type.bidding_scopes, wanted.scope)
        if setting is None or not setting.enabled:
            raise Unprocessable("The lead type takes no bids of this scope.", code="scope_disabled")
        return place_of(place), setting

    def _own_bid(self, scope: CallerScope, wanted: HintRequest, location_key: str) -> str | None:
        named = wanted.customer_id or scope.own
        if named is None:
            return None
        owner, lead_type_id = scope.customer(named), LeadTypeId(wanted.lead_type_id)
        own = self.book.of_customer(scope.tenant_id, owner, lead_type_id, [location_key])
        return own[0].id if own else None


def _page(all_hints: Sequence[Hint], window: Window) -> Page[Hint]:
    behind = 0 if window.position is None else int(window.position)
    rest = [hint for hint in all_hints if hint.amount_cents > behind]
    shown = rest[: window.limit]
    return Page(shown, str(shown[-1].amount_cents) if len(rest) > len(shown) else None)
