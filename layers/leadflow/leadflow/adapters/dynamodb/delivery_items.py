"""Items of the deliveries table: what was sent, what is to be sent, and who works on it."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


@lives_in(Table.DELIVERIES)
class DeliveryItem(Model):
    """A delivery among those of its webhook, in the order of their facts; it expires."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    version = NumberAttribute()
    expires_at = NumberAttribute()


@lives_in(Table.DELIVERIES)
class PendingItem(Model):
    """Stands for a delivery that is still to be made; it comes and goes with that status."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = NumberAttribute()


@lives_in(Table.DELIVERIES)
class LeadDeliveryItem(Model):
    """Tells, among those of a lead, of a delivery that is about it; it expires with that."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    webhook_id = UnicodeAttribute()
    delivery_id = UnicodeAttribute()
    expires_at = NumberAttribute()


@lives_in(Table.DELIVERIES)
class OutboxItem(Model):
    """Needs for deliveries of a webhook, and who attends to them; times are Unix microseconds.

    `busy_until`: somebody has taken it until then, by `taking_id`. `called_until`: somebody was
    called, and nobody has taken it since.
    """

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="OUTBOX")
    rings = NumberAttribute(default=0)
    takes = NumberAttribute(null=True)
    busy_until = NumberAttribute(null=True)
    taking_id = UnicodeAttribute(null=True)
    called_until = NumberAttribute(null=True)
    failing = BooleanAttribute(null=True)
