"""Many copies of one built-in model trained at once, each with a learning rate of its own.

The copies start from the same weights and see the same batches, so they share the work on the images:

- The parameters of all copies are stacked: the first axis of every tensor is the copy.
- The MLP's first layer, nearly all of its arithmetic, skips what is 0: pixels that have no ink in any image, and where
  ink is rare, as in MNIST, every pixel without ink.
- The CNN's second convolution is a grouped one, on a CPU a few copies at a time: as many as its cache holds.
- An update passes over the stacked parameters as few times as it can: that costs more than its arithmetic.

What comes out is what :func:`lrlab.train.fit` gives for each rate alone, up to rounding. That is coarse where cuDNN is
left to round what goes into a convolution to TF32, as torch lets it (``torch.backends.cudnn.allow_tf32``).
"""

from lrlab.experiments.batched.training import can_train, train

__all__ = ["can_train", "train"]
