"""Copies of the MLP: dense or sparse products with the images, and the backward pass written out."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lrlab.data import Dataset
from lrlab.experiments.batched.stack import Images, Stack

RARE_INK = 0.4  # below this share of nonzero entries a CPU is faster when it skips the zeros


class StackedMLP(Stack):
    """First layer ``(copies, pixels + 1, hidden)``: the last row is the bias, the weight of a pixel always 1."""

    width = 32

    @staticmethod
    def parameters(network: nn.Module, ink: Tensor) -> list[Tensor]:
        first, first_bias, second, second_bias = network.parameters()
        rows = torch.cat([first.T[ink], first_bias[None]])
        return [rows, second, second_bias[:, None]]

    @staticmethod
    def images(data: Dataset, ink: Tensor) -> tuple[Images, Images]:
        some = data.train_images[:1000]
        rare = some.count_nonzero().item() < RARE_INK * len(some) * len(ink)
        kind = SparseImages if rare and some.device.type == "cpu" else DenseImages
        return kind(data.train_images, ink), kind(data.val_images, ink)

    def logits(self, batch: tuple[Tensor | Sparse, Tensor | Sparse]) -> Tensor:
        return TwoLayers.apply(*self.stacked, *batch)


class TwoLayers(torch.autograd.Function):
    """Logits of the MLP. Its backward pass is written out: for some of these products autograd picks an order of axes
    that takes five times as long, and it does not know the sparse ones."""

    @staticmethod
    def forward(ctx: Any, first: Tensor, weight: Tensor, bias: Tensor, images: Any, transposed: Any) -> Tensor:
        hidden = _product(images, first).relu_()
        ctx.save_for_backward(hidden, weight)
        ctx.transposed = transposed
        return torch.baddbmm(bias, weight, hidden.mT)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight = ctx.saved_tensors
        (by_logits,) = gradients
        by_hidden = torch.bmm(by_logits.mT, weight).mul_(hidden > 0)
        by_bias = by_logits.sum(dim=2, keepdim=True)
        return _product(ctx.transposed, by_hidden), torch.bmm(by_logits, hidden), by_bias, None, None


def _product(matrix: Tensor | Sparse, tables: Tensor) -> Tensor:
    """``(m, n)`` times ``(copies, n, hidden)``."""
    return torch.bmm(matrix.expand(len(tables), -1, -1), tables) if isinstance(matrix, Tensor) else matrix @ tables


class DenseImages:
    """The inked pixels and the 1, ``(images, pixels + 1)``."""

    def __init__(self, images: Tensor, ink: Tensor) -> None:
        self.pixels = functional.pad(images.flatten(1)[:, ink], (0, 1), value=1.0)

    def __len__(self) -> int:
        return len(self.pixels)

    def batch(self, chosen: Tensor, copies: int) -> tuple[Tensor, Tensor]:
        some = self.pixels[chosen]
        return some, some.T


class SparseImages:
    """The same matrix as lists of its nonzero entries, image by image."""

    def __init__(self, images: Tensor, ink: Tensor) -> None:
        counts, columns, values = [], [], []
        for part in images.flatten(1).split(4096):  # the lists of positions are four times as large as the images
            part = functional.pad(part[:, ink], (0, 1), value=1.0)
            at = part.nonzero(as_tuple=True)
            counts.append(np.bincount(at[0].numpy(), minlength=len(part)))
            columns.append(at[1].numpy().astype(np.uint16))  # numpy sorts 16 bits by their digits, in no time
            values.append(part[at].numpy())
        self.columns, self.values, self.counts = map(np.concatenate, (columns, values, counts))
        self.starts = self.counts.cumsum() - self.counts
        self.width = len(ink) + 1

    def __len__(self) -> int:
        return len(self.counts)

    def batch(self, chosen: Tensor, copies: int) -> tuple[Sparse, Sparse]:
        """Return the matrix of the chosen images, and its transpose."""
        places = chosen.numpy()
        counts, starts = self.counts[places], self.starts[places]
        ends = counts.cumsum()
        entries = np.repeat(starts - (ends - counts), counts) + np.arange(ends[-1])
        rows, columns, values = np.repeat(np.arange(len(places)), counts), self.columns[entries], self.values[entries]
        by_column = np.argsort(columns, kind="stable")
        widths = np.bincount(columns, minlength=self.width)
        return (
            Sparse(counts, columns, values, self.width, copies),
            Sparse(widths, rows[by_column], values[by_column], len(places), copies),
        )


class Sparse:
    """A matrix with ``width`` columns as the list of its nonzero entries, row by row; ``counts``: how many in each row.

    A row of its product with a table is a sum of weighted rows of the table: that is an embedding bag. The list is
    repeated for each of up to ``copies`` tables, so that one call serves them all.
    """

    def __init__(self, counts: Any, columns: Any, values: Any, width: int, copies: int) -> None:
        self.rows, self.entries = len(counts), len(columns)
        first_rows = torch.arange(copies, dtype=torch.int32)[:, None] * width
        self.indices = (torch.from_numpy(columns.astype(np.int32)) + first_rows).flatten()
        self.values = torch.from_numpy(values).repeat(copies)
        ends = torch.from_numpy(counts).repeat(copies).cumsum(0, dtype=torch.int32)
        self.offsets = functional.pad(ends, (1, 0))

    def __matmul__(self, tables: Tensor) -> Tensor:
        """Tables ``(copies, width, hidden)``; shape ``(copies, rows, hidden)``."""
        copies, entries = len(tables), len(tables) * self.entries
        bags = functional.embedding_bag(
            self.indices[:entries],
            tables.flatten(0, 1),
            self.offsets[: copies * self.rows + 1],
            mode="sum",
            per_sample_weights=self.values[:entries],
            include_last_offset=True,
        )
        return bags.view(copies, self.rows, -1)
