"""Regions in, `Measured` numbers out."""
