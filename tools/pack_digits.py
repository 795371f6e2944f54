"""Write the playground's digits, lrlab/explorers/playground/digits.js: the images of scikit-learn, at 8 x 8.

    python tools/pack_digits.py

The training and validation images of :func:`lrlab.data.load`, in its order, in 16 grey levels: two pixels a byte,
and deflated.
"""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parent.parent / "lrlab" / "explorers" / "playground" / "digits.js"


def packed() -> str:
    """Return the text of the file."""
    from sklearn.datasets import load_digits

    from lrlab import data

    bunch = load_digits()
    order = data.digits_order(bunch.target)
    kept = [*order["train"].tolist(), *order["val"].tolist()]
    levels = np.round(bunch.data[kept] * 15 / 16).astype(np.uint8)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    pixels = base64.b64encode(
        deflate.compress((levels[:, ::2] * 16 + levels[:, 1::2]).tobytes()) + deflate.flush()
    ).decode()
    labels = "".join(str(label) for label in bunch.target[kept])
    return (
        "// Made by tools/pack_digits.py: 8 x 8 digits, 16 grey levels, two pixels a byte, deflated; their labels.\n\n"
        f'export const DIGITS_PIXELS =\n  "{pixels}";\nexport const DIGITS_LABELS =\n  "{labels}";\n'
    )


if __name__ == "__main__":
    FILE.write_text(packed(), encoding="utf-8", newline="\n")
