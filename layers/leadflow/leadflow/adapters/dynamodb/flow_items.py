"""Items of the flows table: heads and steps of flows, turns in their stages, and plan usage.

Every item carries the domain object as one JSON `document`; beside it stand only the attributes
that keys, conditions and indexes need. `tables.py` says what the tables are called.
"""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


class FlowsByStarted(GlobalSecondaryIndex["FlowItem"]):
    """Flows of a tenant in the order in which they were started, a month to a partition."""

    class Meta:
        index_name = "ByStarted"
        projection = KeysOnlyProjection()

    started_bucket = UnicodeAttribute(hash_key=True)
    started_key = UnicodeAttribute(range_key=True)


@lives_in(Table.FLOWS)
class FlowItem(Model):
    """The head of a flow: how it began, how it ended, and when its lead was deleted."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="FLOW")
    document = UnicodeAttribute()
    ending = UnicodeAttribute(null=True)
    lead_deleted_at = UnicodeAttribute(null=True)
    started_bucket = UnicodeAttribute(null=True)
    started_key = UnicodeAttribute(null=True)

    by_started = FlowsByStarted()


@lives_in(Table.FLOWS)
class FlowStepItem(Model):
    """What one task added to a flow; put once. A long document is packed instead."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute(null=True)
    packed = BinaryAttribute(null=True, legacy_encoding=False)


@lives_in(Table.FLOWS)
class RotationItem(Model):
    """What one Round Robin stage has handed out: its JSON, packed, for it grows with its takers."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    packed = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


@lives_in(Table.FLOWS)
class UsageTotalItem(Model):
    """What a tenant may use of its subscription plan, and what of it is granted to shares."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="TOTAL")
    document = UnicodeAttribute()
    version = NumberAttribute()


@lives_in(Table.FLOWS)
class UsageShareItem(Model):
    """A share of a tenant's usage in one cycle. Numbers are added to, and absent until then."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    leads_used = NumberAttribute(null=True)
    leads_left = NumberAttribute(null=True)
    sales_used_cents = NumberAttribute(null=True)
    sales_left_cents = NumberAttribute(null=True)


@lives_in(Table.FLOWS)
class BookmarkItem(Model):
    """Where work on a schedule goes on; of the stack, so its partition names no tenant."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
