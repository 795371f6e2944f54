"""What a student does with each explorer in JupyterLab. Each module has its notebook's CELLS, and `play(lab, page)`."""
