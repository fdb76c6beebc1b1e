"""What happens to a field of a block in a translation."""

TRANSLATED = "translated"  # the translator writes it
OVERRIDABLE = "overridable"  # comes from the source; the translator may choose another value
SYNCHRONISED = "synchronised"  # comes from the source, and stays so
