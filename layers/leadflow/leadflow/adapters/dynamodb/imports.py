"""Imports, and the claims that keep the same content from being imported twice."""

from leadflow.adapters.dynamodb.import_items import ImportClaimItem, ImportItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import ImportId, TenantId
from leadflow.domain.lead_imports import ImportClaim, LeadImport

_IMPORT, _CLAIM = "IMPORT", "CLAIM"


class DynamoImports:
    """Implements `Imports`."""

    def add(self, tenant_id: TenantId, lead_import: LeadImport) -> None:
        """One put."""
        transaction = Transaction()
        key = tenant_key(tenant_id, lead_import.id)
        transaction.put(ImportItem(key, _IMPORT, document=lead_import.model_dump_json()))
        transaction.commit()

    def get(self, tenant_id: TenantId, import_id: ImportId) -> LeadImport | None:
        """One consistent read."""
        item = read(ImportItem, tenant_key(tenant_id, import_id), _IMPORT)
        return LeadImport.model_validate_json(item.document) if item else None

    def claim(self, tenant_id: TenantId, fingerprint: str, import_id: ImportId) -> ImportClaim:
        """One conditional put; a consistent read when there is a claim already."""
        transaction = Transaction()
        key = _claim_key(tenant_id, fingerprint)
        item = ImportClaimItem(key, _CLAIM, origin=import_id, holder=import_id)
        transaction.put(item, condition=ImportClaimItem.pk.does_not_exist(), label=_CLAIM)
        found = read(ImportClaimItem, key, _CLAIM) if transaction.refused() else item
        if found is None:
            raise TransientFault("The claim was there and is not.")
        return ImportClaim(origin=ImportId(found.origin), holder=ImportId(found.holder))

    def take_over(
        self, tenant_id: TenantId, fingerprint: str, claim: ImportClaim, import_id: ImportId
    ) -> bool:
        """One conditional update."""
        transaction = Transaction()
        transaction.update(
            ImportClaimItem(_claim_key(tenant_id, fingerprint), _CLAIM),
            [ImportClaimItem.holder.set(import_id)],
            condition=ImportClaimItem.holder == claim.holder,
            label=_CLAIM,
        )
        return not transaction.refused()


def _claim_key(tenant_id: TenantId, fingerprint: str) -> str:
    return tenant_key(tenant_id, "IMPORTED", fingerprint)
