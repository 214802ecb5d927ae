"""Items of imports; they lie in the flows table, beside the jobs that carry them out.

The marks of blocks lie in the marketplace's table, beside the demands that they stand for.
"""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


@lives_in(Table.FLOWS)
class ImportItem(Model):
    """An import; put once."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="IMPORT")
    document = UnicodeAttribute()


@lives_in(Table.FLOWS)
class ImportClaimItem(Model):
    """Which import has a content, by the content's fingerprint."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="CLAIM")
    origin = UnicodeAttribute()
    holder = UnicodeAttribute()


@lives_in(Table.MARKETPLACE)
class DemandBlockItem(Model):
    """Stands for the demands of consecutive rows that were stored together; put once."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
