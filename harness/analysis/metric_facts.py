"""What the analysis must know of a metric and records do not hold: the only module of this room that names metrics.

A record's `metrics` give unit, direction and worst value, and its scores their details; these lists decide everything
else. Add a metric of your own here if its values should decide which answers are right, or answer one of the needs.
"""

from collections.abc import Mapping
from typing import Final

RIGHT_FROM: Final[Mapping[str, float]] = {
    "fact_coverage": 1.0,
    "json_equality": 1.0,
    "number_equality": 1.0,
    "accuracy": 1.0,
    "exact_match": 1.0,
    "token_f1": 0.5,
}
"""metric -> value from which an answer counts as right; the first one that decides most answers is taken. Metrics of
likeness (ROUGE, chrF) are not here: no value of theirs divides right from wrong."""
FORM_SENSITIVE: Final = frozenset({"exact_match", "token_f1"})
"""metrics for which the right content in another form is wrong; fact coverage looks for content alone"""
LENIENT: Final = frozenset({"token_f1"})
"""metrics that call an answer right that has a wrong name or number in a right sentence"""
QUALITY: Final = ("accuracy", "json_equality", "number_equality", "exact_match", "fact_coverage", "token_f1", "rouge_l")
"""metrics by which answers are called wrong where risk is measured: the first that a comparison has"""
UNSUPPORTED_CLAIMS: Final = "fabrication"
"""the metric that marks answers with a claim that the gold evidence does not support"""

LABELS: Final = ("accuracy", "macro_f1")
"""of answers that are labels; the first page shows both"""
FACTS: Final = (
    *LABELS,
    "json_equality",
    "number_equality",
    "fact_coverage",
    "exact_match",
    "ragas_answer_correctness",
    "faithfulness",
    "token_f1",
)
"""of the need for right content, best first; likeness of words counts only where nothing looks at the content itself"""
SHORT_ANSWERS: Final = (*(name for name in FACTS if name != "faithfulness"), "rouge_l", "chrf")
"""the same where no evidence is known and references are short"""
LONG_ANSWERS: Final = ("json_equality", "fact_coverage", "ragas_answer_correctness", "token_f1", "rouge_l", "chrf")
"""the same where references are long: hardly any answer equals one of them"""
LIKENESS: Final = ("token_f1", "rouge_l", "chrf")
"""of these, the ones by which an answer is like a reference and not right"""
SUPPORT: Final = ("faithfulness",)
"""of the need for claims that documents support"""
WORDING: Final = ("chrf", "rouge_l")
STYLE: Final = ("style_match", "style_embedding", *WORDING)
"""of the need for the references' style; likeness of wording only where no metric looks at style alone"""
REFUSALS: Final = ("abstention", "judged_abstention")
"""of the need for right refusals"""
BESIDE: Final[Mapping[str, str]] = {"faithfulness": "hallucination_rate"}
"""metric -> one that stands beside it on the first page and decides nothing"""
CHECKING_CLAIMS: Final = ("faithfulness", "hallucination_rate", "groundedness")
"""metrics that are read against what the references get by the same judge"""
OF_EVIDENCE: Final = ("faithfulness", "hallucination_rate", "fabrication", "mrr")
"""metrics without a value where no evidence is known"""
EXPLAINING: Final = (
    "groundedness",
    "hallucination_rate",
    "fabrication",
    "mrr",
    "ragas_context_precision",
    "ragas_context_recall",
    "citation_recall",
    "citation_precision",
    "training_row_support",
)
"""shipped metrics that explain a result and decide nothing by themselves"""
EXPLAINING_PREFIXES: Final = ("recall@",)
"""how the names of further ones begin"""
