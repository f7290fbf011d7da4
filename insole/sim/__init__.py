"""Devices that are not there: a simulated person, simulated sensors, and a link that plays them."""
