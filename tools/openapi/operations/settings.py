"""The distribution plan, the settings, and what a tenant has only one of (`api.md`, 6)."""

from leadflow.application.manage_configuration.real_estate_api import RealEstateApiForm
from leadflow.application.manage_configuration.settings import SettingsForm
from leadflow.application.manage_subscription import SubscriptionRequest
from leadflow.runtime.representations.subscriptions import SubscriptionBody
from tools.openapi.operation import Family, Operation, Shape, page, request
from tools.openapi.shapes import (
    ChangedSettings,
    DistributionPlan,
    PlanForm,
    RealEstateIntegration,
    Settings,
    ShownAuditEntry,
    ToldSecret,
)

_FUNCTION = "manage_configuration"
_SHOWN = Family.LEAN

PLAN = (
    Operation(
        id="view_distribution_plan",
        method="get",
        path="/distribution-plan",
        function="manage_distribution_plan",
        summary="Show the distribution plan as of now",
        tag="Distribution plan",
        permission="stages.view",
        answers={200: Shape(DistributionPlan, _SHOWN)},
        has_tag=True,
    ),
    Operation(
        id="replace_distribution_plan",
        method="put",
        path="/distribution-plan",
        function="manage_distribution_plan",
        summary="Make a new version of the distribution plan",
        tag="Distribution plan",
        permission="stages.update",
        body=request(PlanForm),
        answers={200: Shape(DistributionPlan, _SHOWN)},
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="view_distribution_plan_version",
        method="get",
        path="/distribution-plan/versions/{n}",
        function="manage_distribution_plan",
        summary="Show one version of the distribution plan",
        tag="Distribution plan",
        permission="stages.view",
        answers={200: Shape(DistributionPlan, _SHOWN)},
        has_tag=True,
    ),
)

SETTINGS = (
    Operation(
        id="view_settings",
        method="get",
        path="/settings",
        function=_FUNCTION,
        summary="Show the settings",
        tag="Settings",
        permission="tenant-settings.view",
        answers={200: Shape(Settings)},
        has_tag=True,
    ),
    Operation(
        id="change_settings",
        method="patch",
        path="/settings",
        function=_FUNCTION,
        summary="Change settings, however deep",
        tag="Settings",
        permission="tenant-settings.update",
        body=Shape(SettingsForm, Family.SETTINGS),
        answers={200: Shape(ChangedSettings)},
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="rotate_direct_post_secret",
        method="post",
        path="/settings/direct-post/rotate-secret",
        function=_FUNCTION,
        summary="Give the direct post a new signing secret",
        tag="Settings",
        permission="tenant-settings.update",
        answers={200: Shape(ToldSecret)},
        codes=("direct_post_not_configured",),
    ),
    Operation(
        id="list_changes",
        method="get",
        path="/audit-log",
        function=_FUNCTION,
        summary="List who changed what, newest first",
        tag="Settings",
        permission="tenant-settings.view",
        answers={200: page(ShownAuditEntry)},
    ),
    *(
        Operation(
            id=id_,
            method="get",
            path=path,
            function="manage_subscription",
            summary="Show what is used of the limits in this cycle",
            tag="Settings",
            permission="billing.view",
            answers={200: Shape(SubscriptionBody)},
        )
        for id_, path in (("view_usage", "/usage"), ("view_subscription", "/subscription"))
    ),
    Operation(
        id="change_subscription",
        method="put",
        path="/subscription",
        function="manage_subscription",
        summary="Want other limits",
        tag="Settings",
        permission="billing.update",
        body=request(SubscriptionRequest),
        answers={200: Shape(SubscriptionBody)},
    ),
    Operation(
        id="view_real_estate_api",
        method="get",
        path="/integrations/real-estate-api",
        function=_FUNCTION,
        summary="Show how the Real Estate API is reached",
        tag="Settings",
        permission="integrations.view",
        answers={200: Shape(RealEstateIntegration)},
        codes=("not_found",),
        has_tag=True,
    ),
    Operation(
        id="replace_real_estate_api",
        method="put",
        path="/integrations/real-estate-api",
        function=_FUNCTION,
        summary="Say how the Real Estate API is reached",
        tag="Settings",
        permission="integrations.update",
        body=request(RealEstateApiForm),
        answers={200: Shape(RealEstateIntegration)},
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="remove_real_estate_api",
        method="delete",
        path="/integrations/real-estate-api",
        function=_FUNCTION,
        summary="Forget the Real Estate API",
        tag="Settings",
        permission="integrations.delete",
        answers={204: None},
        codes=("not_found", "in_use"),
        has_version=True,
    ),
)
