"""Flows: a head that is put once and completed once, and steps that are put once.

The step of an auction holds a decision about each candidate that it looked at. Such a step is
packed, for a write is billed by its size: seven candidates take a third of their JSON.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from leadflow.adapters.dynamodb.flow_items import FlowItem, FlowStepItem
from leadflow.adapters.dynamodb.keys import list_bucket, moment_key, month, tenant_key
from leadflow.adapters.dynamodb.packing import packing, unpacked
from leadflow.adapters.dynamodb.store import is_written, query, read, read_many
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.ports import Refused
from leadflow.domain.flows import Flow, FlowEnding, FlowStep
from leadflow.domain.identifiers import FlowId, TenantId


class DynamoFlows:
    """Implements `Flows`."""

    def add_step(self, tenant_id: TenantId, flow_id: FlowId, step: FlowStep) -> None:
        """One put, unless the step is there."""
        item = step_item(tenant_id, flow_id, step)
        is_written(partial(item.save, condition=FlowStepItem.pk.does_not_exist()))

    def get(self, tenant_id: TenantId, flow_id: FlowId) -> Flow | None:
        """One consistent read."""
        item = read(FlowItem, tenant_key(tenant_id, flow_id), "FLOW")
        return flow_of(item) if item else None

    def many(self, tenant_id: TenantId, flow_ids: Sequence[FlowId]) -> Sequence[Flow]:
        """One batch for every hundred flows."""
        keys = [(tenant_key(tenant_id, flow_id), "FLOW") for flow_id in flow_ids]
        found = {flow.id: flow for flow in map(flow_of, read_many(FlowItem, keys))}
        return [found[flow_id] for flow_id in flow_ids if flow_id in found]

    def steps(self, tenant_id: TenantId, flow_id: FlowId) -> Sequence[FlowStep]:
        """One query."""
        items = query(
            FlowStepItem,
            tenant_key(tenant_id, flow_id),
            condition=FlowStepItem.sk.startswith("STEP#"),
            consistent=True,
        )
        return list(map(step_of, items))


def flow_of(item: FlowItem) -> Flow:
    """The flow in an item: its head, completed by its ending and the end of its lead."""
    ending = json.loads(item.ending) if item.ending else {}
    if item.lead_deleted_at:
        ending["lead_deleted_at"] = item.lead_deleted_at
    return Flow.model_validate_json(json.dumps(json.loads(item.document) | ending))


def flow_item(tenant_id: TenantId, flow: Flow) -> FlowItem:
    """A new flow with the keys under which it is listed."""
    at_month = month(flow.started_at)
    return FlowItem(
        tenant_key(tenant_id, flow.id),
        "FLOW",
        document=flow.model_dump_json(exclude_none=True),
        started_bucket=list_bucket(tenant_id, "FLOWS", is_test=flow.is_test, at_month=at_month),
        started_key=moment_key(flow.started_at, flow.id),
    )


def put_flow(transaction: Transaction, tenant_id: TenantId, flow: Flow) -> None:
    """Begin a flow as part of a transaction, unless it is there; labelled `STEP`."""
    transaction.put(
        flow_item(tenant_id, flow), condition=FlowItem.pk.does_not_exist(), label=Refused.STEP
    )


def step_item(tenant_id: TenantId, flow_id: FlowId, step: FlowStep) -> FlowStepItem:
    """A step under its number."""
    return FlowStepItem(
        tenant_key(tenant_id, flow_id),
        f"STEP#{step.number:03d}",
        **packing(step.model_dump_json(exclude_none=True, exclude_defaults=True)),
    )


def step_of(item: FlowStepItem) -> FlowStep:
    """The step of an item, packed or not."""
    return FlowStep.model_validate_json(unpacked(item.document, item.packed))


def put_step(
    transaction: Transaction, tenant_id: TenantId, flow_id: FlowId, step: FlowStep
) -> None:
    """Add a step to a flow as part of a transaction, unless it is there; labelled `STEP`."""
    transaction.put(
        step_item(tenant_id, flow_id, step),
        condition=FlowStepItem.pk.does_not_exist(),
        label=Refused.STEP,
    )


def check_no_step(
    transaction: Transaction, tenant_id: TenantId, flow_id: FlowId, number: int
) -> None:
    """Make a transaction fail, labelled `STEP`, if a flow has the step already."""
    transaction.check(
        step_item(tenant_id, flow_id, FlowStep(number=number)),
        condition=FlowStepItem.pk.does_not_exist(),
        label=Refused.STEP,
    )


def add_ending(
    transaction: Transaction, tenant_id: TenantId, flow_id: FlowId, ending: FlowEnding
) -> None:
    """Complete the head of a flow as part of a transaction."""
    transaction.update(
        FlowItem(tenant_key(tenant_id, flow_id), "FLOW"),
        [FlowItem.ending.set(ending.model_dump_json(exclude_none=True))],
    )


def mark_lead_deleted(
    transaction: Transaction, tenant_id: TenantId, flow_id: FlowId, at: datetime
) -> None:
    """Note in the head of a flow that its lead is gone, as part of a transaction."""
    transaction.update(
        FlowItem(tenant_key(tenant_id, flow_id), "FLOW"),
        [FlowItem.lead_deleted_at.set(at.isoformat())],
    )
