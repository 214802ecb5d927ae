"""Lines of the audit log for customers and bids, beside those of configured objects."""

from leadflow.adapters.dynamodb.audit_log import audit_item
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.system import Ulids
from leadflow.application.audit_trail import audit_entry
from leadflow.application.customer_ports import Author
from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import TenantId

Audited = Customer | Bid


def audit_line(
    ids: Ulids, tenant_id: TenantId, before: Audited | None, after: Audited, author: Author
) -> ConfigurationItem:
    """The line that tells of a change, to be put in its transaction."""
    resource = "customers" if isinstance(after, Customer) else "bids"
    entry = audit_entry(
        ids,
        author.at,
        author.actor,
        resource=resource,
        resource_id=after.id,
        before=before,
        after=after,
    )
    return audit_item(tenant_id, entry)
