"""The part of a course's configuration that grading reads, as plain data without an address or a folder of the course.

The gradebook's address may have a password in it, and other sections those of other services, so only sections of the
classes that grade a submission are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbgrader.converters import Autograde
from traitlets import Type
from traitlets.config import Config, Configurable
from traitlets.utils.importstring import import_item

from lrlab.grading.batch.course import CONFIG
from lrlab.grading.batch.errors import ConfigurationError

OWN = ("root", "db_url")  # of CourseDirectory, beside its folders: they differ on each machine
FOLDER = "_directory"


def portable_config(config: Config) -> dict[str, dict[str, Any]]:
    """Return the sections that grading a submission reads, in JSON's types.

    Raises:
        ConfigurationError: an option there can't be written as JSON.
    """
    sections: dict[str, dict[str, Any]] = {}
    queue: list[Any] = [Autograde]
    seen: set[str] = set()
    while queue:
        for each in queue.pop().__mro__:
            name = each.__name__
            if name in seen or not issubclass(each, Configurable) or name == "LoggingConfigurable":
                continue
            seen.add(name)
            traits = (t for t in each.class_own_traits().values() if isinstance(t, Type))
            queue += [cls for trait in traits if (cls := _class(trait.default_value)) is not None]
            if name in config:
                sections[name] = {key: _plain(f"c.{name}.{key}", value) for key, value in config[name].items()}
                queue += [cls for value in sections[name].values() for cls in _classes(value)]
    own = {key: value for key, value in config.CourseDirectory.items() if key not in OWN and not key.endswith(FOLDER)}
    sections["CourseDirectory"] = {key: _plain(f"c.CourseDirectory.{key}", value) for key, value in own.items()}
    return sections


def _classes(value: Any) -> list[type]:
    """Return the classes that an option names."""
    if isinstance(value, list):
        return [cls for each in value for cls in _classes(each)]
    cls = _class(value)
    return [cls] if cls is not None else []


def _class(value: Any) -> type | None:
    try:
        named = import_item(value) if isinstance(value, str) and "." in value.strip(".") else value
    except Exception:  # a text that only looks like a class's name
        return None
    return named if isinstance(named, type) and issubclass(named, Configurable) else None


def _plain(where: str, value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(where, each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(where, each) for key, each in value.items()}
    name = f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"
    try:
        if import_item(name) is value:
            return name
    except Exception:
        pass
    raise ConfigurationError(
        f"{where} in {CONFIG} must be text, numbers, or the import path of a class, to grade on other machines; it is "
        f"{type(value).__name__}"
    )
