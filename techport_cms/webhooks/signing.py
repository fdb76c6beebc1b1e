"""Secrets and signatures, as Standard Webhooks has them: https://www.standardwebhooks.com/

A secret must be known to sign with, so it cannot be hashed. It is stored encrypted (Fernet) with
a key made from SECRET_KEY: a copy of the database alone signs nothing.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from standardwebhooks.webhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification asks for 24 to 64


class LostSecretError(Exception):
    """The secret was encrypted with a SECRET_KEY that is neither the present nor a fallback one."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises LostSecretError."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise LostSecretError from None


def sign(webhook_id: str, at: datetime, body: str, used: Iterable[str]) -> dict[str, str]:
    """The headers of a message, signed with each of these secrets (two while one replaces the other)."""
    at = at.astimezone(UTC)  # the library takes the clock's time for that of UTC
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(webhook_id, at, body) for secret in used),
    }


def encode(payload: dict[str, Any]) -> str:
    """The JSON that is signed and sent, byte for byte."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _box() -> MultiFernet:
    """Encrypts with SECRET_KEY, decrypts with SECRET_KEY_FALLBACKS too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    # The name keeps it apart from every other use of SECRET_KEY. The key is random, so one round does.
    digest = hashlib.sha256(b"techport_webhooks.signing:" + key.encode()).digest()
    return base64.urlsafe_b64encode(digest)
