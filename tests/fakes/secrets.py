"""Secrets in memory."""

from dataclasses import dataclass, field

from leadflow.application.exchange_ports import Secrets
from leadflow.domain.identifiers import TenantId


@dataclass
class MemorySecrets:
    """Implements `SecretReader`: the newest secrets, whatever version is asked for."""

    kept: dict[str, Secrets] = field(default_factory=dict)

    def of(self, _tenant_id: TenantId, owner: str, _version: int) -> Secrets:
        return self.kept.get(owner, {})
