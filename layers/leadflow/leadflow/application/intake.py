"""The gates of a posted lead that need no store: what becomes of it (`product.md`, 11.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from leadflow.application.facts import facts_of
from leadflow.application.ports import Claim
from leadflow.domain.conditions import Fact, matches
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.duplicates import fingerprint
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.leads import LeadStatus, SearchKeys, search_keys_of
from leadflow.domain.money import round_half_up, share
from leadflow.domain.pings import PingMessage
from leadflow.domain.sources import Source
from leadflow.domain.validation import ValidLead

TEST_PRICE_CENTS = Decimal(1000)
TEST_ZIPS: Mapping[str, LeadStatus] = {
    "00001": LeadStatus.ASSIGNED,
    "00002": LeadStatus.DUPLICATE,
    "00003": LeadStatus.AUDIT,
    "00004": LeadStatus.UNASSIGNED,
    "00005": LeadStatus.MARKETPLACE,
}
"""Postal codes that decide what becomes of a test lead (`product.md`, 7.6)."""

PING_MESSAGES: Mapping[str, PingMessage] = {
    "00001": PingMessage.MATCH_FOUND,
    "00002": PingMessage.DUPLICATE,
    "00003": PingMessage.REJECTED,
    "00004": PingMessage.NO_MATCH_FOUND,
    "00005": PingMessage.MATCH_FOUND,
}
"""What a test ping is answered for those codes."""


@dataclass(frozen=True)
class Verdict:
    """What the gates say of a lead; `outcome` is None when it goes on to distribution."""

    status: LeadStatus
    outcome: Outcome | None
    lead_type_id: LeadTypeId | None
    facts: Mapping[str, Fact]
    payout_cents: int = 0

    def as_duplicate(self) -> "Verdict":
        """The verdict once a duplicate check has hit (gate 4): it comes before all later gates."""
        return Verdict(LeadStatus.DUPLICATE, Outcome.DUPLICATE, None, self.facts)

    def as_withheld(self) -> "Verdict":
        """The verdict where the threshold keeps the lead from distribution (gate 7)."""
        return replace(self, status=LeadStatus.WITHHELD, outcome=Outcome.SUBSCRIPTION_THRESHOLD)


def judge(valid: ValidLead, source: Source, configuration: Configuration, now: datetime) -> Verdict:
    """Classify and audit a valid lead, or apply the test table (gates 3, 5 and 6)."""
    if source.test_mode:
        return _judged_test(valid, source, _lead_type(valid, source, configuration, now))
    return _judged(valid, source, configuration, now)


def judge_ping(
    valid: ValidLead, source: Source, configuration: Configuration, now: datetime
) -> Verdict:
    """The same for a ping; a test ping of any other postal code goes by the normal rules."""
    if source.test_mode and valid.location.postal_code in PING_MESSAGES:
        return _judged_test(valid, source, _lead_type(valid, source, configuration, now))
    return _judged(valid, source, configuration, now)


def _lead_type(
    valid: ValidLead, source: Source, configuration: Configuration, now: datetime
) -> LeadTypeId | None:
    facts = facts_of(valid.normal, source)
    lead_type = configuration.classifiers[source.lead_category_id].classify(facts, now.date())
    return lead_type.id if lead_type else None


def _judged(
    valid: ValidLead, source: Source, configuration: Configuration, now: datetime
) -> Verdict:
    facts = facts_of(valid.normal, source)
    type_id = _lead_type(valid, source, configuration, now)
    if type_id is None:
        return Verdict(LeadStatus.UNCATEGORIZED, Outcome.NO_LEAD_TYPE, None, facts)
    typed = {**facts, "lead_type": type_id}
    if is_audited(source, configuration, typed, now):
        return Verdict(LeadStatus.AUDIT, Outcome.AUDIT_CONDITION, type_id, typed)
    return Verdict(LeadStatus.PROCESSING, None, type_id, typed)


def claims_of(
    valid: ValidLead,
    source: Source,
    configuration: Configuration,
    now: datetime,
    *,
    pings: bool = False,
) -> Sequence[Claim]:
    """The fingerprints that a lead claims; test leads claim none (gate 4).

    With `pings` those of the checks that apply to pings.

    Checks that compare alike share a fingerprint, and then the longest look-back counts.
    """
    claims: dict[str, Claim] = {}
    for check in configuration.duplicate_checks_of(source) if not source.test_mode else ():
        digest = fingerprint(check, source.lead_category_id, valid.values, valid.normal)
        if digest is None or (pings and not check.apply_to_pings):
            continue
        claim = Claim(check.id, digest, now - timedelta(days=check.days))
        claims[digest] = min(claim, claims.get(digest, claim), key=lambda one: one.since)
    return tuple(claims.values())


def search_keys(valid: ValidLead) -> SearchKeys:
    """What a lead will be found by."""
    return search_keys_of(valid.values, valid.normal)


def reserved_price_cents(source: Source) -> int:
    """What a test source is told where its lead would be sold (F13)."""
    return round_half_up(share(TEST_PRICE_CENTS, source.payout_percentage))


def _judged_test(valid: ValidLead, source: Source, type_id: LeadTypeId | None) -> Verdict:
    status = TEST_ZIPS.get(valid.location.postal_code, LeadStatus.AUDIT)
    price = reserved_price_cents(source) if status is LeadStatus.ASSIGNED else 0
    facts = facts_of(valid.normal, source)
    return Verdict(status, Outcome.TEST_MODE, type_id, facts, price)


def is_audited(
    source: Source, configuration: Configuration, facts: Mapping[str, Fact], now: datetime
) -> bool:
    """Whether an audit condition is true for a lead with these facts (gate 6)."""
    return any(
        matches(condition.conditions, facts, now.date())
        for condition in configuration.audit_conditions.values()
        if condition.lead_category_id == source.lead_category_id and not condition.archived
    )
