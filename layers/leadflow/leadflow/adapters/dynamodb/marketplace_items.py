"""Items of the marketplace table: auctions, buy orders, and demands.

Every item carries the domain object as one JSON `document`; beside it stand only the attributes
that keys, conditions and indexes need. `tables.py` says what the tables are called.
"""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


class AuctionsByTenant(GlobalSecondaryIndex["AuctionItem"]):
    """Auctions of a tenant in one status, in the order in which they were opened."""

    class Meta:
        index_name = "ByTenant"
        projection = KeysOnlyProjection()

    list_bucket = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class AuctionsByDue(GlobalSecondaryIndex["AuctionItem"]):
    """Active auctions of all tenants by the time at which something has to be done about them."""

    class Meta:
        index_name = "ByDue"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_key = UnicodeAttribute(range_key=True)


class DemandsByOwner(GlobalSecondaryIndex["DemandItem"]):
    """Demands of one customer, a month to a partition, and offers of one source for one demand.

    Each in the order in which they were made.
    """

    class Meta:
        index_name = "ByOwner"
        projection = KeysOnlyProjection()

    owner_bucket = UnicodeAttribute(hash_key=True)
    list_key = UnicodeAttribute(range_key=True)


class DemandsByCategory(GlobalSecondaryIndex["DemandItem"]):
    """Demands of one category that were not ended, by the time at which they close."""

    class Meta:
        index_name = "ByCategory"
        projection = KeysOnlyProjection()

    category_bucket = UnicodeAttribute(hash_key=True)
    closes_key = UnicodeAttribute(range_key=True)


@lives_in(Table.MARKETPLACE)
class AuctionItem(Model):
    """An auction; one that is removed is not listed.

    One that has ended is due while holds are to be released; then it expires.
    """

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="AUCTION")
    document = UnicodeAttribute()
    version = NumberAttribute()
    list_bucket = UnicodeAttribute(null=True)
    list_key = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    by_tenant = AuctionsByTenant()
    by_due = AuctionsByDue()


@lives_in(Table.MARKETPLACE)
class OrderItem(Model):
    """A buy order among those of its customer; one that has ended expires."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    version = NumberAttribute()
    expires_at = NumberAttribute(null=True)


@lives_in(Table.MARKETPLACE)
class DemandItem(Model):
    """A demand; it is due once an offer waits for its close."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="DEMAND")
    document = UnicodeAttribute()
    version = NumberAttribute()
    list_bucket = UnicodeAttribute(null=True)
    list_key = UnicodeAttribute(null=True)
    owner_bucket = UnicodeAttribute(null=True)
    category_bucket = UnicodeAttribute(null=True)
    closes_key = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)

    by_tenant = AuctionsByTenant()
    by_owner = DemandsByOwner()
    by_category = DemandsByCategory()
    by_due = AuctionsByDue()


@lives_in(Table.MARKETPLACE)
class OfferItem(Model):
    """An offer, in the partition of its demand."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    version = NumberAttribute()
    list_bucket = UnicodeAttribute(null=True)
    list_key = UnicodeAttribute(null=True)
    owner_bucket = UnicodeAttribute(null=True)

    by_tenant = AuctionsByTenant()
    by_owner = DemandsByOwner()


@lives_in(Table.MARKETPLACE)
class WaitingItem(Model):
    """The place of an offer that waits for the close, beside the offer: they sort by rank."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    offer_id = UnicodeAttribute()


@lives_in(Table.MARKETPLACE)
class ArchivingItem(Model):
    """A customer that is being archived, beside its orders; it is due until that is done."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="ARCHIVING")
    due_shard = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
