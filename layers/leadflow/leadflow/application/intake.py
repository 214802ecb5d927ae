"""The gates of a posted lead that need no store: what becomes of it (`product.md`, 11.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from leadflow.application.facts import facts_of
from leadflow.application.ports import Claim
from leadflow.domain.conditions import Fact, matches
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.duplicates import fingerprint
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.leads import LeadStatus, SearchKeys
from leadflow.domain.money import round_half_up, share
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


def judge(valid: ValidLead, source: Source, configuration: Configuration, now: datetime) -> Verdict:
    """Classify and audit a valid lead, or apply the test table (gates 3, 5 and 6)."""
    facts = facts_of(valid.normal, source)
    lead_type = configuration.classifiers[source.lead_category_id].classify(facts, now.date())
    type_id = lead_type.id if lead_type else None
    if source.test_mode:
        return _judged_test(valid, source, type_id, facts)
    if type_id is None:
        return Verdict(LeadStatus.UNCATEGORIZED, Outcome.NO_LEAD_TYPE, None, facts)
    typed = {**facts, "lead_type": type_id}
    if _is_audited(source, configuration, typed, now):
        return Verdict(LeadStatus.AUDIT, Outcome.AUDIT_CONDITION, type_id, typed)
    return Verdict(LeadStatus.PROCESSING, None, type_id, typed)


def claims_of(
    valid: ValidLead, source: Source, configuration: Configuration, now: datetime
) -> Sequence[Claim]:
    """The fingerprints that a lead claims; test leads claim none (gate 4).

    Checks that compare alike share a fingerprint, and then the longest look-back counts.
    """
    claims: dict[str, Claim] = {}
    for check in configuration.duplicate_checks_of(source) if not source.test_mode else ():
        digest = fingerprint(check, source.lead_category_id, valid.values, valid.normal)
        if digest is None:
            continue
        claim = Claim(check.id, digest, now - timedelta(days=check.days))
        claims[digest] = min(claim, claims.get(digest, claim), key=lambda one: one.since)
    return tuple(claims.values())


def search_keys(valid: ValidLead) -> SearchKeys:
    """What a lead will be found by."""
    name = " ".join(str(valid.values.get(part, "")) for part in ("first_name", "last_name"))
    return SearchKeys(
        email=_text(valid.normal.get("email")),
        phone=_text(valid.normal.get("phone")),
        name=" ".join(name.split()).casefold() or None,
    )


def _judged_test(
    valid: ValidLead, source: Source, type_id: LeadTypeId | None, facts: Mapping[str, Fact]
) -> Verdict:
    status = TEST_ZIPS.get(valid.location.postal_code, LeadStatus.AUDIT)
    sold = status is LeadStatus.ASSIGNED
    price = round_half_up(share(TEST_PRICE_CENTS, source.payout_percentage)) if sold else 0
    return Verdict(status, Outcome.TEST_MODE, type_id, facts, price)


def _is_audited(
    source: Source, configuration: Configuration, facts: Mapping[str, Fact], now: datetime
) -> bool:
    return any(
        matches(condition.conditions, facts, now.date())
        for condition in configuration.audit_conditions.values()
        if condition.lead_category_id == source.lead_category_id and not condition.archived
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
