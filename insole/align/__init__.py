"""One clock and one grid: from samples of several devices to one ForceTable."""
