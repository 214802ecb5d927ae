"""How a change of configuration is carried out: decided on one state, stored only upon it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from leadflow.application.audit_trail import MASK, audit_entry
from leadflow.application.configuration_ports import (
    AuditEntry,
    Change,
    ConfigurationStore,
    SecretChange,
)
from leadflow.application.exchange_ports import Addresses, SecretReader
from leadflow.application.manage_configuration.desk import Desk, Edit
from leadflow.application.ports import Clock, IdFactory
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import TransientFault
from leadflow.domain.formats import Formats
from leadflow.domain.principals import UserPrincipal

ATTEMPTS_MAX = 32
"""Tries of a change whose configuration is being changed by others; each round lets one pass."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Makes changes of a tenant's configuration."""

    store: ConfigurationStore
    formats: Formats
    clock: Clock
    ids: IdFactory
    addresses: Addresses
    secrets: SecretReader

    def current(self, user: UserPrincipal) -> Configuration:
        """The configuration that the user works on."""
        return self.store.current(user.tenant_id)

    def make(self, user: UserPrincipal, decide: Callable[[Desk], Edit]) -> Edit:
        """Store what `decide` makes of the newest configuration.

        Every rule is decided and stored on one and the same state, so rules over several objects
        hold under any number of parallel requests. `decide` may be called several times. Raises
        what it raises, and `TransientFault` when others were always faster.
        """
        url_mistake = cache(self.addresses.mistake)
        for _ in range(ATTEMPTS_MAX):
            desk = self._desk(user, url_mistake)
            edit = decide(desk)
            if not edit.changes or self._stored(user, desk, edit):
                return edit
        raise TransientFault("The configuration was always being changed by others.")

    def _desk(self, user: UserPrincipal, url_mistake: Callable[[str], str | None]) -> Desk:
        return Desk(
            configuration=self.current(user),
            formats=self.formats,
            now=self.clock.now(),
            ids=self.ids,
            url_mistake=url_mistake,
            secrets_of=partial(self.secrets.of, user.tenant_id),
        )

    def _stored(self, user: UserPrincipal, desk: Desk, edit: Edit) -> bool:
        return self.store.apply(
            user.tenant_id,
            desk.configuration.stamp,
            edit.changes,
            entries=[self._entry(user, desk, change, edit) for change in edit.changes],
            credentials=edit.credentials,
            secrets=edit.kept_apart,
        )

    def _entry(self, user: UserPrincipal, desk: Desk, change: Change, edit: Edit) -> AuditEntry:
        entry = audit_entry(
            self.ids,
            desk.now,
            user.user_id,
            resource=change.kind,
            resource_id=change.id,
            before=change.before,
            after=change.after,
        )
        return _with_secrets(entry, edit.kept_apart)


def _with_secrets(entry: AuditEntry, secrets: Sequence[SecretChange]) -> AuditEntry:
    """The line, telling which secrets of its object have changed, too."""
    owner = f"{entry.resource}#{entry.resource_id}"
    changed = [name for one in secrets if one.owner == owner for name in one.changed]
    if not changed or entry.after is None:
        return entry
    after = {**entry.after, "secrets": dict.fromkeys(changed, MASK)}
    return entry.model_copy(update={"after": after})
