"""Deleted leads: what is left of one is that it was there, so that its id is never used again."""

import json
from datetime import datetime

from leadflow.adapters.dynamodb.auction_items import put_auction
from leadflow.adapters.dynamodb.flows import mark_lead_deleted
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.lead_items import DELETED, LEAD, LeadItem
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.lead_ports import Deletion, Gone
from leadflow.application.ports import Refused
from leadflow.domain.identifiers import TenantId


def add_deletion(transaction: Transaction, tenant_id: TenantId, deletion: Deletion) -> None:
    """Replace the lead by its tombstone, mark its flows and end its listing."""
    transaction.put(
        tombstone(tenant_id, deletion),
        condition=LeadItem.version == deletion.lead.version,
        label=Refused.LEAD,
    )
    for flow_id in deletion.lead.flow_ids:
        mark_lead_deleted(transaction, tenant_id, flow_id, deletion.deleted_at)
    if deletion.auction is not None:
        put_auction(transaction, tenant_id, deletion.auction)


def tombstone(tenant_id: TenantId, deletion: Deletion) -> LeadItem:
    """What is left of a lead: no key of an index and no data, only who deleted it and when."""
    told = {
        "deleted_at": deletion.deleted_at.isoformat(),
        "deleted_by": deletion.deleted_by,
        "status": deletion.lead.status,
        "repeat": deletion.repeat,
    }
    return LeadItem(
        tenant_key(tenant_id, deletion.lead.id),
        LEAD,
        document=json.dumps(told),
        version=deletion.lead.version + 1,
        status=DELETED,
    )


def gone_of(item: LeadItem) -> Gone:
    """What a tombstone tells; older ones know no request."""
    told = json.loads(item.document)
    return Gone(datetime.fromisoformat(told["deleted_at"]), told.get("repeat"))
