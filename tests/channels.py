"""What channels send: tokens, and how they show them."""

from typing import Any

from django.contrib.auth.models import User

from techport_cms.headless.models import ChannelToken


def api_token(*scopes: str, user: User | None = None, **fields: Any) -> str:
    """A channel token with these scopes, as its channel knows it."""
    owner = user or User.objects.get_or_create(username="channel")[0]
    row = ChannelToken(name="App", user=owner, scopes=list(scopes), **fields)
    token = row.replace_token()
    row.save()
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
