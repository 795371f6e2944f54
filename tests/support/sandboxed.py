"""Cells in a sandbox, for tests that look at it from inside; without torch, most of a grader's memory."""

import json

from nbformat.v4 import new_code_cell, new_notebook

from lrlab.grading.scoring.execution import ExecuteSubmission

SECRET = "kept-from-students"


def execute(*cells, folder=None, timeout=60, step=None, **traits):
    """The cells' outputs, as text, after ExecuteSubmission, or `step`, ran them."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    preprocessor = step or ExecuteSubmission(timeout=timeout, **traits)
    done, _ = preprocessor.preprocess(notebook, {"metadata": {"path": str(folder) if folder else None}})
    return [json.dumps(joined(cell.outputs)) for cell in done.cells]


def joined(outputs):
    """With each run of text in one piece: where a kernel cuts it depends on the moment."""
    kept = []
    for output in outputs:
        if kept and output.output_type == kept[-1].output_type == "stream" and output.name == kept[-1].name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept
