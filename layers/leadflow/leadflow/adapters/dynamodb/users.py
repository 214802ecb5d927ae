"""Users, each with its token; a tenant's admins are counted, so that the last one stays."""

from pynamodb.expressions.condition import Condition

from leadflow.adapters.dynamodb.audit_log import audit_item
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem, UserItem
from leadflow.adapters.dynamodb.credentials import credential_item, credential_key
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import query, read
from leadflow.adapters.dynamodb.transactions import ConditionFailed, Transaction
from leadflow.application.configuration_ports import AuditEntry, UserRefusal
from leadflow.application.ports import Page, Window
from leadflow.domain.credentials import Credential
from leadflow.domain.identifiers import CustomerId, TenantId, UserId
from leadflow.domain.users import User

USER = "USER"
"""The sort key of every user's item."""
_ADMINS = "ADMINS"


class DynamoUsers:
    """Implements `UserStore`.

    A user is stored twice: by its id, and in the list of those it belongs to.
    """

    def get(self, tenant_id: TenantId, user_id: UserId) -> User | None:
        """One read by key."""
        item = read(UserItem, _key(tenant_id, user_id), USER)
        return user_of(item) if item else None

    def members(
        self, tenant_id: TenantId, customer_id: CustomerId | None, window: Window
    ) -> Page[User]:
        """One query."""
        before = UserItem.sk < window.position if window.position else None
        items = query(
            UserItem,
            _list_key(tenant_id, customer_id),
            condition=before,
            ascending=False,
            limit=window.limit + 1,
            consistent=True,
        )
        users = [user_of(item) for item in items]
        shown = users[: window.limit]
        return Page(shown, shown[-1].id if len(users) > len(shown) else None)

    def add(self, tenant_id: TenantId, user: User, entry: AuditEntry) -> None:
        """Two items, the token, the count of admins and a line of the log."""
        transaction = Transaction()
        add_user(transaction, tenant_id, user)
        _count_admins(transaction, tenant_id, int(user.is_admin))
        transaction.put(audit_item(tenant_id, entry))
        transaction.commit()

    def change(
        self, tenant_id: TenantId, before: User, after: User, entry: AuditEntry
    ) -> UserRefusal | None:
        """Conditional on the version and, for an admin who stops being one, on another admin."""
        transaction = Transaction()
        by_id, in_list = user_items(tenant_id, after)
        transaction.put(by_id, condition=_is_still(before), label=UserRefusal.CHANGED)
        transaction.put(in_list)
        transaction.put(credential_item(_credential(tenant_id, after)))
        _count_admins(transaction, tenant_id, after.is_admin - before.is_admin)
        transaction.put(audit_item(tenant_id, entry))
        return _committed(transaction)

    def remove(self, tenant_id: TenantId, user: User, entry: AuditEntry) -> UserRefusal | None:
        """Conditional on the version and, for an admin, on another admin."""
        transaction = Transaction()
        by_id, in_list = user_items(tenant_id, user)
        transaction.delete(by_id, condition=_is_still(user), label=UserRefusal.CHANGED)
        transaction.delete(in_list)
        transaction.delete(credential_key(user.token_hash))
        _count_admins(transaction, tenant_id, -int(user.is_admin))
        transaction.put(audit_item(tenant_id, entry))
        return _committed(transaction)


def add_user(transaction: Transaction, tenant_id: TenantId, user: User) -> None:
    """Add the items of a new user and its token; admins are counted by the caller."""
    for item in user_items(tenant_id, user):
        transaction.put(item)
    transaction.put(credential_item(_credential(tenant_id, user)))


def user_of(item: UserItem) -> User:
    """The user of an item."""
    return User.model_validate_json(item.document)


def admin_count_item(tenant_id: TenantId, admins: int | None = None) -> ConfigurationItem:
    """The item that counts the admins of a tenant."""
    return ConfigurationItem(tenant_key(tenant_id, _ADMINS), "COUNT", version=admins)


def _count_admins(transaction: Transaction, tenant_id: TenantId, change: int) -> None:
    if change:
        transaction.update(
            admin_count_item(tenant_id),
            [ConfigurationItem.version.add(change)],
            condition=ConfigurationItem.version > 1 if change < 0 else None,
            label=UserRefusal.LAST_ADMIN,
        )


def _committed(transaction: Transaction) -> UserRefusal | None:
    try:
        transaction.commit()
    except ConditionFailed as failed:
        changed = UserRefusal.CHANGED in failed.labels
        return UserRefusal.CHANGED if changed else UserRefusal.LAST_ADMIN
    return None


def _credential(tenant_id: TenantId, user: User) -> Credential:
    return Credential(user.token_hash, user.principal(tenant_id))


def user_items(tenant_id: TenantId, user: User) -> tuple[UserItem, UserItem]:
    document = user.model_dump_json()
    return (
        UserItem(_key(tenant_id, user.id), USER, document=document, version=user.version),
        UserItem(_list_key(tenant_id, user.customer_id), user.id, document=document),
    )


def _is_still(user: User) -> Condition:
    return UserItem.version == user.version


def _key(tenant_id: TenantId, user_id: UserId) -> str:
    return tenant_key(tenant_id, USER, user_id)


def _list_key(tenant_id: TenantId, customer_id: CustomerId | None) -> str:
    return tenant_key(tenant_id, "USERS", customer_id or "TENANT")
