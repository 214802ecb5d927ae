"""Create, read, change and archive any plain resource."""

from dataclasses import dataclass

from leadflow.application.configuration_ports import AuditEntry, BidsOfType
from leadflow.application.manage_configuration.changes import Changes
from leadflow.application.manage_configuration.desk import Desk, Edit, Shown, ToldSecrets
from leadflow.application.manage_configuration.resources import resource_of
from leadflow.application.manage_configuration.source_credentials import rotated
from leadflow.application.manage_configuration.sources import SOURCES
from leadflow.application.manage_configuration.webhooks import WEBHOOKS, rotated_webhook
from leadflow.application.ports import Page, Window
from leadflow.application.requests import VersionCheck
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.principals import UserPrincipal


@dataclass(frozen=True, kw_only=True)
class ManageConfiguration:
    """The action with its ports. Collections are those of `resources.py`, else `NotFound`."""

    changes: Changes
    bids: BidsOfType

    def show(self, user: UserPrincipal, collection: str, object_id: str) -> Shown:
        """One object, archived ones included. Raises `NotFound`."""
        return resource_of(collection).shown(object_id, self.changes.current(user))

    def page(self, user: UserPrincipal, collection: str, window: Window) -> Page[Shown]:
        """Live objects, newest first; the position is the id of the last one shown."""
        configuration, resource = self.changes.current(user), resource_of(collection)
        wanted = sorted(
            (
                one.id
                for one in resource.live(configuration)
                if window.position is None or one.id < window.position
            ),
            reverse=True,
        )
        part = wanted[: window.limit]
        shown = [resource.shown(one, configuration) for one in part]
        return Page(shown, part[-1] if len(wanted) > len(part) else None)

    def create(
        self, user: UserPrincipal, collection: str, body: JsonObject
    ) -> tuple[Shown, ToldSecrets | None]:
        """Store a new object; the secrets of a source or a webhook are told this once."""
        resource = resource_of(collection)
        edit = self.changes.make(user, lambda desk: resource.create(body, desk))
        return self.show(user, collection, edit.id), edit.secrets

    def change(
        self,
        user: UserPrincipal,
        collection: str,
        object_id: str,
        patch: JsonObject,
        check: VersionCheck,
    ) -> Shown:
        """Store an object with some members replaced, after the rules have seen it as a whole."""
        resource = resource_of(collection)
        self.changes.make(user, lambda desk: resource.change(object_id, patch, check, desk))
        return self.show(user, collection, object_id)

    def archive(
        self, user: UserPrincipal, collection: str, object_id: str, check: VersionCheck
    ) -> None:
        """Archive an object. The bids of a lead type follow; asking again makes up leeway."""
        resource = resource_of(collection)
        edit = self.changes.make(user, lambda desk: resource.archive(object_id, check, desk))
        for lead_type_id in edit.retired_types:
            self.bids.archive(user.tenant_id, lead_type_id)

    def rotate_credentials(
        self, user: UserPrincipal, source_id: str, check: VersionCheck
    ) -> tuple[Shown, ToldSecrets | None]:
        """New credentials of a source, told this once."""

        def decide(desk: Desk) -> Edit:
            source = SOURCES.get(source_id, desk.configuration)
            check(source.version)
            return rotated(source, desk)

        edit = self.changes.make(user, decide)
        return self.show(user, SOURCES.kind, source_id), edit.secrets

    def rotate_webhook_secret(
        self, user: UserPrincipal, webhook_id: str, check: VersionCheck
    ) -> tuple[Shown, ToldSecrets | None]:
        """A new signing secret of a webhook, told this once."""

        def decide(desk: Desk) -> Edit:
            webhook = WEBHOOKS.get(webhook_id, desk.configuration)
            check(webhook.version)
            return rotated_webhook(webhook, desk)

        edit = self.changes.make(user, decide)
        return self.show(user, WEBHOOKS.kind, webhook_id), edit.secrets

    def audit_log(self, user: UserPrincipal, window: Window) -> Page[AuditEntry]:
        """Who changed what, newest first."""
        return self.changes.store.audit_log(user.tenant_id, window)
