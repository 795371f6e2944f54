"""Experiments: each holds all fixed but one thing, takes seeds, and returns a frozen result."""

from lrlab.experiments.cache import forget
from lrlab.experiments.comparison import Comparison, Paired, Recipe, compare

__all__ = ["Comparison", "Paired", "Recipe", "compare", "forget"]
