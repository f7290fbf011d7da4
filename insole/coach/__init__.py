"""From what is measured, and what is prescribed, to what is said: cues, pain questions, clocks."""
