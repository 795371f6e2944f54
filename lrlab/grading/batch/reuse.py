"""Keep in a process what nbgrader makes again each time: a database's engine, and the validator of its metadata.

nbgrader opens its gradebook some fifteen times for a submission, each time with a new engine that looks at the tables
and compiles every statement, and checks its own schema for each cell. Together that took half of a grader's time. In
a run's processes, which enter one submission after another at the same address, once is enough.
"""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import common
from sqlalchemy import Engine, event
from sqlalchemy.orm import scoped_session, sessionmaker

_engines: dict[str, dict[str, Engine]] = {}  # by address, then by course, as opening a gradebook makes the course
_scratch: set[str] = set()  # addresses
_open = Gradebook.__init__


def keep(url: str, *, scratch: bool = False) -> None:
    """From now on, all gradebooks of this process at this address share an engine.

    They still open a connection each, so the file may be replaced by another gradebook while none is open. What is
    entered in a ``scratch`` one, an SQLite file, never has to outlive this process, so nothing waits for the disk.
    """
    _engines.setdefault(url, {})
    if scratch:
        _scratch.add(url)
    Gradebook.__init__ = _init
    common.jsonschema = _Schemas


@contextlib.contextmanager
def kept(url: str) -> Iterator[None]:
    """``keep`` for a ``with`` block; after it, nbgrader's gradebooks are as before."""
    keep(url)
    try:
        yield
    finally:
        for engine in _engines.pop(url).values():
            engine.dispose()
        if not _engines:
            Gradebook.__init__ = _open
            common.jsonschema = jsonschema


def _init(self: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None) -> None:
    engines = _engines.get(db_url, {})
    if course_id not in engines:
        _open(self, db_url, course_id, authenticator)
        engines[course_id] = self.engine
        if db_url in _scratch:
            event.listen(self.engine, "connect", _do_not_wait)
        return
    self.engine, self.course_id, self.authenticator = engines[course_id], course_id, authenticator
    self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))


def _do_not_wait(connection: Any, _: Any) -> None:
    for pragma in ("synchronous = OFF", "journal_mode = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


class _Schemas:
    """The one function of jsonschema that nbgrader calls; a schema itself is checked once."""

    @staticmethod
    def validate(instance: Any, schema: dict[str, Any]) -> None:
        error = jsonschema.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(instance))
        if error is not None:
            raise error


@functools.cache
def _validator(text: str) -> Any:
    schema = json.loads(text)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
