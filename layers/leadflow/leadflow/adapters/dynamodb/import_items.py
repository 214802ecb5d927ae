"""Items of imports; they lie in the flows table, beside the jobs that carry them out."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model


class ImportItem(Model):
    """An import; put once."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="IMPORT")
    document = UnicodeAttribute()


class ImportClaimItem(Model):
    """Which import has a content, by the content's fingerprint."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="CLAIM")
    origin = UnicodeAttribute()
    holder = UnicodeAttribute()
