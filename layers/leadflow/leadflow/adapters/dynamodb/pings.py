"""Pings: by id, and the newest of each kind of data, so that equal pings get one answer."""

from collections.abc import Sequence
from uuid import UUID

from leadflow.adapters.dynamodb.claims import are_taken
from leadflow.adapters.dynamodb.flows import flow_item, step_item
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.lead_items import PingItem, PingKeyItem
from leadflow.adapters.dynamodb.packing import packing, unpacked
from leadflow.adapters.dynamodb.store import faults_translated, read
from leadflow.adapters.dynamodb.submissions import submission_item, unchanged
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.ping_ports import PingIntake, PingStored
from leadflow.application.ports import PING_USED, Claim
from leadflow.domain.flows import Flow, FlowStep
from leadflow.domain.identifiers import FlowId, SourceId, SubmissionId, TenantId
from leadflow.domain.pings import Ping

_PING = "PING"
_KEY = "PING_KEY"


class DynamoPings:
    """Implements `Pings`."""

    def get(self, tenant_id: TenantId, ping_id: UUID) -> Ping | None:
        """One consistent read."""
        item = read(PingItem, tenant_key(tenant_id, str(ping_id)), _PING)
        return ping_of(item) if item else None

    def newest_equal(self, tenant_id: TenantId, source_id: SourceId, digest: str) -> Ping | None:
        """One consistent read, and that of the ping if there is one."""
        key = read(PingKeyItem, digest_key(tenant_id, source_id, digest), _KEY)
        return self.get(tenant_id, UUID(key.ping_id)) if key else None

    def open(self, tenant_id: TenantId, flow: Flow) -> None:
        """One put."""
        with faults_translated():
            flow_item(tenant_id, flow).save()

    def answer(self, tenant_id: TenantId, intake: PingIntake) -> PingStored:
        """Ping, key, submission, flow and step in one transaction."""
        ping, transaction = intake.ping, Transaction()
        transaction.put(ping_item(tenant_id, ping), condition=PingItem.pk.does_not_exist())
        absent = PingKeyItem.pk.does_not_exist()
        replaced = PingKeyItem.ping_id == str(intake.replaces)
        transaction.put(
            PingKeyItem(
                digest_key(tenant_id, ping.source_id, ping.digest), _KEY, ping_id=str(ping.id)
            ),
            condition=replaced if intake.replaces else absent,
            label=_KEY,
        )
        transaction.put(
            submission_item(tenant_id, intake.submission), condition=unchanged(intake.submission)
        )
        transaction.put(flow_item(tenant_id, intake.flow))
        transaction.put(step_item(tenant_id, intake.flow.id, intake.step))
        return PingStored.OVERTAKEN if transaction.refused() else PingStored.STORED

    def duplicates(self, tenant_id: TenantId, claims: Sequence[Claim]) -> bool:
        """One batch of consistent reads, and one of the leads that they meet."""
        return are_taken(tenant_id, claims)

    def add_refusal(
        self, tenant_id: TenantId, flow_id: FlowId, submission_id: SubmissionId, step: FlowStep
    ) -> None:
        """One put beside the flow's own steps, behind the ping's."""
        item = step_item(tenant_id, flow_id, step)
        item.sk = f"{item.sk}#{submission_id}"
        with faults_translated():
            item.save()


def use_ping(transaction: Transaction, tenant_id: TenantId, ping: Ping) -> None:
    """Use a ping up as part of a transaction, unless it has been; labelled `PING_USED`."""
    transaction.put(
        ping_item(tenant_id, ping),
        condition=PingItem.version == ping.version - 1,
        label=PING_USED,
    )


def ping_item(tenant_id: TenantId, ping: Ping) -> PingItem:
    """The item of a ping."""
    return PingItem(
        tenant_key(tenant_id, str(ping.id)),
        _PING,
        version=ping.version,
        **packing(ping.model_dump_json(exclude_none=True, exclude_defaults=True)),
    )


def ping_of(item: PingItem) -> Ping:
    """The ping of an item, packed or not."""
    return Ping.model_validate_json(unpacked(item.document, item.packed))


def digest_key(tenant_id: TenantId, source_id: SourceId, digest: str) -> str:
    """Where the newest ping of a source with certain data is named."""
    return tenant_key(tenant_id, _PING, source_id, digest)
