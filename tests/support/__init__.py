"""What tests share: made courses and results, a JupyterLab to drive, and how a run of tests is told."""
