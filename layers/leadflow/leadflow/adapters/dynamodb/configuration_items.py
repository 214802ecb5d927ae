"""Items of the configuration table: configured objects, users and credentials.

Every item carries the domain object as one JSON `document`; beside it stand only the attributes
that keys, conditions and indexes need. `tables.py` says what the tables are called.
"""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import Table, lives_in


@lives_in(Table.CONFIGURATION)
class ConfigurationItem(Model):
    """A configured object, a version of the plan, a stamp, a counter, a tenant or an audit line."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)


@lives_in(Table.CONFIGURATION)
class UserItem(Model):
    """A user of the tenant, of a customer or of a partner."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    version = NumberAttribute(null=True)


@lives_in(Table.CONFIGURATION)
class CredentialItem(Model):
    """What a hashed token or API key stands for."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="CREDENTIAL")
    document = UnicodeAttribute()
    secret_hash = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    @staticmethod
    def key_of(lookup_hash: str) -> str:
        """The partition of a credential: the only key that does not begin with a tenant."""
        return f"CREDENTIAL#{lookup_hash}"
