"""The actions on configuration, users and tenants, each with its adapters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container

if TYPE_CHECKING:
    from leadflow.application.authorize_request import AuthorizeRequest
    from leadflow.application.manage_configuration.action import ManageConfiguration
    from leadflow.application.manage_configuration.changes import Changes
    from leadflow.application.manage_configuration.real_estate_api import ManageRealEstateApi
    from leadflow.application.manage_configuration.settings import ManageSettings
    from leadflow.application.manage_configuration.users import ManageUsers
    from leadflow.application.manage_distribution_plan import ManageDistributionPlan
    from leadflow.application.provision_tenant import ProvisionTenant


@cache
def authorize_request() -> AuthorizeRequest:
    """The action behind the authorizer."""
    from leadflow.application.authorize_request import AuthorizeRequest

    return AuthorizeRequest(credentials=container.credentials(), clock=container.clock())


@cache
def configuration_changes() -> Changes:
    """Changes of configuration."""
    from leadflow.application.manage_configuration.changes import Changes

    return Changes(
        store=container.configuration(),
        formats=container.formats(),
        clock=container.clock(),
        ids=container.ids(),
        addresses=container.addresses(),
        secrets=container.secrets(),
    )


@cache
def manage_configuration() -> ManageConfiguration:
    """The actions behind all plain resources."""
    from leadflow.application.manage_configuration.action import ManageConfiguration

    bids = container.bids_of_type()
    return ManageConfiguration(changes=configuration_changes(), bids=bids)


@cache
def manage_settings() -> ManageSettings:
    """The actions behind `/settings`."""
    from leadflow.application.manage_configuration.settings import ManageSettings

    return ManageSettings(changes=configuration_changes())


@cache
def manage_real_estate_api() -> ManageRealEstateApi:
    """The actions behind `/integrations/real-estate-api`."""
    from leadflow.application.manage_configuration.real_estate_api import ManageRealEstateApi

    return ManageRealEstateApi(changes=configuration_changes())


@cache
def manage_users() -> ManageUsers:
    """The actions behind `/users`."""
    from leadflow.application.manage_configuration.users import ManageUsers

    return ManageUsers(
        configuration=container.configuration(),
        users=container.users(),
        customers=container.customers(),
        formats=container.formats(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def manage_distribution_plan() -> ManageDistributionPlan:
    """The actions behind `/distribution-plan`."""
    from leadflow.application.manage_distribution_plan import ManageDistributionPlan

    return ManageDistributionPlan(changes=configuration_changes())


@cache
def provision_tenant() -> ProvisionTenant:
    """The action that creates tenants."""
    from leadflow.application.provision_tenant import ProvisionTenant

    return ProvisionTenant(
        founder=container.configuration(), clock=container.clock(), ids=container.ids()
    )
