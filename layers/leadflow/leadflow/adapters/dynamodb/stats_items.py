"""Lines of statistics and the periods that were told; they lie beside the auctions and expire."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


@lives_in(Table.MARKETPLACE)
class StatsLineItem(Model):
    """A lead that was received or assigned, among those of its tenant and hour."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    expires_at = NumberAttribute()


@lives_in(Table.MARKETPLACE)
class StatsPeriodItem(Model):
    """The last period of a tenant; it does not expire."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="PERIOD")
    document = UnicodeAttribute()
    version = NumberAttribute()
