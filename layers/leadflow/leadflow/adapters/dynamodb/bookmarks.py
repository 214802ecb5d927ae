"""Where work that takes several calls goes on: one small item each, of the stack, not a tenant."""

from leadflow.adapters.dynamodb.flow_items import BookmarkItem
from leadflow.adapters.dynamodb.store import faults_translated, read

_OPERATIONS = "OPERATIONS"


class DynamoBookmarks:
    """Implements `Bookmarks`; each method is one call."""

    def get(self, name: str) -> str | None:
        """One consistent read."""
        item = read(BookmarkItem, _OPERATIONS, _key(name))
        return str(item.document) if item else None

    def put(self, name: str, text: str) -> None:
        """One put."""
        with faults_translated():
            BookmarkItem(_OPERATIONS, _key(name), document=text).save()


def _key(name: str) -> str:
    return f"BOOKMARK#{name}"
