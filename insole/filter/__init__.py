"""Samples in, samples out: features, filters and heel height."""
