"""One module a unit: how each of its answers is called (`ADAPTERS`). Students have these; no right value is in them."""
