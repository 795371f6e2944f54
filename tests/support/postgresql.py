"""A PostgreSQL server of the tests' own: on loopback, with its data in a temporary folder, ended with the tests."""

import glob
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from nbgrader.api import Base
from sqlalchemy import create_engine, select, text

UNPRIVILEGED = 65534  # PostgreSQL refuses to run as root


def missing() -> str:
    """Why there can be no server here; empty if there can."""
    if not _programs():
        return "no PostgreSQL server is installed (on Debian: postgresql-15)"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed: pip install 'lrlab[cluster]'"
    return ""


def _programs() -> Path | None:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    if found:
        return Path(found[0])
    path = shutil.which("postgres")
    return Path(path).resolve().parent if path and shutil.which("initdb") else None


class Server:
    """Start it, stop it, and make databases in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lrlab-postgresql-"))
        self.password = secrets.token_hex(8)
        self._as_user = {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []} if os.getuid() == 0 else {}
        (self.folder / "password").write_text(self.password, encoding="ascii")
        if self._as_user:
            os.chown(self.folder, UNPRIVILEGED, UNPRIVILEGED)
            os.chown(self.folder / "password", UNPRIVILEGED, UNPRIVILEGED)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = ["--auth=scram-sha-256", f"--pwfile={self.folder}/password", "--username=lrlab", "--no-sync"]
        self._run("initdb", *options, "--encoding=UTF8", "--locale=C", "-D", f"{self.folder}/data")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        command = [f"{_programs()}/{program}", *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **self._as_user)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        settings = ["fsync=off", "shared_buffers=16MB", "max_connections=60", "unix_socket_directories="]
        command = [f"{_programs()}/postgres", "-D", f"{self.folder}/data", "-h", "127.0.0.1", "-p", str(self.port)]
        for setting in settings:
            command += ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **self._as_user)
        end = time.monotonic() + 60
        while True:
            try:
                self.execute("SELECT 1")
                return
            except Exception:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < end
                time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, with all connections."""
        if self.process is not None:
            self._run("pg_ctl", "stop", "-m", "immediate", "-D", f"{self.folder}/data")
            self.process.wait()
            self.process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://lrlab:{self.password}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def new_database(self, name: str, gradebook: Path | None = None) -> str:
        """Make a database, with all rows of an SQLite gradebook; return its address."""
        self.execute(f"CREATE DATABASE {name}")
        if gradebook is not None:
            source, target = create_engine(f"sqlite:///{gradebook}"), create_engine(self.url(name))
            Base.metadata.create_all(target)
            with source.connect() as old, target.begin() as new:
                for table in Base.metadata.sorted_tables:
                    rows = [dict(row._mapping) for row in old.execute(select(table))]
                    if rows:
                        new.execute(table.insert(), rows)
                version = old.execute(text("SELECT version_num FROM alembic_version")).scalar()
                new.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
                new.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
            source.dispose()
            target.dispose()
        return self.url(name)
