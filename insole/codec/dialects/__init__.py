"""Dialects, one module each, named as in the device files that use them."""
