"""Lines of the audit log: who changed what, when, from what to what (`product.md`, 3.5)."""

import json
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from leadflow.application.configuration_ports import AuditEntry
from leadflow.application.ports import IdFactory
from leadflow.domain.model import Frozen

MASK = "***"
MEMBER_CHARACTERS_MAX = 60_000
"""Longest member that a line shows, as JSON; a line has to fit into one item of the store."""

_SECRETS = frozenset({"cursor_key", "credentials", "token_hash"})
_BOOKKEEPING = frozenset({"version", "updated_at"})

Members = Mapping[str, JsonValue]


def audit_entry(
    ids: IdFactory,
    at: datetime,
    actor: str,
    *,
    resource: str,
    resource_id: str,
    before: Frozen | None,
    after: Frozen | None,
) -> AuditEntry:
    """A line that shows the members in which the object differs, of a new one all."""
    old, new = _members(before), _members(after)
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    changed -= _BOOKKEEPING
    return AuditEntry(
        id=ids.new("change"),
        at=at,
        actor=actor,
        resource=resource,
        resource_id=resource_id,
        before=None if before is None else _shown(old, changed),
        after=None if after is None else _shown(new, changed),
    )


def _members(value: Frozen | None) -> Members:
    if value is None:
        return {}
    members: Members = json.loads(value.model_dump_json(exclude_none=True))
    return members


def _shown(members: Members, changed: set[str]) -> Members:
    return {
        name: MASK if name in _SECRETS else _short(member)
        for name, member in members.items()
        if name in changed
    }


def _short(member: JsonValue) -> JsonValue:
    length = len(json.dumps(member))
    return member if length <= MEMBER_CHARACTERS_MAX else f"({length} characters)"
