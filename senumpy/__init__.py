"""Squeeze-and-Excitation Networks by hand, in NumPy."""
