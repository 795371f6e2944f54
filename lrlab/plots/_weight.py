"""How much of a figure an SVG holds as lines and marks: thousands of points are pixels in it instead."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection, PathCollection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

MOST = 3_000  # points of a figure, some 25 bytes each
MARK = 3  # points that a mark weighs


def lighten(figure: Figure) -> None:
    """Have the heaviest lines and clouds of points of ``figure`` drawn as pixels, until the others are light enough."""
    artists = [artist for ax in figure.axes for artist in (*ax.lines, *ax.collections)]
    points = sorted(((_points(artist), at, artist) for at, artist in enumerate(artists)), reverse=True)
    total = sum(count for count, _, _ in points)
    for count, _, artist in points:
        if total <= MOST:
            break
        artist.set_rasterized(True)
        total -= count


def _points(artist: Artist) -> int:
    """Return about how many points SVG writes for ``artist``."""
    if isinstance(artist, Line2D):
        marks = (
            MARK * len(np.asarray(artist.get_xydata()))
            if artist.get_marker() not in ("None", "none", None, "", " ")
            else 0
        )
        if artist.get_linestyle() == "None":
            return marks
        # Points on a straight line between their neighbours don't count, because SVG leaves them out.
        return marks + len(np.asarray(artist.get_path().cleaned(artist.get_transform(), simplify=True).vertices))
    if isinstance(artist, QuadMesh):
        return 4 * np.size(np.asarray(artist.get_array()))
    if isinstance(artist, PathCollection):
        return MARK * len(np.asarray(artist.get_offsets()))
    return sum(len(np.asarray(path.vertices)) for path in artist.get_paths()) if isinstance(artist, Collection) else 0
