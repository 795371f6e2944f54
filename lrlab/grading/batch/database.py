"""The database below a gradebook: SQLite's file, or a PostgreSQL server that several hosts share.

Here are its address, one sentence for whatever keeps it from being used, and a lease: while a run has it, no other run
on any host grades the same unit. SQLite needs no lease, as the journal's lock is beside its file.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
from collections.abc import Callable, Iterator

from nbgrader.api import InvalidEntry
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from lrlab.grading.batch.errors import Busy, GradebookError

LOCK_TIMEOUT = 60  # seconds to wait for another program that writes SQLite's file
# Of PostgreSQL's client: give up on a server that does not answer, and notice one that has gone away.
POSTGRESQL = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
HOLDER = """
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND ((classid::bigint << 32) | objid::bigint) = :key
"""


def is_postgresql(url: str) -> bool:
    return url.startswith(("postgresql:", "postgresql+"))


def address(url: str) -> str:
    """Return the address to connect to: ``url`` with time limits, where it has none of its own."""
    if url.startswith("sqlite:///"):
        return f"{url}{'&' if '?' in url else '?'}timeout={LOCK_TIMEOUT}"
    if is_postgresql(url):
        given = make_url(url)
        return given.update_query_dict(POSTGRESQL | dict(given.query)).render_as_string(hide_password=False)
    return url


def shown(url: str) -> str:
    """Return a gradebook's address as a person may see it: the path of a file, or an address without its password."""
    if url.startswith("sqlite:///"):
        return url.removeprefix("sqlite:///")
    try:
        return make_url(url).set(query={}).render_as_string()
    except ArgumentError:
        return "at c.CourseDirectory.db_url"


@contextlib.contextmanager
def database_errors(url: str) -> Iterator[None]:
    """Turn errors of the database into GradebookError; two programs that enter the same thing stay IntegrityError.

    Raises:
        GradebookError: the database can't be reached, is locked, damaged or of another version, or its address or
            driver is wrong.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise GradebookError(f"the gradebook {shown(url)} {_what_to_do(url, error)}") from error
    except InvalidEntry as error:  # nbgrader's, for whatever went wrong while it wrote
        cause = error.__context__
        if isinstance(cause, DBAPIError) and not isinstance(cause, IntegrityError):
            raise GradebookError(f"the gradebook {shown(url)} {_what_to_do(url, cause)}") from error
        raise
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        # SQLAlchemy names a driver's module, or the kind of database that it does not know.
        how = "pip install 'lrlab[cluster]'" if is_postgresql(url) else "use sqlite:/// or postgresql://"
        raise GradebookError(f"the gradebook {shown(url)} can't be opened ({error}): {how}") from error
    except ArgumentError as error:
        raise GradebookError(
            "c.CourseDirectory.db_url must be an address such as postgresql://USER@HOST/DATABASE"
        ) from error


def _what_to_do(url: str, error: DBAPIError) -> str:
    message = " ".join(str(error.orig).split())
    if "locked" in message:
        return "is locked by another program: close what uses it (formgrader, another nbgrader), and try again"
    if "no such column" in message or "no such table" in message:
        return "is of another version of nbgrader: `nbgrader db upgrade` converts it, and keeps a copy"
    if "readonly" in message or "unable to open" in message:
        return f"can't be written ({message}): check who owns the file"
    if "malformed" in message or "not a database" in message:
        return f"is damaged ({message}): restore an earlier copy of it"
    if "authentication failed" in message or "no password supplied" in message:
        return f"does not let you in ({message}): check user and password in c.CourseDirectory.db_url, or in ~/.pgpass"
    if "does not exist" in message and isinstance(error, OperationalError):
        return f"is not there ({message}): make it with PostgreSQL's `createdb`"
    if isinstance(error, OperationalError) and not url.startswith("sqlite:"):
        return f"can't be reached ({message}): what was graded is kept, and when it is back, run this again to go on"
    return f"can't be used: {message}"


def try_database(url: str) -> None:
    """Connect once; GradebookError if that fails."""
    with database_errors(url):
        engine = create_engine(address(url), poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))


@contextlib.contextmanager
def lease(url: str, course: str, unit: str) -> Iterator[Callable[[], None]]:
    """Keep other hosts from grading this unit of this course; the server releases it when this process ends.

    It is an advisory lock of a connection that stays open. A pooler in front of PostgreSQL must keep one connection for
    the whole session (PgBouncer: ``pool_mode = session``).

    Yields:
        A function that raises GradebookError if the lease is lost, to be called before anything is entered.

    Raises:
        Busy: another run has it. GradebookError: the database can't be used.
    """
    if not is_postgresql(url):
        yield lambda: None
        return
    key = int.from_bytes(hashlib.sha256(f"lrlab\0{course}\0{unit}".encode()).digest()[:8], "big", signed=True)
    with database_errors(url):
        engine = create_engine(address(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        connection = engine.connect()
    try:
        with database_errors(url):
            me = f"`lrlab grade` on {socket.gethostname()}"[:60]  # PostgreSQL keeps 63 bytes of it
            connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": me})
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                holder = str(connection.scalar(text(HOLDER), {"key": key}) or "another `lrlab grade`")
                raise Busy(f"{unit} is being graded by {holder}: wait for it, or end it")
        yield lambda: _check(url, connection)
    finally:
        with contextlib.suppress(DBAPIError):
            connection.close()


def _check(url: str, connection: Connection) -> None:
    why = ""
    try:
        if not connection.invalidated:  # or SQLAlchemy would connect again, without the lock
            connection.execute(text("SELECT 1"))
            return
    except DBAPIError as error:
        why = f" ({' '.join(str(error.orig).split())})"
    raise GradebookError(
        f"the gradebook {shown(url)} ended the connection that keeps other hosts from grading this unit{why}: "
        f"run this again to go on"
    )
