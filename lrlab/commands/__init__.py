"""What the longer commands of `lrlab` do."""
