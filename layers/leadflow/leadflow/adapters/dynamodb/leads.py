"""Leads: stored with their claims and flow, found by id."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pynamodb.expressions.condition import Condition

from leadflow.adapters.dynamodb.flows import (
    add_ending,
    check_no_step,
    flow_item,
    put_step,
    step_item,
)
from leadflow.adapters.dynamodb.keys import (
    list_bucket,
    milliseconds,
    moment_key,
    month,
    months_back,
    tenant_key,
)
from leadflow.adapters.dynamodb.lead_items import ClaimItem, LeadItem
from leadflow.adapters.dynamodb.pings import use_ping
from leadflow.adapters.dynamodb.rotations import rotation_put
from leadflow.adapters.dynamodb.store import query, read, read_many
from leadflow.adapters.dynamodb.submissions import submission_item, unchanged
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.application.ports import PING_USED, Claim, Intake, Refused
from leadflow.domain.errors import CorruptState
from leadflow.domain.flows import FlowEnding, FlowStep
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.rotations import RotationState

NAME_KEY_CHARACTERS_MAX = 100
"""Of a longer name only the beginning is in the index; keys of an index are short."""

FOUND_BY_CHARACTERS_MAX = 254
"""Longer e-mail addresses and phones are no real ones and are not indexed."""

_CLAIM: Final = "claim:"
_LEAD: Final = "lead"

STRAY_MAX = timedelta(days=31)
"""How far back stray leads are looked for: beyond the turn of a month."""


class DynamoLeads:
    """Implements `Leads`."""

    def accept(self, tenant_id: TenantId, intake: Intake) -> frozenset[str]:
        """Lead, submission, flow and claims in one transaction."""
        transaction = Transaction()
        transaction.put(
            lead_item(tenant_id, intake.lead), condition=LeadItem.pk.does_not_exist(), label=_LEAD
        )
        transaction.put(
            submission_item(tenant_id, intake.submission),
            condition=unchanged(intake.submission),
            label="submission",
        )
        transaction.put(flow_item(tenant_id, intake.flow))
        transaction.put(step_item(tenant_id, intake.flow.id, intake.step))
        if intake.ping is not None:
            use_ping(transaction, tenant_id, intake.ping)
        for claim in intake.claims:
            item = _claim_item(tenant_id, claim, intake.lead)
            label = _CLAIM + claim.check_id
            transaction.put(item, condition=_is_free(claim), label=label)
        try:
            transaction.commit()
        except ConditionFailed as error:
            return _taken(error)
        return frozenset()

    def get(self, tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        """One consistent read."""
        item = read(LeadItem, tenant_key(tenant_id, lead_id), "LEAD")
        return lead_of(item) if item else None

    def settle(
        self, tenant_id: TenantId, lead: Lead, *, ending: FlowEnding, step: FlowStep
    ) -> bool:
        """Lead, ending and step in one transaction, if the lead is still at the version before."""
        flow_id = lead.flow_ids[-1]
        transaction = Transaction()
        put_lead(transaction, tenant_id, lead)
        put_step(transaction, tenant_id, flow_id, step)
        add_ending(transaction, tenant_id, flow_id, ending)
        return not transaction.refused()

    def advance(
        self,
        tenant_id: TenantId,
        lead: Lead,
        step: FlowStep,
        rotation: RotationState | None = None,
    ) -> frozenset[Refused]:
        """Lead, step and turn in one transaction."""
        transaction = Transaction()
        put_lead(transaction, tenant_id, lead)
        put_step(transaction, tenant_id, lead.flow_ids[-1], step)
        if rotation is not None:
            rotation_put(transaction, tenant_id, rotation)
        return frozenset(map(Refused, transaction.refused()))

    def reserve(
        self, tenant_id: TenantId, lead: Lead, rotation: RotationState | None = None
    ) -> frozenset[Refused]:
        """Lead and turn in one transaction, unless the step of the reservation is there."""
        transaction = Transaction()
        put_lead(transaction, tenant_id, lead)
        if lead.reservation is not None:
            check_no_step(transaction, tenant_id, lead.flow_ids[-1], lead.reservation.step)
        if rotation is not None:
            rotation_put(transaction, tenant_id, rotation)
        return frozenset(map(Refused, transaction.refused()))

    def stray(self, tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Lead]:
        """Leads in the status index, which holds only what is processing now."""
        keys: list[tuple[str, str]] = []
        for at_month in reversed(list(months_back(before, before - STRAY_MAX))):
            bucket = list_bucket(
                tenant_id, f"STATUS#{LeadStatus.PROCESSING}", is_test=False, at_month=at_month
            )
            found = query(
                LeadItem,
                bucket,
                index=LeadItem.by_status,
                condition=LeadItem.received_key < moment_key(before),
                limit=limit,
            )
            keys.extend((item.pk, item.sk) for item in found)
        leads = [lead_of(item) for item in read_many(LeadItem, keys[:limit])]
        waiting = [lead for lead in leads if lead.status is LeadStatus.PROCESSING]
        return sorted(waiting, key=lambda lead: lead.received_at)


def put_lead(transaction: Transaction, tenant_id: TenantId, lead: Lead) -> None:
    """Write a lead on the condition that the version before is stored; labelled `LEAD`."""
    transaction.put(
        lead_item(tenant_id, lead),
        condition=LeadItem.version == lead.version - 1,
        label=Refused.LEAD,
    )


def lead_of(item: LeadItem) -> Lead:
    """The lead in an item."""
    return Lead.model_validate_json(item.document)


def lead_item(tenant_id: TenantId, lead: Lead) -> LeadItem:
    """A lead with the keys under which it is listed and found."""
    at_month = month(lead.received_at)

    def bucket(kind: str) -> str:
        return list_bucket(tenant_id, kind, is_test=lead.is_test, at_month=at_month)

    def found_by(kind: str, value: str | None) -> str | None:
        data = "TEST" if lead.is_test else "LIVE"
        found = value is not None and 0 < len(value) <= FOUND_BY_CHARACTERS_MAX
        return tenant_key(tenant_id, kind, data, str(value)) if found else None

    customer = lead.assignment.customer_id if lead.assignment else None
    name = (lead.search.name or "")[:NAME_KEY_CHARACTERS_MAX]
    return LeadItem(
        tenant_key(tenant_id, lead.id),
        "LEAD",
        document=lead.model_dump_json(exclude_none=True),
        version=lead.version,
        status=lead.status,
        received_key=moment_key(lead.received_at, lead.id),
        received_bucket=bucket("RECEIVED"),
        status_bucket=bucket(f"STATUS#{lead.status}"),
        source_bucket=bucket(f"SOURCE#{lead.source_id}"),
        customer_bucket=bucket(f"CUSTOMER#{customer}") if customer else None,
        email_bucket=found_by("EMAIL", lead.search.email),
        phone_bucket=found_by("PHONE", lead.search.phone),
        name_bucket=found_by("NAME", name[:1]),
        name_key=f"{name}#{lead.id}" if name else None,
    )


def _claim_item(tenant_id: TenantId, claim: Claim, lead: Lead) -> ClaimItem:
    return ClaimItem(
        tenant_key(tenant_id, "CLAIM", claim.fingerprint),
        "CLAIM",
        lead_id=lead.id,
        claimed_at_ms=milliseconds(lead.received_at),
    )


def _is_free(claim: Claim) -> Condition:
    outdated = ClaimItem.claimed_at_ms < milliseconds(claim.since)
    free: Condition = ClaimItem.pk.does_not_exist() | outdated
    return free


def _taken(error: ConditionFailed) -> frozenset[str]:
    checks = {label.removeprefix(_CLAIM) for label in error.labels if label.startswith(_CLAIM)}
    taken = frozenset(checks | ({PING_USED} & error.labels))
    if not taken:
        raise CorruptState("A new lead's identifier was taken.") from error
    return taken
