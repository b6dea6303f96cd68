"""What every mail needs of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Post:
    """What every mail needs of the installation: the signing secret, its address, its sender."""

    secret: bytes
    public_url: str
    sender: str

    @property
    def host(self) -> str:
        """Return the host name that Message-IDs end with."""
        return urlsplit(self.public_url).hostname or "localhost"
