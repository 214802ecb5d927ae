"""PynamoDB models: one class per kind of item, several kinds per table.

Every item carries the domain object as one JSON `document`; beside it stand only the attributes
that keys, conditions and indexes need. Table names are set when the container is built.
"""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    KeysOnlyProjection,
    LocalSecondaryIndex,
)
from pynamodb.models import Model


class LeadsByReceived(GlobalSecondaryIndex["LeadItem"]):
    """Leads of a tenant in the order received, a month to a partition."""

    class Meta:
        index_name = "ByReceived"
        projection = KeysOnlyProjection()

    received_bucket = UnicodeAttribute(hash_key=True)
    received_key = UnicodeAttribute(range_key=True)


class LeadsByStatus(GlobalSecondaryIndex["LeadItem"]):
    """Leads of a tenant in one status, in the order received."""

    class Meta:
        index_name = "ByStatus"
        projection = KeysOnlyProjection()

    status_bucket = UnicodeAttribute(hash_key=True)
    received_key = UnicodeAttribute(range_key=True)


class LeadsBySource(GlobalSecondaryIndex["LeadItem"]):
    """Leads or submissions of one source, in the order received."""

    class Meta:
        index_name = "BySource"
        projection = KeysOnlyProjection()

    source_bucket = UnicodeAttribute(hash_key=True)
    received_key = UnicodeAttribute(range_key=True)


class LeadsByCustomer(GlobalSecondaryIndex["LeadItem"]):
    """Leads that a customer bought, in the order received."""

    class Meta:
        index_name = "ByCustomer"
        projection = KeysOnlyProjection()

    customer_bucket = UnicodeAttribute(hash_key=True)
    received_key = UnicodeAttribute(range_key=True)


class LeadsByEmail(GlobalSecondaryIndex["LeadItem"]):
    """Leads with one e-mail address."""

    class Meta:
        index_name = "ByEmail"
        projection = KeysOnlyProjection()

    email_bucket = UnicodeAttribute(hash_key=True)
    received_key = UnicodeAttribute(range_key=True)


class LeadsByPhone(GlobalSecondaryIndex["LeadItem"]):
    """Leads with one phone number."""

    class Meta:
        index_name = "ByPhone"
        projection = KeysOnlyProjection()

    phone_bucket = UnicodeAttribute(hash_key=True)
    received_key = UnicodeAttribute(range_key=True)


class LeadsByName(GlobalSecondaryIndex["LeadItem"]):
    """Leads whose name begins with a text."""

    class Meta:
        index_name = "ByName"
        projection = KeysOnlyProjection()

    name_bucket = UnicodeAttribute(hash_key=True)
    name_key = UnicodeAttribute(range_key=True)


class LeadItem(Model):
    """A lead."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="LEAD")
    document = UnicodeAttribute()
    version = NumberAttribute()
    status = UnicodeAttribute()
    received_key = UnicodeAttribute()
    received_bucket = UnicodeAttribute()
    status_bucket = UnicodeAttribute()
    source_bucket = UnicodeAttribute()
    customer_bucket = UnicodeAttribute(null=True)
    email_bucket = UnicodeAttribute(null=True)
    phone_bucket = UnicodeAttribute(null=True)
    name_bucket = UnicodeAttribute(null=True)
    name_key = UnicodeAttribute(null=True)

    by_received = LeadsByReceived()
    by_status = LeadsByStatus()
    by_source = LeadsBySource()
    by_customer = LeadsByCustomer()
    by_email = LeadsByEmail()
    by_phone = LeadsByPhone()
    by_name = LeadsByName()


class SubmissionItem(Model):
    """A submission; it shares the time and source indexes of the leads."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="SUBMISSION")
    document = UnicodeAttribute()
    version = NumberAttribute()
    received_key = UnicodeAttribute()
    received_bucket = UnicodeAttribute()
    source_bucket = UnicodeAttribute()

    by_received = LeadsByReceived()
    by_source = LeadsBySource()


class ClaimItem(Model):
    """The newest lead with one duplicate fingerprint."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="CLAIM")
    lead_id = UnicodeAttribute()
    claimed_at_ms = NumberAttribute()


class ConfigurationItem(Model):
    """One configured object, the stamp, a name guard or a line of the audit log."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)


