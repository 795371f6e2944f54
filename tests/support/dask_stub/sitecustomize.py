"""On the path of a Dask worker of the tests, this puts `stub.py` in the place of lrlab's task."""

import importlib.util
import sys
from pathlib import Path


class Replace:
    def find_spec(self, name, path=None, target=None):
        if name == "lrlab.grading.batch.dask_task":
            return importlib.util.spec_from_file_location(name, Path(__file__).with_name("stub.py"))
        return None


sys.meta_path.insert(0, Replace())
