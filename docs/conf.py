"""How Sphinx builds these pages: ``make docs``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The gallery trains networks on one core, without TensorFlow's messages in its output.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

from docutils import nodes

from skaffect._quiet import quiet_tensorflow

quiet_tensorflow()

import skaffect

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS))

from _mathml import visit_block, visit_inline
from _reference import describe_constant, write_reference

project = "skaffect"
author = "The skaffect developers"
project_copyright = author
version = release = skaffect.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "sphinx_gallery.gen_gallery",
]
root_doc = "index"
templates_path = ["_templates"]
exclude_patterns = ["_build", "contributing.md"]  # the latter is included by about/
default_role = "code"
myst_heading_anchors = 3

extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}

autosummary_generate = True
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"  # docstrings say the types, with shapes and units
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True  # the names of long constants, not what they hold
numpydoc_show_class_members = False  # the class template lists them
numpydoc_attributes_as_param_list = True

# Every reference must lead somewhere. Those to other projects cannot be looked up without
# a network: they stay plain text.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(sklearn|numpy|pandas|keras|matplotlib|scipy|joblib|collections)\..*"),
]

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/plot_",
    "ignore_pattern": r"(^|/)(?!plot_)[^/]*\.py$",  # programs, not stories
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "reference_url": {"skaffect": None},
    "doc_module": ("skaffect",),
    "inspect_global_variables": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "download_all_examples": False,
}

html_theme = "pydata_sphinx_theme"
html_math_renderer = "mathml"
html_sidebars = {"getting_started": [], "faq": []}  # pages without others below them
html_title = "skaffect"
html_static_path = ["_static"]
html_css_files = ["skaffect.css"]
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": False,
    "navbar_align": "left",
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
}


def skip_foreign(app, kind, name, member, skip, options):
    """Leave out members that other libraries define: their docstrings link to their own pages."""
    module = getattr(getattr(member, "fget", member), "__module__", None) or ""
    return True if not module.startswith("skaffect") else None


def break_after_slashes(app, doctree):
    """Let wide columns of tables break: browsers keep what stands around a slash on one line."""
    for head in doctree.findall(nodes.thead):
        for text in list(head.findall(nodes.Text)):
            text.parent.replace(text, nodes.Text(text.replace("/", "/\u200b")))


def write_generated(app, config):
    """Write the reference before Sphinx looks for pages."""
    write_reference(DOCS / "reference")


def setup(app):
    """Hook the functions above into the build."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("config-inited", write_generated)
    app.connect("autodoc-process-docstring", describe_constant, priority=100)  # before numpydoc
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("doctree-read", break_after_slashes)
