"""Start an import once its file is there: a look at the file's head, then a job (11.9)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.customer_ports import CustomerStore
from leadflow.application.import_leads import check_active, check_order
from leadflow.application.import_ports import Imports, Uploads, upload_key
from leadflow.application.import_tables import uploaded_header
from leadflow.application.job_orders import JobOrders
from leadflow.application.job_ports import Jobs
from leadflow.application.lead_import_steps import ImportWish
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.identifiers import ImportId, TenantId, UserId, is_identifier
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.lead_imports import LeadImport, import_job_id


@dataclass(frozen=True, kw_only=True)
class StartLeadImport:
    """The action with its ports."""

    configuration: ConfigurationReader
    customers: CustomerStore
    imports: Imports
    uploads: Uploads
    jobs: Jobs
    orders: JobOrders
    clock: Clock

    def __call__(self, scope: CallerScope, import_id: str) -> Job:
        """The job of the import, the same however often it is started.

        Raises `NotFound`, `Conflict` when no file was uploaded or the customer is archived, and
        `ValidationFailed` for what is no table, lacks a mapped column, or fits the category no
        more; then nothing is started.
        """
        known = is_identifier("import", import_id)
        found = self.imports.get(scope.tenant_id, ImportId(import_id)) if known else None
        if found is None:
            raise NotFound
        job_id = import_job_id(found.id)
        if self.jobs.get(scope.tenant_id, job_id) is None:
            self._check(scope.tenant_id, found)
        job = Job(
            id=job_id,
            kind=JobKind.LEAD_IMPORT,
            owner=UserId(scope.actor),
            customer_id=found.customer_id,
            wish=ImportWish(import_id=found.id).model_dump(mode="json"),
            created_at=self.clock.now(),
        )
        return self.orders.place(scope.tenant_id, job, None)

    def _check(self, tenant_id: TenantId, lead_import: LeadImport) -> None:
        check_active(existing(self.customers.get(tenant_id, lead_import.customer_id)))
        check_order(self.configuration.current(tenant_id), lead_import)
        key = upload_key(tenant_id, lead_import.id)
        upload = self.uploads.find(key)
        if upload is None:
            raise Conflict(
                "No file was uploaded yet. PUT it to the upload's url, or, once that has expired, "
                "to that of a new import."
            )
        uploaded_header(self.uploads, key, upload, lead_import)
