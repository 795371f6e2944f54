"""Predictions: questions that are answered before a cell is run and compared with the result afterwards."""
