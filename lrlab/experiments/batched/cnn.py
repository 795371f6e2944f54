"""Copies of the CNN: activations ``(images, copies * channels, height, width)``, channels innermost in memory."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lrlab.data import Dataset
from lrlab.experiments.batched.stack import Images, Stack


class StackedCNN(Stack):
    """The first convolution is a product with what all copies share: each pixel's 3 x 3 neighbourhood, and a 1 for the
    bias. The second is a grouped convolution, one group a copy; it takes half of the time, near what arithmetic allows.
    """

    width = 4  # with many more, the activations of a batch of 64 no longer fit the cache

    @staticmethod
    def parameters(network: nn.Module, ink: Tensor) -> list[Tensor]:
        first, first_bias, second, second_bias, last, last_bias = network.parameters()
        rows = torch.cat([first.flatten(1).T, first_bias[None]])
        # From channel, row, column to row, column, channel, the order in memory.
        last = last.unflatten(1, (16, 7, 7)).permute(0, 2, 3, 1).flatten(1)
        return [rows, second, second_bias, last, last_bias[:, None]]

    @staticmethod
    def images(data: Dataset, ink: Tensor) -> tuple[Images, Images]:
        return Neighbourhoods(data.train_images), Neighbourhoods(data.val_images)

    def logits(self, batch: Tensor) -> Tensor:
        rows, weight, bias, last, last_bias = self.stacked
        copies = len(self)
        maps = (batch @ rows.transpose(0, 1).flatten(1)).view(-1, 28, 28, copies * 8).permute(0, 3, 1, 2)
        maps = functional.max_pool2d(maps, 2).relu()  # the ReLU commutes with the pooling, and has less to do after it
        weight = weight.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        maps = functional.conv2d(maps, weight, bias.flatten(), padding=1, groups=copies)
        maps = functional.max_pool2d(maps, 2).relu()
        features = maps.permute(0, 2, 3, 1).unflatten(3, (copies, 16)).permute(3, 0, 1, 2, 4).flatten(2)
        return torch.baddbmm(last_bias, last, features.mT)


class Neighbourhoods:
    """A batch is ``(images * 784, 10)``: the 3 x 3 pixels around each pixel, 0 beyond the edge, and a 1."""

    def __init__(self, images: Tensor) -> None:
        self.pixels = images[:, 0]

    def __len__(self) -> int:
        return len(self.pixels)

    def batch(self, chosen: Tensor, copies: int) -> Tensor:
        some = self.pixels[chosen]
        padded = functional.pad(some, (1, 1, 1, 1))
        shifted = [padded[:, i : i + 28, j : j + 28] for i in range(3) for j in range(3)]
        return torch.stack([*shifted, torch.ones_like(some)], dim=-1).flatten(0, 2)
