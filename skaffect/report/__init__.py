"""What shows results: tables."""

from skaffect.report._recall import PAPER_TABLE_III, FoldAnswers, RecallRow, recall_rows
from skaffect.report._tables import markdown_table

__all__ = ["PAPER_TABLE_III", "FoldAnswers", "RecallRow", "markdown_table", "recall_rows"]
