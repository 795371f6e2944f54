"""What runs on a Dask worker: a submission goes to a ``host`` process there, which stays for the next one.

Text goes in and text comes out. The worker's own process never runs anything of a submission; that happens in the
host's sandbox, and the host ends with the worker, or some minutes after the last submission.
"""

from __future__ import annotations

import atexit
import functools
import select
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from distributed import get_worker

from lrlab.grading.batch.messages import Broken, GivenBack, Hello, Outcome, Parcel, Ready, decode, encode
from lrlab.grading.batch.place import LOCAL, Lost, Open, Place
from lrlab.grading.batch.places import command
from lrlab.grading.batch.versions import difference
from lrlab.grading.batch.worker_pool import POLL_INTERVAL

_hosts: list[Place] = []  # all that run
_idle: list[tuple[str, Place]] = []  # hosts without a submission, with the key of their settings
_lock = threading.Lock()


def grade(settings: str, key: str, wanted: Mapping[str, str], parcel: str) -> tuple[str, str]:
    """Grade one submission.

    Args:
        settings: a line with ``PlaceSettings``.
        key: that changes with the settings.
        wanted: the runner's versions.
        parcel: a line with the ``Parcel``.

    Returns:
        The worker's address, and a line with an ``Outcome``, with ``Broken`` if this worker can't grade, or with
        ``GivenBack`` if its host was lost with this submission, which may be the submission's fault.
    """
    address = str(get_worker().address)
    if different := difference(wanted):
        return address, encode(Broken(different)).decode()
    given: Parcel = decode(parcel)
    try:
        place = _host(settings, key)
    except Lost as lost:
        return address, encode(Broken(str(lost))).decode()
    answer: Outcome | Broken | GivenBack
    try:
        answer = _ask(place, given)
    except Lost as lost:
        answer = GivenBack(given.student, given.digest, str(lost))
    if isinstance(answer, Outcome):
        with _lock:
            _idle.append((key, place))
    else:
        _end(place)
    return address, encode(answer).decode()


def _host(settings: str, key: str) -> Place:
    """Return a host with these settings that is ready; Lost if it can't start."""
    with _lock:
        stale = [place for known, place in _idle if known != key]
        place = next((place for known, place in _idle if known == key), None)
        _idle[:] = [pair for pair in _idle if pair[0] == key and pair[1] is not place]
    for each in stale:
        _end(each)
    if place is not None:
        try:
            for _ in place.read():  # it may have ended since
                pass
            return place
        except Lost:
            _end(place)
    file, log = tempfile.mkstemp(prefix="log-", dir=_folder())
    place = Place(command(LOCAL), Path(log).parent, Path(log))
    _hosts.append(place)
    try:
        with open(file, "wb"):
            place.start()
        while not place.slots:
            for message in _next(place):
                match message:
                    case Hello():
                        place.send(replace(decode(settings), jobs=1, most=1))
                    case Ready(slots):
                        place.slots = slots
                    case Broken(reason):
                        raise Lost(reason)
    except Lost:
        _end(place)
        raise
    return place


def _ask(place: Place, parcel: Parcel) -> Outcome | Broken:
    place.open[parcel.student] = Open(parcel)
    place.send(parcel)
    while True:
        for message in _next(place):
            if isinstance(message, Outcome) and place.take(message):
                return message
            if isinstance(message, Broken):
                return message


def _next(place: Place) -> list[object]:
    place.check()
    place.flush()
    select.select([place.output], [], [], POLL_INTERVAL)
    return list(place.read())


@functools.cache
def _folder() -> str:
    """Return the folder of the hosts' logs, which is removed at the end of this process."""
    folder = tempfile.TemporaryDirectory(prefix="lrlab-dask-")

    @atexit.register
    def end() -> None:
        for place in list(_hosts):
            _end(place)
        folder.cleanup()

    return folder.name


def _end(place: Place) -> None:
    place.close()
    place.log.unlink(missing_ok=True)
    with suppress(ValueError):  # ended by another thread
        _hosts.remove(place)
