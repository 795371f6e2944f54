"""Experiments: each holds all fixed but one thing, takes seeds, and returns a frozen result."""

from lrlab.experiments.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
