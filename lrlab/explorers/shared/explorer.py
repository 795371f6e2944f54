"""What all explorers are: a widget whose repr is the call that makes it again, with a still picture beside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NamedTuple

import anywidget

from lrlab.explorers.shared.traits import switch


class Still(NamedTuple):
    """A picture of the explorer as it is now, as the text of an SVG, and what it shows in words."""

    svg: str
    alt: str


class Explorer(anywidget.AnyWidget):
    """A widget whose state is in Python and whose picture is drawn in the page."""

    made_by: ClassVar[Callable[..., Any]]
    """The function of :mod:`lrlab.explorers` that makes one: its arguments are this class's traits."""

    goal_met = switch(False).tag(sync=True)

    def still(self) -> Still:
        """Return what stands in for it on pages without widgets: GitHub, exported HTML."""
        raise NotImplementedError

    def _made_from(self) -> Iterable[str]:
        """Yield what ``repr`` shows of arguments that are no traits."""
        return ()

    def __repr__(self) -> str:
        call = type(self).made_by
        names = [name for name in inspect.signature(call).parameters if self.has_trait(name)]
        shown = [*self._made_from(), *(f"{name}={getattr(self, name)!r}" for name in names)]
        return f"explorers.{call.__name__}({', '.join(shown)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the live widget and its still picture, with its words where nbconvert looks for an image's."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        (data, metadata), (svg, alt) = bundle, self.still()
        return {**data, "image/svg+xml": svg}, {**metadata, "image/svg+xml": {"alt": alt}}
