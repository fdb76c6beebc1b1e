"""Schemas of keys: of what core.keys makes of them."""

from typing import Any

from django.db import models

from techport_cms.core.schemas import Schema

from .components import INTEGER, TEXT, UUID


def key_schema(field: Any) -> Schema:
    """Of a primary key, or of a foreign key to one."""
    while field.remote_field:
        field = field.target_field
    kinds = ((models.IntegerField, INTEGER), (models.UUIDField, UUID))
    return next((schema for kind, schema in kinds if isinstance(field, kind)), TEXT)
