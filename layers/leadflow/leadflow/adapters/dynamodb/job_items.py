"""Items of jobs; they lie in the flows table, beside the runs that they start."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


@lives_in(Table.FLOWS)
class JobItem(Model):
    """A job: what was asked for as `document`; what changes while it runs beside it.

    While it has not ended it is in the index of the flows, in a partition of its own.
    """

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="JOB")
    document = UnicodeAttribute()
    status = UnicodeAttribute()
    total = NumberAttribute(null=True)
    done = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    outcome = UnicodeAttribute(null=True)
    finished_at = UnicodeAttribute(null=True)
    started_bucket = UnicodeAttribute(null=True)
    started_key = UnicodeAttribute(null=True)


@lives_in(Table.FLOWS)
class JobPartItem(Model):
    """Stands for a part of a job that has been counted; put once."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
