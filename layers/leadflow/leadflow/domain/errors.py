"""The closed tree of faults and refusals.

    LeadflowError
    ├── Refusal                  the caller's request cannot be granted; has a status and a code
    │   ├── Unauthorized         401 unauthorized
    │   ├── Forbidden            403 forbidden: names the missing permission
    │   ├── NotFound             404 not_found
    │   ├── Conflict             409 with one of the codes of `product.md` 24.4
    │   ├── PreconditionFailed   412 precondition_failed
    │   ├── MalformedRequest     400 malformed_json
    │   ├── PayloadTooLarge      413 payload_too_large
    │   ├── Unprocessable        422 with one of the codes of `product.md` 24.4
    │   │   └── ValidationFailed 422 validation_failed: field path -> messages
    │   │       └── IncompleteAddress 422 incomplete_address: each missing field -> messages
    │   └── RateLimited          429 rate_limited
    └── Fault                    the world failed; nothing the caller did
        ├── TransientFault       throttled, contended or out of reach: may succeed later
        └── CorruptState         an invariant does not hold; never retried

The names of faults are the only ones that a state machine's `Retry` and `Catch` may use.
"""

from collections.abc import Mapping, Sequence

Errors = Mapping[str, Sequence[str]]
"""Field path -> messages, all invalid fields together."""


class LeadflowError(Exception):
    """Root of every error that Leadflow raises itself."""


class Refusal(LeadflowError):
    """A request that is understood and refused; nothing was changed."""

    status = 400
    code = "bad_request"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code


class Unauthorized(Refusal):
    """No or wrong credentials."""

    status, code = 401, "unauthorized"

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class Forbidden(Refusal):
    """Authenticated, but the role lacks the named permission."""

    status, code = 403, "forbidden"

    def __init__(self, permission: str) -> None:
        super().__init__(f"This needs the permission {permission}.")
        self.permission = permission


class NotFound(Refusal):
    """No such object for this caller; another tenant's looks the same as none."""

    status, code = 404, "not_found"

    def __init__(self, detail: str = "There is no such resource.") -> None:
        super().__init__(detail)


class Conflict(Refusal):
    """The state of an object forbids the request."""

    status, code = 409, "conflict"


class PreconditionFailed(Refusal):
    """`If-Match` does not match the `ETag`."""

    status, code = 412, "precondition_failed"

    def __init__(self) -> None:
        super().__init__("The resource has changed since it was read; read it again.")


class MalformedRequest(Refusal):
    """The body is not JSON, or not an object."""

    status, code = 400, "malformed_json"


class PayloadTooLarge(Refusal):
    """The body is over the size limit."""

    status, code = 413, "payload_too_large"


class Unprocessable(Refusal):
    """Understood, but not acceptable."""

    status, code = 422, "unprocessable"


class ValidationFailed(Unprocessable):
    """Invalid members, all reported together."""

    code = "validation_failed"

    def __init__(self, errors: Errors, detail: str = "The given data was invalid.") -> None:
        super().__init__(detail)
        self.errors = errors


class IncompleteAddress(ValidationFailed):
    """The lead's address cannot be asked about; names each missing field."""

    code = "incomplete_address"

    def __init__(self, missing: Sequence[str]) -> None:
        errors = {title: ["The field is needed to look the property up."] for title in missing}
        super().__init__(errors, "The address of the lead is not complete.")


class TiersOverlap(ValidationFailed):
    """A return tier's bounds reach into those of another one, which is named."""

    code = "tiers_overlap"

    def __init__(self, other: str) -> None:
        told = f"The bounds overlap those of the tier {other}."
        super().__init__({end: [told] for end in ("lower_percentage", "upper_percentage")}, told)


class RateLimited(Refusal):
    """Too many requests; `retry_after_seconds` says when to come back."""

    status, code = 429, "rate_limited"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("Too many requests.")
        self.retry_after_seconds = retry_after_seconds


class Fault(LeadflowError):
    """Something outside the caller's power failed."""


class TransientFault(Fault):
    """Throttling, a conflict or a lost connection: the same call may succeed later."""


class CorruptState(Fault):
    """Stored data break an invariant; a person has to look."""
