"""Signed texts: links and tokens that need no row in the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets

from sos_core.settings import Settings

MAC_BYTES = 18


def load_secret(settings: Settings) -> bytes:
    """Return the installation's signing key; make one in the data folder on first use."""
    given = settings.secret_key.get_secret_value()
    if given:
        return hashlib.sha256(given.encode()).digest()
    path = settings.data_dir / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def sign(secret: bytes, purpose: str, *parts: int | str) -> str:
    """Return ``parts`` joined by dots with a MAC; no part may hold a dot."""
    body = ".".join(str(part) for part in parts)
    if body.count(".") != len(parts) - 1:
        raise ValueError("A signed part may not hold a dot.")
    return f"{body}.{_mac(secret, purpose, body)}"


def verify(secret: bytes, purpose: str, token: str, *, parts: int) -> tuple[str, ...] | None:
    """Return the parts of a token that ``sign`` made for ``purpose``, else None."""
    body, _, mac = token.rpartition(".")
    if not token.isascii() or not hmac.compare_digest(mac, _mac(secret, purpose, body)):
        return None
    found = tuple(body.split("."))
    return found if len(found) == parts else None


def _mac(secret: bytes, purpose: str, body: str) -> str:
    digest = hmac.new(secret, f"{purpose}\0{body}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:MAC_BYTES]).decode()
