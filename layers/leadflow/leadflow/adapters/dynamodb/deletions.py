"""Deleted leads: what is left of one is that it was there, so that its id is never used again."""

import json
from datetime import datetime

from leadflow.adapters.dynamodb.auction_items import put_auction
from leadflow.adapters.dynamodb.flows import mark_lead_deleted
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.lead_items import DELETED, LEAD, LeadItem, SuppressionItem
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.lead_ports import Deletion, Gone
from leadflow.application.ports import Refused
from leadflow.domain.erasure import Remains, remains_of
from leadflow.domain.identifiers import TenantId

_REMAINS = "remains"


def add_deletion(transaction: Transaction, tenant_id: TenantId, deletion: Deletion) -> None:
    """Replace the lead by its tombstone, mark its flows and end its listing."""
    transaction.put(
        tombstone(tenant_id, deletion),
        condition=LeadItem.version == deletion.lead.version,
        label=Refused.LEAD,
    )
    for digest in deletion.traces.digests:
        transaction.put(suppression_item(tenant_id, digest, deletion.deleted_at))
    for flow_id in deletion.lead.flow_ids:
        mark_lead_deleted(transaction, tenant_id, flow_id, deletion.deleted_at)
    if deletion.auction is not None:
        put_auction(transaction, tenant_id, deletion.auction)


def tombstone(tenant_id: TenantId, deletion: Deletion) -> LeadItem:
    """What is left of a lead: who deleted it and when, and the ids of what was made of it.

    No data, and no key of an index.
    """
    remains = remains_of(deletion.lead, deletion.deleted_at, deletion.traces)
    told = {
        "deleted_at": deletion.deleted_at.isoformat(),
        "deleted_by": deletion.deleted_by,
        "status": deletion.lead.status,
        _REMAINS: _document(remains),
        "repeat": deletion.repeat,
    }
    return LeadItem(
        tenant_key(tenant_id, deletion.lead.id),
        LEAD,
        document=json.dumps(told),
        version=deletion.lead.version + 1,
        status=DELETED,
    )


def remains_in(item: LeadItem) -> Remains | None:
    """What a tombstone says; None for a lead."""
    told = json.loads(item.document).get(_REMAINS) if item.status == DELETED else None
    return Remains.model_validate_json(json.dumps(told)) if told else None


def put_remains(
    transaction: Transaction, tenant_id: TenantId, found: LeadItem, remains: Remains
) -> None:
    """Have a tombstone say more, as part of a transaction, on the version that was found."""
    told = json.loads(found.document) | {_REMAINS: _document(remains)}
    transaction.put(
        LeadItem(
            tenant_key(tenant_id, remains.lead_id),
            LEAD,
            document=json.dumps(told),
            version=found.version + 1,
            status=DELETED,
        ),
        condition=LeadItem.version == found.version,
        label=Refused.LEAD,
    )


def _document(remains: Remains) -> dict[str, object]:
    return remains.model_dump(mode="json", exclude_none=True)


def suppression_item(tenant_id: TenantId, digest: str, at: datetime) -> SuppressionItem:
    """What recognises the phone or e-mail of a person."""
    return SuppressionItem(
        tenant_key(tenant_id, "ERASED", digest), "ERASED", erased_at=at.isoformat()
    )


def gone_of(item: LeadItem) -> Gone:
    """What a tombstone tells; older ones know no request."""
    told = json.loads(item.document)
    return Gone(datetime.fromisoformat(told["deleted_at"]), told.get("repeat"))
