"""A worker's scratch gradebook: one unit and no student, in which nbgrader enters one submission after another."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from lrlab.grading.batch.database import address, database_errors


def write_scratch(path: Path, url: str, course: str, unit: str) -> None:
    """Write a gradebook with the unit of the gradebook at ``url``, and no student.

    Raises:
        GradebookError: that gradebook can't be read.
    """
    tables = Base.metadata.tables
    with database_errors(url):
        # Without a pool no connection stays open.
        source, target = (create_engine(each, poolclass=NullPool) for each in (address(url), f"sqlite:///{path}"))
        Base.metadata.create_all(target)
        with source.connect() as old, target.begin() as new:

            def copy_rows(name: str, condition: Any) -> list[Any]:
                rows = [dict(row._mapping) for row in old.execute(select(tables[name]).where(condition))]
                if rows:
                    new.execute(tables[name].insert(), rows)
                return [row["id"] for row in rows]

            copy_rows("course", tables["course"].c.id == course)
            assignments = copy_rows("assignment", tables["assignment"].c.name == unit)
            notebooks = copy_rows("notebook", tables["notebook"].c.assignment_id.in_(assignments))
            copy_rows("source_cell", tables["source_cell"].c.notebook_id.in_(notebooks))
            cells = copy_rows("base_cell", tables["base_cell"].c.notebook_id.in_(notebooks))
            for name in ("grade_cells", "solution_cells", "task_cells"):
                copy_rows(name, tables[name].c.id.in_(cells))


def set_extension(url: str, course: str, unit: str, student: str, seconds: float) -> None:
    """Give a student in a scratch gradebook an extension of so many seconds."""
    with Gradebook(url, course) as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(unit, student, extension=timedelta(seconds=seconds))
