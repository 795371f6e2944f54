"""lrlab: learning rates over time, as objects to read, plot and train with.

Importing the package loads nothing heavy. Import the module you need::

    from lrlab import schedules            # the formulas, on numpy alone
    from lrlab import data, models, train  # MNIST and the training loop, on torch
    from lrlab import experiments, plots   # comparisons over seeds, and pictures of them
    from lrlab import explorers            # pictures that follow a slider
"""

__version__ = "0.1.0"
