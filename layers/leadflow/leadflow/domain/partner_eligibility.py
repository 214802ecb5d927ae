"""Whether a partner may be offered a lead, or why not (`product.md`, 15.2 and 15.3)."""

from collections.abc import Iterator, Mapping
from datetime import date

from leadflow.domain.conditions import Fact, matches
from leadflow.domain.decisions import Reason
from leadflow.domain.exchanges import Exchange
from leadflow.domain.geography import Location
from leadflow.domain.identifiers import CategoryId, LeadTypeId, SourceId
from leadflow.domain.partners import Partner
from leadflow.domain.plans import Choice
from leadflow.domain.values import compact_code

Block = tuple[bool, Reason]


def partner_facts(
    source_id: SourceId,
    lead_category_id: CategoryId,
    lead_type_id: LeadTypeId,
    location: Location,
) -> Mapping[str, Fact]:
    """What the eligibility of partners is evaluated on: references and the derived place (5).

    State and postal code are in normal form (4.4).
    """
    return {
        "source": source_id,
        "lead_category": lead_category_id,
        "lead_type": lead_type_id,
        "state": compact_code(location.state).casefold(),
        "zip": compact_code(location.postal_code).casefold(),
    }


def blocked_reason(
    partner: Partner,
    choice: Choice,
    facts: Mapping[str, Fact],
    *,
    needs_ping: bool,
    today: date,
) -> Reason | None:
    """The first check that keeps a partner out of a stage; None: it may be offered the lead.

    `facts` are `partner_facts`; `today` is the UTC day. `needs_ping`: the stage pings first.
    """
    checks = _checks(partner, choice, facts, today, needs_ping=needs_ping)
    return next((reason for fails, reason in checks if fails), None)


def _checks(
    partner: Partner, choice: Choice, facts: Mapping[str, Fact], today: date, *, needs_ping: bool
) -> Iterator[Block]:
    yield partner.archived, Reason.PARTNER_ARCHIVED
    yield not choice.takes(partner.id), Reason.NOT_IN_STAGE
    eligible = matches(partner.eligibility, facts, today, when_empty=True)
    yield not eligible, Reason.PARTNER_NOT_ELIGIBLE
    if needs_ping:
        yield partner.ping is None, Reason.PARTNER_PING_NOT_CONFIGURED
        yield _paused(partner.ping), Reason.PARTNER_PING_PAUSED
    yield partner.post is None, Reason.PARTNER_POST_NOT_CONFIGURED
    yield _paused(partner.post), Reason.PARTNER_POST_PAUSED


def _paused(exchange: Exchange | None) -> bool:
    return exchange is not None and not exchange.active
