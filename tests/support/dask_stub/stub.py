"""A task that grades nothing: it returns a made result, or what a hostile worker would. LRLAB_STUB says which."""

import os
import pickle
import time

from distributed import get_worker
from support.fake_place import DONE, result

from lrlab.grading.batch.messages import Broken, Outcome, decode, encode


class Hostile(Exception):
    """Whatever unpickles it makes the files that LRLAB_MARKS lists, unless it is one of the cluster's own processes."""

    def __reduce__(self):
        touch = "; ".join(f"touch {path}" for path in os.environ["LRLAB_MARKS"].split(":"))
        return os.system, (f'test -n "$LRLAB_STUB" || {{ {touch}; }}',)


def grade(settings, key, wanted, parcel):
    behaviour = os.environ["LRLAB_STUB"]
    address = get_worker().address
    given = decode(parcel)
    if behaviour == "result":
        return Hostile()
    if behaviour == "exception":
        raise Hostile()
    if behaviour == "warning":
        get_worker().log_event("warn", {"message": pickle.dumps(Hostile()), "category": pickle.dumps(Hostile())})
    if behaviour == "unfit":
        return address, encode(Broken("it has torch 1.0 (here 2.13.0)")).decode()
    time.sleep(0.3)
    done = DONE | {"result": result(1.0)}
    return address, encode(Outcome(given.student, given.digest, done, given.files)).decode()
