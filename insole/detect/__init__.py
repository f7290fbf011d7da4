"""Samples in, regions out: which heel is up when, and which heel-ups belong together."""
