"""Items of the leads table: leads and what belongs to them, and who was erased.

Every item carries the domain object as one JSON `document`; beside it stand only the attributes
that keys, conditions and indexes need. `tables.py` says what the tables are called.
"""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in

LEAD = "LEAD"
"""The sort key of every lead's item."""

DELETED = "deleted"
"""Stands for the status of a lead that is deleted."""


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


class LeadsByLeadType(GlobalSecondaryIndex["LeadItem"]):
    """Leads of one lead type, in the order received."""

    class Meta:
        index_name = "ByLeadType"
        projection = KeysOnlyProjection()

    lead_type_bucket = UnicodeAttribute(hash_key=True)
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


class LeadsByRun(GlobalSecondaryIndex["LeadItem"]):
    """Leads that are distributed again, in the order in which their runs began.

    Those that are distributed on arrival are found by their status. In a partition beside them:
    withheld leads, in the order received.
    """

    class Meta:
        index_name = "ByRun"
        projection = KeysOnlyProjection()

    run_bucket = UnicodeAttribute(hash_key=True)
    run_key = UnicodeAttribute(range_key=True)


@lives_in(Table.LEADS)
class LeadItem(Model):
    """A lead, or what is left of one that is deleted: no data, and no key of an index."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=LEAD)
    document = UnicodeAttribute()
    version = NumberAttribute()
    status = UnicodeAttribute()
    received_key = UnicodeAttribute(null=True)
    received_bucket = UnicodeAttribute(null=True)
    status_bucket = UnicodeAttribute(null=True)
    source_bucket = UnicodeAttribute(null=True)
    customer_bucket = UnicodeAttribute(null=True)
    lead_type_bucket = UnicodeAttribute(null=True)
    email_bucket = UnicodeAttribute(null=True)
    phone_bucket = UnicodeAttribute(null=True)
    name_bucket = UnicodeAttribute(null=True)
    name_key = UnicodeAttribute(null=True)
    run_bucket = UnicodeAttribute(null=True)
    run_key = UnicodeAttribute(null=True)

    by_received = LeadsByReceived()
    by_status = LeadsByStatus()
    by_source = LeadsBySource()
    by_customer = LeadsByCustomer()
    by_lead_type = LeadsByLeadType()
    by_email = LeadsByEmail()
    by_phone = LeadsByPhone()
    by_name = LeadsByName()
    by_run = LeadsByRun()


@lives_in(Table.LEADS)
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


@lives_in(Table.LEADS)
class ReturnRequestItem(Model):
    """A request to return a lead; it shares three indexes with the leads."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="RETURN")
    document = UnicodeAttribute()
    version = NumberAttribute()
    received_key = UnicodeAttribute()
    received_bucket = UnicodeAttribute()
    status_bucket = UnicodeAttribute()
    customer_bucket = UnicodeAttribute()

    by_received = LeadsByReceived()
    by_status = LeadsByStatus()
    by_customer = LeadsByCustomer()


@lives_in(Table.LEADS)
class ClaimItem(Model):
    """The newest lead with one duplicate fingerprint."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="CLAIM")
    lead_id = UnicodeAttribute()
    claimed_at_ms = NumberAttribute()


@lives_in(Table.LEADS)
class PingItem(Model):
    """An answered ping. A long document is packed instead."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="PING")
    document = UnicodeAttribute(null=True)
    packed = BinaryAttribute(null=True, legacy_encoding=False)
    version = NumberAttribute()


@lives_in(Table.LEADS)
class PingKeyItem(Model):
    """The newest ping of a source with certain data."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="PING_KEY")
    ping_id = UnicodeAttribute()


@lives_in(Table.LEADS)
class SuppressionItem(Model):
    """Recognises the phone or e-mail of a person that was erased, by a keyed digest."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="ERASED")
    erased_at = UnicodeAttribute()
