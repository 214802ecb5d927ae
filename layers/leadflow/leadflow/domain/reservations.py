"""A partner's offer, and the lead that is kept for it while it is posted (`product.md`, 15.10)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import Field

from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import Decision, Reason
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.identifiers import PartnerId, StageId
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents, Percentage
from leadflow.domain.scores import score_of


class PartnerOffer(Frozen):
    """What a partner offered, with the penalty of that moment.

    `response` holds, by path, what the partner's post mapping takes from its answer to the ping.
    """

    partner_id: PartnerId
    amount_cents: Cents
    penalty_percentage: Percentage
    offered_at: datetime
    response: Mapping[str, str] = {}


OFFERS_KEPT_MAX = 50
"""Offers of one round that are stored with a lead or a ping, the best ones: an item has a size."""

RESPONSE_CHARACTERS_MAX = 2_000
"""Characters of a partner's answer that are kept with its offer, all values together."""


def worth_keeping(offers: Iterable[PartnerOffer]) -> tuple[PartnerOffer, ...]:
    """The best offers, by score; the earlier one of equals."""
    ranked = sorted(
        offers,
        key=lambda one: (-score_of(one.amount_cents, one.penalty_percentage), one.offered_at),
    )
    return tuple(ranked[:OFFERS_KEPT_MAX])


def cut_response(values: Mapping[str, str]) -> Mapping[str, str]:
    """Values of an answer, cut evenly where they are too long to be kept."""
    if sum(map(len, values.values())) <= RESPONSE_CHARACTERS_MAX:
        return values
    each = RESPONSE_CHARACTERS_MAX // len(values)
    return {path: value[:each] for path, value in values.items()}


class PingRound(Frozen):
    """What the partners of one stage answered; `decisions` tell of those without an offer."""

    offers: tuple[PartnerOffer, ...] = ()
    decisions: tuple[Decision, ...] = ()


class PostRefusal(Frozen):
    """A partner that did not take the lead in this stage, and why."""

    offer: PartnerOffer
    reason: Reason
    detail: Mapping[str, str] | None = None


class Reservation(Frozen):
    """The stage that posts a lead to partners, one after the other.

    `offer` is the one being posted, until `open_until` at the latest; after that its outcome is
    unknown, and `treat_unknown_as` settles it. None: nobody is being posted to. `refusals` are
    those who did not take it, `round` is what the stage knows of the others.
    """

    stage_id: StageId
    step: int
    via: AssignedVia
    offer: PartnerOffer | None = None
    open_until: datetime
    treat_unknown_as: TreatUnknownAs = TreatUnknownAs.SOLD
    refusals: tuple[PostRefusal, ...] = ()
    round: PingRound = Field(default_factory=PingRound)
