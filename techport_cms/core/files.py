"""What is told of a file."""

from wagtail.documents.models import AbstractDocument


def size_in_bytes(document: AbstractDocument) -> int | None:
    """The size of its file; None where the file is away.

    Wagtail's own `get_file_size` saves what it finds, so that reading a page would write.
    """
    if document.file_size is not None:
        return document.file_size
    try:
        return document.file.size
    except Exception:  # noqa: BLE001 - each storage raises its own
        return None
