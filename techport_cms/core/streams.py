"""The blocks of many streams, made at once."""

from collections.abc import Callable, Iterable

from wagtail.blocks import Block, ChooserBlock, StreamValue

Place = tuple[StreamValue, int]


def load_blocks(streams: Iterable[StreamValue], wanted: Callable[[Block], bool]) -> None:
    """Make the values of these blocks, as each stream would when it is asked for one of them.

    A stream makes all its blocks of a type at once, so choosers cost a query for each stream; here
    they cost one for each chooser in the definition of the streams.
    """
    places: dict[tuple[int, str], list[Place]] = {}
    for stream in streams:
        for index, raw in enumerate(stream._raw_data):
            if stream._bound_blocks[index] is None:
                places.setdefault((id(stream.stream_block), raw["type"]), []).append((stream, index))
    for (_definition, name), found in places.items():
        block = found[0][0].stream_block.child_blocks[name]
        if wanted(block):
            _load(block, found)


def _load(block: Block, places: list[Place]) -> None:
    stored = [stream._raw_data[index] for stream, index in places]
    values = block.bulk_to_python([raw["value"] for raw in stored])
    for (stream, index), raw, value in zip(places, stored, values, strict=True):
        stream._bound_blocks[index] = StreamValue.StreamChild(block, value, id=raw.get("id"))


def holds(block: Block, kind: type[Block] = ChooserBlock) -> bool:
    """Whether the block is of this kind or has one in it, at any depth."""
    children = [*getattr(block, "child_blocks", {}).values(), getattr(block, "child_block", None)]
    return isinstance(block, kind) or any(holds(child, kind) for child in children if child is not None)
