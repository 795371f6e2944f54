"""What all explorers are: a widget whose repr is the call that makes it again, with a still picture beside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import anywidget
from traitlets import Unicode

from lrlab.explorers.shared.traits import switch


class Still(NamedTuple):
    """A picture of the explorer as it is now, as the text of an SVG, and what it shows in words."""

    svg: str
    alt: str


class Widget(anywidget.AnyWidget):
    """A widget whose state is in Python and whose picture is drawn in the page."""

    def beside(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return data and metadata that go with it, for pages where no widget can run."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        (data, metadata), (more, about) = bundle, self.beside()
        return {**data, **more}, {**metadata, **about}


class Explorer(Widget):
    """A picture that follows a hand."""

    made_by: ClassVar[Callable[..., Any]]
    """The function of :mod:`lrlab.explorers` that makes one: its arguments are this class's traits."""
    made_from: Sequence[str] = ()
    """What ``repr`` shows of arguments that are no traits."""

    goal_met = switch(False).tag(sync=True)
    _began_with = Unicode("").tag(sync=True)
    """The class of the schedule that the notebook gave, "" for none: the page keeps reached goals by it."""

    def still(self) -> Still:
        """Return what stands in for it on pages without widgets: GitHub, exported HTML."""
        raise NotImplementedError

    def __repr__(self) -> str:
        call = type(self).made_by
        names = [name for name in inspect.signature(call).parameters if self.has_trait(name)]
        shown = [*self.made_from, *(f"{name}={getattr(self, name)!r}" for name in names)]
        return f"explorers.{call.__name__}({', '.join(shown)})"

    def beside(self) -> tuple[dict[str, Any], dict[str, Any]]:
        svg, alt = self.still()
        return {"image/svg+xml": svg}, {"image/svg+xml": {"alt": alt}}  # where nbconvert looks for an image's words
