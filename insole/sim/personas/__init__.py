"""Devices that hold a conversation, one module each, named as their device files."""
