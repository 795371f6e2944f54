"""nbgrader's configuration for this course: run nbgrader's commands, or JupyterLab with formgrader, from this folder.

nbgrader generate_assignment UNIT --force    write assignments/UNIT and enter it in the gradebook
nbgrader autograde UNIT                      grade submitted/STUDENT/UNIT/UNIT.ipynb
nbgrader generate_feedback UNIT              a page for each student in feedback/
nbgrader export                              all scores in grades.csv, as `lrlab export` writes them
"""

from lrlab.grading.startup import PAGES, put_own_scripts_first
from lrlab.units import FILES

put_own_scripts_first()

c = get_config()

c.CourseDirectory.course_id = "lrlab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
# nbgrader hands every file beside an instructor's notebook on to the students, except these.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", *FILES]

c.ClearSolutions.code_stub = {
    "python": """# Put your code here, in place of these two lines.\nraise NotImplementedError("not attempted yet")"""
}
c.ClearSolutions.text_stub = "*Put your answer here: double-click, write in place of this line, run the cell.*"

c.ExportApp.plugin_class = "lrlab.grading.batch.exporters.NbgraderExport"

# `nbgrader zip_collect`: names as Moodle and Canvas make them, and limits on what a zip unpacks to.
c.ZipCollectApp.extractor_plugin = "lrlab.grading.submission.zip_files.Extractor"
c.ZipCollectApp.collector_plugin = "lrlab.grading.submission.zip_files.Collector"

# What was submitted is data from other people. By name, so that formgrader can show this configuration.
c.Autograde.exporter_class = "lrlab.grading.submission.notebook.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "lrlab.grading.submission.restore_cells.RestoreCells",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "lrlab.grading.scoring.preprocessor.Judge",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "lrlab.grading.scoring.save_grades.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

c.ExecutePreprocessor.kernel_name = "python3"
c.ExecutePreprocessor.timeout = 60  # seconds for one cell; a check of this course takes milliseconds
# A graded kernel holds nothing worth a polite goodbye, which takes nbclient over a second.
c.ExecutePreprocessor.shutdown_kernel = "immediate"

# Off: formgrader would show all of the configuration, with the gradebook's address, and warns that it can't.
c.FormgradeExtension.debug = False

# What a submission shows must not run as a script in a grader's or a student's browser.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.preprocessors = ["lrlab.grading.submission.feedback_html.KeepInertContent"]
c.HTMLExporter.filters = {
    "ansi2html": "lrlab.grading.submission.feedback_html.ansi2html",
    "highlight_code": "lrlab.grading.submission.feedback_html.highlight_code",
    "clean_html": "lrlab.grading.submission.feedback_html.clean_html",
    "markdown2html": "lrlab.grading.submission.feedback_html.markdown2html",
    "without_mathjax": "lrlab.grading.submission.feedback_html.without_mathjax",
}
# formgrader's page for a submission, and the page that goes back to a student.
c.HTMLExporter.template_file = "formgrader.html.j2"
c.HTMLExporter.extra_template_paths = [PAGES]
c.GenerateFeedback.exporter_class = "lrlab.grading.submission.feedback_page.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "lrlab.grading.submission.feedback_page.ShowScores",
    "lrlab.grading.submission.feedback_html.HideInstructorText",
]
c.FeedbackExporter.template_file = "feedback.html.j2"
c.FeedbackExporter.extra_template_paths = [PAGES]
