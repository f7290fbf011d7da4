"""What a device is: spec files found, read and checked."""

from insole.spec.load import list_specs, load_spec, parse
from insole.spec.match import Advertisement, match_spec

__all__ = ["Advertisement", "list_specs", "load_spec", "match_spec", "parse"]
