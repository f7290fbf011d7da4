"""From measured rows to a report: as a value, as text and as JSON."""
