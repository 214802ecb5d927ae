"""Addresses that may be called."""

from dataclasses import dataclass, field


@dataclass
class PublicAddresses:
    """Implements `Addresses`: HTTPS, and no host that is named here; `asked` are all questions."""

    private: frozenset[str] = frozenset({"127.0.0.1", "localhost"})
    asked: list[str] = field(default_factory=list)

    def mistake(self, url: str) -> str | None:
        self.asked.append(url)
        host = url.removeprefix("https://").partition("/")[0]
        is_fine = url.startswith("https://") and host not in self.private
        return None if is_fine else "The URL must be HTTPS and public."
