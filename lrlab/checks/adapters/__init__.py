"""One module a unit: how its answers are called (``ADAPTERS``). Students have these; no right value is in them."""
