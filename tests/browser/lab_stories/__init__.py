"""What a student does with each explorer in JupyterLab. Each module has its notebook's CELLS, and `play(lab, page)`."""

from pathlib import Path

# The first lines of a notebook that shows a made-up result: the kernel finds tests/support.
MADE_RESULTS = f"import sys\nsys.path.append({str(Path(__file__).parents[2])!r})\nfrom support.made_results import "
