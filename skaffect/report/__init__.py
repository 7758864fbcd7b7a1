"""What shows results: tables, and the listening test."""

from skaffect.report._listening import make_listening_test
from skaffect.report._listening_figure import plot_opinion_scores
from skaffect.report._ratings import analyse_ratings
from skaffect.report._recall import PAPER_TABLE_III, FoldAnswers, RecallRow, recall_rows
from skaffect.report._tables import markdown_table

__all__ = [
    "PAPER_TABLE_III",
    "FoldAnswers",
    "RecallRow",
    "analyse_ratings",
    "make_listening_test",
    "markdown_table",
    "plot_opinion_scores",
    "recall_rows",
]
