"""Leads: stored with their claims and flow, found by id."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from leadflow.adapters.dynamodb.claims import Holders, claim_item, held_by_deleted, is_free
from leadflow.adapters.dynamodb.deletions import add_deletion, gone_of
from leadflow.adapters.dynamodb.flows import (
    add_ending,
    check_no_step,
    flow_item,
    put_flow,
    put_step,
    step_item,
)
from leadflow.adapters.dynamodb.keys import (
    list_bucket,
    moment_key,
    month,
    months_back,
    tenant_key,
)
from leadflow.adapters.dynamodb.lead_items import DELETED, LEAD, LeadItem
from leadflow.adapters.dynamodb.pings import use_ping
from leadflow.adapters.dynamodb.rotations import rotation_put
from leadflow.adapters.dynamodb.store import query, read, read_many
from leadflow.adapters.dynamodb.submissions import submission_item, unchanged
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.usage_draws import Drawing, draw_of
from leadflow.application.lead_ports import Deletion, Gone, NewFlow
from leadflow.application.ports import PING_USED, THRESHOLD_REACHED, Intake, Refused
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
_RUNNING: Final = "RUNNING"
WITHHELD: Final = "WITHHELD"
"""The partition of what waits for room, in the index of what waits for the end of a run."""

STRAY_MAX = timedelta(days=31)
"""How far back stray leads are looked for: beyond the turn of a month."""

STRAYS_AT_ONCE = 100
STRAY_BATCHES_MAX = 100
"""Batches of leads that are processing among which stray ones are looked for in one call."""


class DynamoLeads:
    """Implements `Leads`."""

    def accept(self, tenant_id: TenantId, intake: Intake) -> frozenset[str]:
        """Lead, submission, flow, claims and plan usage in one transaction.

        A second one where claims are taken, if it is deleted leads that hold some of them.
        """
        taken = self._accept(tenant_id, intake, {})
        hit = [claim for claim in intake.claims if claim.check_id in taken]
        deleted = held_by_deleted(tenant_id, hit) if hit else {}
        return self._accept(tenant_id, intake, deleted) if deleted else taken

    def _accept(self, tenant_id: TenantId, intake: Intake, deleted: Holders) -> frozenset[str]:
        lead = intake.lead
        drawing = Drawing(tenant_id, lead.id, draw_of(intake.admission), lead.received_at)
        refused = drawing.refused(lambda writes: _put_intake(writes, tenant_id, intake, deleted))
        return _taken(refused) if refused else refused

    def get(self, tenant_id: TenantId, lead_id: LeadId) -> Lead | None:
        """One consistent read."""
        item = read(LeadItem, tenant_key(tenant_id, lead_id), LEAD)
        return lead_of(item) if item and item.status != DELETED else None

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

    def change(self, tenant_id: TenantId, lead: Lead) -> bool:
        """One conditional put."""
        transaction = Transaction()
        put_lead(transaction, tenant_id, lead)
        return not transaction.refused()

    def reopen(self, tenant_id: TenantId, opened: NewFlow) -> frozenset[Refused]:
        """Lead, flow, step and plan usage in one transaction."""
        lead, flow = opened.lead, opened.flow

        def fill(transaction: Transaction) -> None:
            put_lead(transaction, tenant_id, lead)
            put_flow(transaction, tenant_id, flow)
            put_step(transaction, tenant_id, flow.id, opened.step)

        drawing = Drawing(tenant_id, lead.id, draw_of(opened.admission), flow.started_at)
        return frozenset(map(Refused, drawing.refused(fill)))

    def gone(self, tenant_id: TenantId, lead_id: LeadId) -> Gone | None:
        """One consistent read."""
        item = read(LeadItem, tenant_key(tenant_id, lead_id), LEAD)
        return gone_of(item) if item and item.status == DELETED else None

    def delete(self, tenant_id: TenantId, deletion: Deletion) -> bool:
        """Tombstone, flows and listing in one transaction."""
        transaction = Transaction()
        add_deletion(transaction, tenant_id, deletion)
        return not transaction.refused()

    def stray(self, tenant_id: TenantId, *, before: datetime, limit: int) -> Sequence[Lead]:
        """Leads in the indexes by status and by run, which hold only what is processing now."""
        stray: list[Lead] = []
        keys = _stray_keys(tenant_id, before)
        for _ in range(STRAY_BATCHES_MAX):
            batch = list(islice(keys, STRAYS_AT_ONCE))
            found = read_many(LeadItem, batch) if batch else ()
            waiting = [lead_of(item) for item in found if item.status == LeadStatus.PROCESSING]
            stray += [lead for lead in waiting if lead.run_started_at < before]
            if len(batch) < STRAYS_AT_ONCE or len(stray) >= limit:
                break
        in_order = {lead.id: lead for lead in sorted(stray, key=lambda one: one.run_started_at)}
        return list(in_order.values())[:limit]


def _stray_keys(tenant_id: TenantId, before: datetime) -> Iterator[tuple[str, str]]:
    """Where stray leads may be; among them are leads that are distributed again just now."""
    again = query(
        LeadItem,
        tenant_key(tenant_id, _RUNNING),
        index=LeadItem.by_run,
        condition=LeadItem.run_key < moment_key(before),
        page_size=STRAYS_AT_ONCE,
    )
    yield from ((item.pk, item.sk) for item in again)
    for at_month in reversed(list(months_back(before, before - STRAY_MAX))):
        bucket = list_bucket(
            tenant_id, f"STATUS#{LeadStatus.PROCESSING}", is_test=False, at_month=at_month
        )
        found = query(
            LeadItem,
            bucket,
            index=LeadItem.by_status,
            condition=LeadItem.received_key < moment_key(before),
            page_size=STRAYS_AT_ONCE,
        )
        yield from ((item.pk, item.sk) for item in found)


def put_lead(transaction: Transaction, tenant_id: TenantId, lead: Lead) -> None:
    """Write a lead on the condition that the version before is stored; labelled `LEAD`."""
    transaction.put(
        lead_item(tenant_id, lead),
        condition=LeadItem.version == lead.version - 1,
        label=Refused.LEAD,
    )


def _waiting(lead: Lead) -> tuple[str, datetime | None]:
    """Among what a lead waits, and since when; None: among nothing."""
    if lead.status is LeadStatus.WITHHELD:
        return WITHHELD, lead.received_at
    return _RUNNING, lead.run_began_at if lead.status is LeadStatus.PROCESSING else None


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
    lead_type = lead.lead_type_id
    name = (lead.search.name or "")[:NAME_KEY_CHARACTERS_MAX]
    waiting, since = _waiting(lead)
    return LeadItem(
        tenant_key(tenant_id, lead.id),
        LEAD,
        document=lead.model_dump_json(exclude_none=True, exclude_defaults=True),
        version=lead.version,
        status=lead.status,
        received_key=moment_key(lead.received_at, lead.id),
        received_bucket=bucket("RECEIVED"),
        status_bucket=bucket(f"STATUS#{lead.status}"),
        source_bucket=bucket(f"SOURCE#{lead.source_id}"),
        customer_bucket=bucket(f"CUSTOMER#{customer}") if customer else None,
        lead_type_bucket=bucket(f"LEAD_TYPE#{lead_type}") if lead_type else None,
        email_bucket=found_by("EMAIL", lead.search.email),
        phone_bucket=found_by("PHONE", lead.search.phone),
        name_bucket=found_by("NAME", name[:1]),
        name_key=f"{name}#{lead.id}" if name else None,
        run_bucket=tenant_key(tenant_id, waiting) if since else None,
        run_key=moment_key(since, lead.id) if since else None,
    )


def _put_intake(
    transaction: Transaction, tenant_id: TenantId, intake: Intake, deleted: Holders
) -> None:
    """Add all that is stored with a new lead, on the conditions that make it one."""
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
        item = claim_item(tenant_id, claim, intake.lead)
        label = _CLAIM + claim.check_id
        transaction.put(item, condition=is_free(claim, deleted), label=label)


def _taken(refused: frozenset[str]) -> frozenset[str]:
    checks = {label.removeprefix(_CLAIM) for label in refused if label.startswith(_CLAIM)}
    taken = frozenset(checks | ({PING_USED, THRESHOLD_REACHED} & refused))
    if not taken:
        raise CorruptState("A new lead's identifier was taken.")
    return taken
