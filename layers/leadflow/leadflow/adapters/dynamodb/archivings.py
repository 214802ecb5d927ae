"""Customers that are being archived, among what is due: one item each, beside their orders."""

from collections.abc import Sequence
from datetime import datetime

from leadflow.adapters.dynamodb.due_index import ARCHIVINGS, due_items, shard_of
from leadflow.adapters.dynamodb.keys import moment_key, tenant_key
from leadflow.adapters.dynamodb.marketplace_items import ArchivingItem
from leadflow.adapters.dynamodb.store import faults_translated
from leadflow.application.finish_archivings import Archiving
from leadflow.domain.identifiers import CustomerId, TenantId


class DynamoArchivings:
    """Implements `Archivings`; each write is one put."""

    def begin(self, archiving: Archiving, due_at: datetime) -> None:
        """With the keys of what is due."""
        item = _item(archiving)
        item.due_shard = shard_of(ARCHIVINGS, archiving.customer_id)
        item.due_key = moment_key(due_at, archiving.customer_id)
        with faults_translated():
            item.save()

    def end(self, archiving: Archiving, now: datetime) -> None:
        """Without them, for the store to remove."""
        item = _item(archiving)
        item.expires_at = int(now.timestamp())
        with faults_translated():
            item.save()

    def due(self, until: datetime) -> Sequence[Archiving]:
        """One query for each shard; it reads what is due and nothing else."""
        keys = (str(item.pk).split("#") for item in due_items(ARCHIVINGS, until))
        return [Archiving(TenantId(tenant), CustomerId(customer)) for tenant, customer in keys]


def _item(archiving: Archiving) -> ArchivingItem:
    return ArchivingItem(tenant_key(archiving.tenant_id, archiving.customer_id))
