"""Data and loads of a known size, to measure with."""
