"""What shows results: reports, tables, emotions along time, and the listening test."""

from skaffect.report._listening import make_listening_test
from skaffect.report._listening_figure import plot_opinion_scores
from skaffect.report._protocol_report import protocol_report
from skaffect.report._ratings import analyse_ratings
from skaffect.report._recall import PAPER_TABLE_III, FoldAnswers, RecallRow, recall_rows
from skaffect.report._report import Report
from skaffect.report._tables import markdown_table
from skaffect.report._timeline import EmotionSegment, emotion_timeline
from skaffect.report._timeline_figure import plot_emotion_timeline
from skaffect.report._timeline_files import write_timeline

__all__ = [
    "PAPER_TABLE_III",
    "EmotionSegment",
    "FoldAnswers",
    "RecallRow",
    "Report",
    "analyse_ratings",
    "emotion_timeline",
    "make_listening_test",
    "markdown_table",
    "plot_emotion_timeline",
    "plot_opinion_scores",
    "protocol_report",
    "recall_rows",
    "write_timeline",
]
