"""How Sphinx builds the published course. Run by `make site`, which lays out the notebooks first."""

import os

# The one place that names the public repository: with it, each page has buttons to open its notebook in Binder and to
# see it in the repository. Without it there are none, since they would lead nowhere. Colab has no button: it opens a
# notebook alone, without lrlab and without the files beside it, so the first cell would fail.
REPOSITORY = os.environ.get("LRLAB_REPOSITORY", "").rstrip("/")
BRANCH = os.environ.get("LRLAB_BRANCH", "main")

project = "lrlab"
author = "the lrlab course"
html_title = "Learning rates"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "coursesite.mathml"]
exclude_patterns = ["files/**", "_static/**", "_templates/**"]

# The notebooks come executed (tools/coursesite/run.py), because their widgets have to be made ready for the page.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # the default loads a widget manager from another host
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "strikethrough"]
myst_heading_anchors = 4
myst_update_mathjax = False
html_math_renderer = "mathml"

# The API pages (tools/coursesite/api.py). The docstrings say what the arguments are; other packages have no page here.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(numpy|torch|matplotlib|anywidget)\..*")]
autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False  # what overrides a method without a docstring is described where it comes from
napoleon_numpy_docstring = False
add_module_names = False

html_theme = "sphinx_book_theme"
templates_path = ["_templates"]
html_sidebars = {"**": ["home.html", "icon-links.html", "search-button-field.html", "sbt-sidebar-nav.html"]}
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["site.css", "gallery.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("mount.js", "gallery.js", "code.js")]
html_context = {"default_mode": "auto"}  # light or dark, as the system is
html_copy_source = True
html_sourcelink_suffix = ""
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    "show_toc_level": 2,
    "navbar_persistent": [],  # the search stands at the side, and on narrow pages at the top
    "use_download_button": True,
    "use_fullscreen_button": False,
    "path_to_docs": "",
    "repository_branch": BRANCH,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
if REPOSITORY:
    html_theme_options |= {
        "repository_url": REPOSITORY,
        "use_repository_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        },
    }
