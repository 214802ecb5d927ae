"""Ask all partners of a stage for a price, at once and under one deadline (`product.md`, 15.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from leadflow.application.exchange_calls import Offered, ping_outcome
from leadflow.application.exchange_ports import (
    Call,
    CallCounts,
    NoAnswer,
    Outbound,
    OutboundRequest,
    Reply,
    SecretReader,
)
from leadflow.application.merge_values import merge_values
from leadflow.application.partner_requests import partner_request, repeatable, secrets_owner
from leadflow.application.ports import Clock
from leadflow.domain.conditions import Fact
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import VERDICTS, Candidate, Decision, Kind, Phase, Reason
from leadflow.domain.exchange_answers import response_values
from leadflow.domain.exchanges import Exchange
from leadflow.domain.identifiers import LeadTypeId, PartnerId, TenantId
from leadflow.domain.leads import FieldValues, Lead
from leadflow.domain.merge_fields import response_paths
from leadflow.domain.partner_eligibility import blocked_reason, partner_facts
from leadflow.domain.partners import Partner
from leadflow.domain.plans import HighestPriceStage
from leadflow.domain.reservations import PartnerOffer, PingRound, cut_response

ROUND_SECONDS_MAX = 30.0
"""The deadline of a round where nobody waits for its end: the longest timeout of an exchange."""

BOOKING_SHARE = 0.2
BOOKING_SECONDS_MAX = 1.0
"""What of the caller's patience is left for the time after a round, at most."""


@dataclass(frozen=True)
class Asking:
    """A stage that asks its partners about a lead.

    `known` are offers made to the ping that the lead came with: whoever made one is not asked
    again. `tried` names partners that failed earlier in the flow. `may_ping` is false for test
    data, which never reach a partner. `patience_seconds` None: nobody waits.
    """

    tenant_id: TenantId
    stage: HighestPriceStage
    phase: Phase
    lead: Lead
    configuration: Configuration
    known: Mapping[PartnerId, PartnerOffer]
    patience_seconds: float | None
    may_ping: bool = True

    def decision(
        self, partner_id: PartnerId, reason: Reason, detail: Mapping[str, str] | None = None
    ) -> Decision:
        """Why a partner makes no offer."""
        return Decision(
            stage_id=self.stage.id,
            phase=self.phase,
            candidate=Candidate(kind=Kind.PARTNER, id=partner_id),
            verdict=VERDICTS[reason],
            reason=reason,
            detail=detail or None,
        )


class _Asked(NamedTuple):
    partner: Partner
    exchange: Exchange


@dataclass(frozen=True, kw_only=True)
class PingRounds:
    """The ports of a round."""

    outbound: Outbound
    secrets: SecretReader
    calls: CallCounts
    clock: Clock

    def ask(self, asking: Asking) -> PingRound:
        """Offers of those who made one, decisions about all others; it ends by the deadline."""
        facts, today = partner_facts_of(asking.lead), self.clock.now().date()
        decisions: list[Decision] = []
        offers: list[PartnerOffer] = []
        asked: list[_Asked] = []
        for partner in asking.configuration.partners.values():
            known = asking.known.get(partner.id)
            if partner.archived and known is None:
                continue
            reason = _kept_out(asking, partner, facts, today, needs_ping=known is None)
            if reason is not None:
                decisions.append(asking.decision(partner.id, reason))
            elif known is not None:
                offers.append(known)
            else:
                asked.append(_Asked(partner, cast("Exchange", partner.ping)))
        offered = self._pinged(asking, asked) if asked else PingRound()
        return _above_minimum(asking, [*offers, *offered.offers], [*decisions, *offered.decisions])

    def _pinged(self, asking: Asking, asked: Sequence[_Asked]) -> PingRound:
        values = pinged_values(asking.lead, asking.configuration, asking.phase)
        requests = [self._request(asking, one, values) for one in asked]
        deadline = deadline_seconds(asking.patience_seconds)
        replies = self.outbound.send_all(requests, deadline_seconds=deadline)
        self._count(asking, asked, replies, deadline)
        offers: list[PartnerOffer] = []
        decisions: list[Decision] = []
        for one, request, reply in zip(asked, requests, replies, strict=True):
            read = _read(asking, one, request, reply)
            offers += [read] if isinstance(read, PartnerOffer) else []
            decisions += [read] if isinstance(read, Decision) else []
        return PingRound(offers=tuple(offers), decisions=tuple(decisions))

    def _request(self, asking: Asking, one: _Asked, values: FieldValues) -> OutboundRequest:
        owner = secrets_owner(one.partner.id)
        secrets = self.secrets.of(asking.tenant_id, owner, one.partner.version)
        return partner_request("ping", one.exchange, values, secrets)

    def _count(
        self,
        asking: Asking,
        asked: Sequence[_Asked],
        replies: Sequence[Reply],
        deadline_seconds: float,
    ) -> None:
        """Count calls, but for those that an impatient source cut short: no partner hangs then."""
        calls = [
            Call(one.partner.id, "ping", timed_out)
            for one, timed_out in zip(asked, map(_timed_out, replies), strict=True)
            if not timed_out or one.exchange.timeout_seconds <= deadline_seconds
        ]
        self.calls.count(asking.tenant_id, calls, self.clock.now())


