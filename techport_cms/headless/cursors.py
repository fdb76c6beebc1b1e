"""Cursors: opaque to their reader, and ours, since they are signed."""

import base64
import binascii
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer


def seal(scope: str, position: Any) -> str:
    """The same position always makes the same cursor. `position` is anything that JSON holds;
    a cursor of one scope ("list", "changes") is none of another."""
    signed = _signer(scope).sign(json.dumps(position, cls=DjangoJSONEncoder, separators=(",", ":")))
    return base64.urlsafe_b64encode(signed.encode()).decode().rstrip("=")


def unseal(scope: str, cursor: str) -> Any:
    """Raises ValueError for what is none of ours."""
    try:
        signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return json.loads(_signer(scope).unsign(signed))
    except (ValueError, binascii.Error, BadSignature) as error:
        raise ValueError("is none that this API has given") from error


def _signer(scope: str) -> Signer:
    return Signer(salt=f"techport_headless.cursor.{scope}")
