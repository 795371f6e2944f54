"""The published course: every notebook run, then built into pages that need neither a kernel nor a network.

`run` executes and remembers, `explorers` turns widgets into what a page can show by itself, `figures` gives pictures
their words, `mathml` writes formulas, `cards` lists the notebooks on the home page, `api` the modules, `gallery` the
schedules; `sheets` makes the cheat sheets, `talk` the slides; `weight` takes away what no page shows; `pages` puts all
of it together for Sphinx, which is set up by docs/site/conf.py. tools/build_site.py is the command.
"""
