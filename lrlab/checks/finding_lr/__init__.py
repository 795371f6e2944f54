"""Unit "finding your learning rate": grids, warm-up, batch size, and a schedule of one's own that is trained with."""

from lrlab.checks.finding_lr._capstone import my_schedule
from lrlab.checks.finding_lr._grids import log_grid, refine
from lrlab.checks.finding_lr._scaling import scaled_lr, with_warmup

EXERCISES = (log_grid, refine, with_warmup, scaled_lr, my_schedule)
