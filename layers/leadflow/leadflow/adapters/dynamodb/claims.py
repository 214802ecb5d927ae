"""Duplicate claims: who holds a fingerprint, and since when.

A deleted lead keeps its claims, which count no longer: whoever meets one looks whether its holder
is still there. So only a hit costs more, and an edit needs to know nothing of claims.
"""

from collections.abc import Collection, Mapping, Sequence

from pynamodb.expressions.condition import Condition

from leadflow.adapters.dynamodb.keys import milliseconds, tenant_key
from leadflow.adapters.dynamodb.lead_items import DELETED, LEAD, ClaimItem, LeadItem
from leadflow.adapters.dynamodb.store import read_many
from leadflow.application.ports import Claim
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead

Holders = Mapping[str, str]
"""Fingerprints that deleted leads hold, with the ids of those leads."""


def claim_item(tenant_id: TenantId, claim: Claim, lead: Lead) -> ClaimItem:
    """The claim of a new lead."""
    return ClaimItem(
        claim_key(tenant_id, claim.fingerprint),
        "CLAIM",
        lead_id=lead.id,
        claimed_at_ms=milliseconds(lead.received_at),
    )


def is_free(claim: Claim, deleted: Holders) -> Condition:
    """Nobody holds the fingerprint, or since before the look-back, or a deleted lead does."""
    outdated = ClaimItem.claimed_at_ms < milliseconds(claim.since)
    free: Condition = ClaimItem.pk.does_not_exist() | outdated
    holder = deleted.get(claim.fingerprint)
    return free if holder is None else free | (ClaimItem.lead_id == holder)


def held_by_deleted(tenant_id: TenantId, claims: Sequence[Claim]) -> Holders:
    """Which of the fingerprints deleted leads hold; two batches of reads."""
    holders = {item.pk: item.lead_id for item in _found(tenant_id, claims)}
    deleted = _deleted(tenant_id, set(holders.values()))
    held = {
        claim.fingerprint: holders.get(claim_key(tenant_id, claim.fingerprint)) for claim in claims
    }
    return {digest: lead_id for digest, lead_id in held.items() if lead_id in deleted and lead_id}


def are_taken(tenant_id: TenantId, claims: Sequence[Claim]) -> bool:
    """Whether a lead that still exists holds any of the fingerprints within its look-back."""
    since = {claim_key(tenant_id, claim.fingerprint): milliseconds(claim.since) for claim in claims}
    found = _found(tenant_id, claims)
    holders = {item.lead_id for item in found if item.claimed_at_ms >= since[item.pk]}
    return bool(holders - _deleted(tenant_id, holders))


def _found(tenant_id: TenantId, claims: Sequence[Claim]) -> list[ClaimItem]:
    keys = [(claim_key(tenant_id, claim.fingerprint), "CLAIM") for claim in claims]
    return read_many(ClaimItem, keys)


def _deleted(tenant_id: TenantId, lead_ids: Collection[str]) -> set[str]:
    """Which of the leads are deleted."""
    if not lead_ids:
        return set()
    keys = {tenant_key(tenant_id, lead_id): lead_id for lead_id in lead_ids}
    items = read_many(LeadItem, [(pk, LEAD) for pk in keys])
    return {keys[item.pk] for item in items if item.status == DELETED}


def claim_key(tenant_id: TenantId, fingerprint: str) -> str:
    """Where a claim lies."""
    return tenant_key(tenant_id, "CLAIM", fingerprint)
