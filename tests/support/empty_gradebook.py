"""A gradebook with nothing in it, without the second in which nbgrader has alembic say which version it is of."""

from pathlib import Path

from nbgrader.api import Base
from sqlalchemy import create_engine


def empty_gradebook(folder: Path, name: str = "gradebook.db") -> str:
    """Make one in ``folder``; returns its address."""
    address = f"sqlite:///{folder / name}"
    engine = create_engine(address)
    Base.metadata.create_all(engine)
    engine.dispose()
    return address
