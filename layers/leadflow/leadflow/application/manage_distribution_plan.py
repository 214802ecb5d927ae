"""Read and replace the distribution plan (`product.md`, 15.1; `api.md`, 6)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field as Bound
from pydantic import TypeAdapter

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.manage_configuration.changes import Changes
from leadflow.application.manage_configuration.condition_rules import (
    Kinds,
    kinds_of_leads,
    saved,
)
from leadflow.application.manage_configuration.desk import Desk, Edit
from leadflow.application.manage_configuration.forms import Description, Name
from leadflow.application.manage_configuration.stage_forms import settings_read
from leadflow.application.manage_configuration.stage_rules import StageRules
from leadflow.application.requests import VersionCheck, validated
from leadflow.domain.conditions import Conditions, Reference
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.model import Request
from leadflow.domain.plans import STAGES_MAX, Method, Plan, Stage
from leadflow.domain.principals import UserPrincipal

PLAN_ID = "plan"
_VERSION = re.compile(r"[0-9]{1,9}")
_READ_ONLY = frozenset({"object", "version", "created_at"})
_STAGE: TypeAdapter[Stage] = TypeAdapter(Stage)


class StageForm(Request):
    """A stage as a request names it; what its settings may say depends on the method."""

    id: str | None = None
    name: Name
    description: Description = None
    method: Annotated[Method, Bound(strict=False)]
    paused: bool = False
    conditions: Conditions = ()
    settings: Mapping[str, object] = Bound(default_factory=dict)


class PlanForm(Request):
    """The stages in their order."""

    stages: Annotated[list[object], Bound(strict=False, max_length=STAGES_MAX)]


@dataclass(frozen=True, kw_only=True)
class ManageDistributionPlan:
    """The action with its ports."""

    changes: Changes

    def show(self, user: UserPrincipal) -> Plan:
        """The plan as of now."""
        return self.changes.current(user).plan

    def version(self, user: UserPrincipal, version: str) -> Plan:
        """One version of the plan, by its number. Raises `NotFound`."""
        number = int(version) if _VERSION.fullmatch(version) else 0
        plan = self.changes.store.plan(user.tenant_id, number)
        if plan is None:
            raise NotFound
        return plan

    def replace(self, user: UserPrincipal, body: JsonObject, check: VersionCheck) -> Plan:
        """Store the stages as a new version. Raises `ValidationFailed`."""
        wanted = {name: value for name, value in body.items() if name not in _READ_ONLY}

        def decide(desk: Desk) -> Edit:
            before = desk.configuration.plan
            check(before.version)
            stages = _stages(validated(PlanForm, wanted).stages, desk)
            after = Plan(version=before.version + 1, stages=stages, created_at=desk.now)
            return Edit(PLAN_ID, (Change(ResourceKind.PLAN, PLAN_ID, before, after),))

        self.changes.make(user, decide)
        return self.show(user)


def _stages(requested: Sequence[object], desk: Desk) -> tuple[Stage, ...]:
    """The stages, the mistakes of all of them told of at once."""
    kinds, rules = kinds_of_leads(desk.configuration, tuple(Reference)), StageRules(desk)
    errors: dict[str, Sequence[str]] = {}
    stages: dict[int, Stage] = {}
    for index, wanted in enumerate(requested):
        try:
            stages[index] = _stage(wanted, index, kinds, rules)
        except ValidationFailed as refusal:
            errors |= refusal.errors
    errors |= _doubled_ids(stages)
    if errors:
        raise ValidationFailed(errors)
    return tuple(stages.values())


def _stage(wanted: object, index: int, kinds: Kinds, rules: StageRules) -> Stage:
    at, desk = ("stages", index), rules.desk
    form = validated(StageForm, wanted, at)
    before = next((one for one in desk.configuration.plan.stages if one.id == form.id), None)
    stage = _STAGE.validate_python(
        {
            "id": before.id if before else desk.ids.new("stage"),
            "name": form.name,
            "description": form.description,
            "method": form.method,
            "paused": form.paused,
            "conditions": saved(form.conditions, kinds, desk, f"stages.{index}.conditions"),
            "settings": settings_read(form.method, form.settings, (*at, "settings")),
        }
    )
    # A stage that stays as it was stays, whatever has become of what it names (`api.md`, 8).
    is_kept = before is not None and _rule(before) == _rule(stage)
    if errors := {} if is_kept else rules.mistakes(stage, f"stages.{index}.settings"):
        raise ValidationFailed(errors)
    return stage


def _rule(stage: Stage) -> str:
    return stage.model_dump_json(include={"method", "conditions", "settings"})


def _doubled_ids(stages: Mapping[int, Stage]) -> Mapping[str, Sequence[str]]:
    first: dict[str, int] = {}
    for index, stage in stages.items():
        first.setdefault(stage.id, index)
    return {
        f"stages.{index}.id": ["The stage occurs twice."]
        for index, stage in stages.items()
        if first[stage.id] != index
    }
