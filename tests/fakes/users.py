"""Users in memory."""

from dataclasses import dataclass, field

from leadflow.application.configuration_ports import AuditEntry, UserRefusal
from leadflow.application.ports import Page, Window
from leadflow.domain.identifiers import OwnerId, TenantId, UserId
from leadflow.domain.users import User


@dataclass
class MemoryUsers:
    """Implements `UserStore` for one tenant."""

    stored: dict[UserId, User] = field(default_factory=dict)
    log: list[AuditEntry] = field(default_factory=list)

    def get(self, _tenant_id: TenantId, user_id: UserId) -> User | None:
        return self.stored.get(user_id)

    def members(self, _tenant_id: TenantId, owner_id: OwnerId | None, window: Window) -> Page[User]:
        found = [
            self.stored[user_id]
            for user_id in sorted(self.stored, reverse=True)
            if self.stored[user_id].owner_id == owner_id
            and (window.position is None or user_id < window.position)
        ]
        shown = found[: window.limit]
        return Page(shown, shown[-1].id if len(found) > len(shown) else None)

    def add(self, _tenant_id: TenantId, user: User, entry: AuditEntry) -> None:
        self.stored[user.id] = user
        self.log.append(entry)

    def change(
        self, _tenant_id: TenantId, before: User, after: User, entry: AuditEntry
    ) -> UserRefusal | None:
        refusal = self._refusal(before, loses_admin=before.is_admin and not after.is_admin)
        if refusal is None:
            self.stored[after.id] = after
            self.log.append(entry)
        return refusal

    def remove(self, _tenant_id: TenantId, user: User, entry: AuditEntry) -> UserRefusal | None:
        refusal = self._refusal(user, loses_admin=user.is_admin)
        if refusal is None:
            del self.stored[user.id]
            self.log.append(entry)
        return refusal

    def _refusal(self, user: User, *, loses_admin: bool) -> UserRefusal | None:
        if self.stored.get(user.id) != user:
            return UserRefusal.CHANGED
        admins = sum(one.is_admin for one in self.stored.values())
        return UserRefusal.LAST_ADMIN if loses_admin and admins == 1 else None