class UserItem(Model):
    """A user of the tenant, of a customer or of a partner."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    version = NumberAttribute(null=True)


class CredentialItem(Model):
    """What a hashed token or API key stands for."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="CREDENTIAL")
    document = UnicodeAttribute()
    secret_hash = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    @staticmethod
    def key_of(lookup_hash: str) -> str:
        """The partition of a credential: the only key that does not begin with a tenant."""
        return f"CREDENTIAL#{lookup_hash}"


class BidsByRank(GlobalSecondaryIndex["BidItem"]):
    """Live bids on one lead type in one location, in the order in which they would win."""

    class Meta:
        index_name = "ByRank"
        projection = AllProjection()

    market = UnicodeAttribute(hash_key=True)
    rank = UnicodeAttribute(range_key=True)


class WalletsByTenant(GlobalSecondaryIndex["CustomerItem"]):
    """Customers, or bids, of a tenant in the order in which they were created."""

    class Meta:
        index_name = "ByTenant"
        projection = KeysOnlyProjection()

    list_bucket = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class CustomerItem(Model):
    """A customer with its wallet and its own counters."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="CUSTOMER")
    document = UnicodeAttribute()
    version = NumberAttribute()
    balance_cents = NumberAttribute()
    held_cents = NumberAttribute()
    list_bucket = UnicodeAttribute()
    list_key = UnicodeAttribute()

    by_tenant = WalletsByTenant()


class BidItem(Model):
    """A bid with its own counters; an archived one has left the rank index."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    version = NumberAttribute()
    market = UnicodeAttribute(null=True)
    rank = UnicodeAttribute(null=True)
    list_bucket = UnicodeAttribute()
    list_key = UnicodeAttribute()

    by_rank = BidsByRank()
    by_tenant = WalletsByTenant()


class BidGuardItem(Model):
    """Keeps a second live bid of a customer out of a lead type, scope and location."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    bid_id = UnicodeAttribute()


class EntriesBySequence(LocalSecondaryIndex["EntryItem"]):
    """Ledger entries of a wallet in the order in which they were booked."""

    class Meta:
        index_name = "BySequence"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    sequence = NumberAttribute(range_key=True)


class EntryItem(Model):
    """A row of the ledger: put once, never overwritten, never deleted."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    sequence = NumberAttribute()

    by_sequence = EntriesBySequence()


class FlowsByStarted(GlobalSecondaryIndex["FlowItem"]):
    """Flows of a tenant in the order in which they were started, a month to a partition."""

    class Meta:
        index_name = "ByStarted"
        projection = KeysOnlyProjection()

    started_bucket = UnicodeAttribute(hash_key=True)
    started_key = UnicodeAttribute(range_key=True)


class FlowItem(Model):
    """The head of a flow: how it began, and how it ended once it has."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="FLOW")
    document = UnicodeAttribute()
    ending = UnicodeAttribute(null=True)
    started_bucket = UnicodeAttribute(null=True)
    started_key = UnicodeAttribute(null=True)

    by_started = FlowsByStarted()


class FlowStepItem(Model):
    """What one task added to a flow; put once."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()


class BidOwnerItem(Model):
    """Whose a bid is, for those who know only its id; put once."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="OWNER")
    customer_id = UnicodeAttribute()


TABLES: dict[str, tuple[type[Model], ...]] = {
    "leads": (LeadItem, SubmissionItem, ClaimItem),
    "configuration": (ConfigurationItem, UserItem, CredentialItem),
    "wallets": (CustomerItem, BidItem, BidGuardItem, BidOwnerItem, EntryItem),
    "flows": (FlowItem, FlowStepItem),
}


def name_tables(names: dict[str, str], region: str) -> None:
    """Bind every item class to its table."""
    for table, classes in TABLES.items():
        for item in classes:
            item.Meta.table_name = names[table]
            item.Meta.region = region


def table_region() -> str:
    """The region of the tables, once they are named."""
    region: str = LeadItem.Meta.region  # type: ignore[attr-defined] # Meta is untyped
    return region
