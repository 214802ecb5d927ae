"""Items of the wallets table: customers with their wallets, bids and ledger entries.

Every item carries the domain object as one JSON `document`; beside it stand only the attributes
that keys, conditions and indexes need. `tables.py` says what the tables are called.
"""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    KeysOnlyProjection,
    LocalSecondaryIndex,
)
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


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


@lives_in(Table.WALLETS)
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


@lives_in(Table.WALLETS)
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


@lives_in(Table.WALLETS)
class BidGuardItem(Model):
    """Keeps a second live bid of a customer out of a lead type, scope and location.

    It repeats the amount, so that an auction need not read a bid that offers too little.
    """

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    bid_id = UnicodeAttribute()
    amount_cents = NumberAttribute()


@lives_in(Table.WALLETS)
class BidderItem(Model):
    """What an auction reads of a customer's partition: the customer, or the guard of a bid."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute(null=True)
    amount_cents = NumberAttribute(null=True)


class EntriesBySequence(LocalSecondaryIndex["EntryItem"]):
    """Ledger entries of a wallet in the order in which they were booked."""

    class Meta:
        index_name = "BySequence"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    sequence = NumberAttribute(range_key=True)


@lives_in(Table.WALLETS)
class EntryItem(Model):
    """A row of the ledger: put once, never overwritten, never deleted."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    sequence = NumberAttribute()

    by_sequence = EntriesBySequence()


@lives_in(Table.WALLETS)
class BidOwnerItem(Model):
    """Whose a bid is, for those who know only its id; put once."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="OWNER")
    customer_id = UnicodeAttribute()
