"""Items that count requests; they lie beside the kept answers and expire like them."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class RateItem(Model):
    """How many submissions of one source were kept in one minute."""

    class Meta:
        table_name = ""

    id = UnicodeAttribute(hash_key=True)
    submissions = NumberAttribute()
    expiration = NumberAttribute()