def _timed_out(reply: Reply) -> bool:
    return isinstance(reply, NoAnswer) and reply.timed_out


def partner_facts_of(lead: Lead) -> Mapping[str, Fact]:
    """What partners' eligibility for a lead is evaluated on; the lead has a type."""
    return partner_facts(
        lead.source_id, lead.lead_category_id, cast("LeadTypeId", lead.lead_type_id), lead.location
    )


def deadline_seconds(patience_seconds: float | None) -> float:
    """How long a round may take: what the caller's patience leaves, where somebody waits."""
    if patience_seconds is None:
        return ROUND_SECONDS_MAX
    booking = min(patience_seconds * BOOKING_SHARE, BOOKING_SECONDS_MAX)
    return min(ROUND_SECONDS_MAX, patience_seconds - booking)


def pinged_values(lead: Lead, configuration: Configuration, phase: Phase) -> FieldValues:
    """What merge fields stand for; what was pinged is no lead yet and has no public id."""
    values = merge_values(lead, configuration)
    return {**values, "lead_public_id": ""} if phase == "ping" else values


def _kept_out(
    asking: Asking, partner: Partner, facts: Mapping[str, Fact], today: date, *, needs_ping: bool
) -> Reason | None:
    """Why a partner is not asked; one that has left is not even looked at, unless it offered."""
    if partner.id in asking.lead.tried:
        return Reason.ALREADY_TRIED
    choice = asking.stage.settings.partners
    reason = blocked_reason(partner, choice, facts, needs_ping=needs_ping, today=today)
    return Reason.PARTNER_NOT_PINGED if reason is None and not asking.may_ping else reason


def _read(
    asking: Asking, one: _Asked, request: OutboundRequest, reply: Reply
) -> PartnerOffer | Decision:
    outcome = ping_outcome(one.exchange, reply)
    if not isinstance(outcome, Offered):
        detail = repeatable(outcome.detail, request, asking.lead)
        return asking.decision(one.partner.id, outcome.reason, detail)
    paths = response_paths(one.partner.post.mapping if one.partner.post else ())
    return PartnerOffer(
        partner_id=one.partner.id,
        amount_cents=outcome.amount_cents,
        penalty_percentage=one.partner.penalty,
        offered_at=reply.at,
        response=cut_response(response_values(outcome.answer, paths)),
    )


def _above_minimum(
    asking: Asking, offers: Sequence[PartnerOffer], decisions: Sequence[Decision]
) -> PingRound:
    """The round without offers below the stage's minimum, which does not apply to bids."""
    minimum = asking.stage.settings.partners.minimum_price_cents or 0
    reason = Reason.PARTNER_BELOW_MINIMUM_PRICE
    declined = [
        asking.decision(offer.partner_id, reason).model_copy(
            update={"amount_cents": offer.amount_cents}
        )
        for offer in offers
        if offer.amount_cents < minimum
    ]
    enough = tuple(offer for offer in offers if offer.amount_cents >= minimum)
    return PingRound(offers=enough, decisions=(*decisions, *declined))
