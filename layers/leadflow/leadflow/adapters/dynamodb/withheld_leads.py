"""Withheld leads in the order received: a partition of the leads' index of what waits."""

from collections.abc import Sequence

from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.lead_items import LeadItem
from leadflow.adapters.dynamodb.leads import WITHHELD
from leadflow.adapters.dynamodb.store import query
from leadflow.domain.identifiers import LeadId, TenantId


class DynamoWithheldLeads:
    """Implements `WithheldLeads`."""

    def oldest(self, tenant_id: TenantId, *, limit: int) -> Sequence[LeadId]:
        """One query, however many months the oldest one has waited."""
        partition = tenant_key(tenant_id, WITHHELD)
        found = query(LeadItem, partition, index=LeadItem.by_run, limit=limit)
        return [LeadId(item.pk.rpartition("#")[2]) for item in found]
