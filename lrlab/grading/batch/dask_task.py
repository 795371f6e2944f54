"""What runs on a Dask worker: a submission goes to a `host` process there, which stays for the next one.

Text goes in and text comes out. The worker's own process never runs anything of a submission; that happens in the
host's sandbox, and the host ends with the worker, or some minutes after the last submission.
"""

from __future__ import annotations

import atexit
import select
import shutil
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from distributed import get_worker

from lrlab.grading.batch.messages import Broken, Hello, Outcome, Parcel, PlaceSettings, Ready, decode, encode
from lrlab.grading.batch.places import LOCAL, POLL_INTERVAL, Lost, Open, Place, command
from lrlab.grading.batch.versions import difference

_idle: list[tuple[str, Place]] = []  # hosts without a submission, with the key of their settings
_lock = threading.Lock()


def grade(settings: str, key: str, wanted: Mapping[str, str], parcel: str) -> tuple[str, str]:
    """Grade one submission.

    Args:
        settings: a line with `PlaceSettings`.
        key: that changes with the settings.
        wanted: the runner's versions.
        parcel: a line with the `Parcel`.

    Returns:
        The worker's address, and a line with an `Outcome`, or with `Broken` if this worker can't grade.
    """
    address = str(get_worker().address)
    if different := difference(wanted):
        return address, encode(Broken(different)).decode()
    try:
        place = _host(settings, key)
        outcome = _ask(place, decode(parcel))
    except Lost as lost:
        return address, encode(Broken(str(lost))).decode()
    with _lock:
        _idle.append((key, place))
    return address, encode(outcome).decode()


def _host(settings: str, key: str) -> Place:
    """Return a host with these settings that is ready; Lost if it can't start."""
    with _lock:
        stale = [place for known, place in _idle if known != key]
        place = next((place for known, place in _idle if known == key), None)
        _idle[:] = [pair for pair in _idle if pair[0] == key and pair[1] is not place]
    for each in stale:
        each.close()
    if place is not None:
        try:
            for _ in place.read():  # it may have ended since
                pass
            return place
        except Lost:
            place.close()
    log = Path(tempfile.mkdtemp(prefix="lrlab-dask-")) / "log"
    place = Place(command(LOCAL), log.parent, log)
    atexit.register(shutil.rmtree, log.parent, ignore_errors=True)
    atexit.register(place.close)
    place.start()
    try:
        while not place.slots:
            for message in _next(place):
                match message:
                    case Hello():
                        place.send(_for_one(settings))
                    case Ready(slots):
                        place.slots = slots
                    case Broken(reason):
                        raise Lost(reason)
    except Lost:
        place.close()
        raise
    return place


def _for_one(settings: str) -> PlaceSettings:
    about: PlaceSettings = decode(settings)
    return PlaceSettings(**{**vars(about), "jobs": 1, "most": 1})


def _ask(place: Place, parcel: Parcel) -> Outcome:
    place.open[parcel.student] = Open(parcel)
    place.send(parcel)
    try:
        while True:
            for message in _next(place):
                if isinstance(message, Outcome) and place.take(message):
                    return message
                if isinstance(message, Broken):
                    raise Lost(message.reason)
    except Lost:
        place.close()
        raise


def _next(place: Place) -> list[object]:
    assert place.process is not None
    assert place.process.stdout is not None
    place.check()
    place.flush()
    select.select([place.process.stdout], [], [], POLL_INTERVAL)
    return list(place.read())
