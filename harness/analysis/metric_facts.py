"""What the analysis must know of a metric and records do not hold: the only module of this room that names metrics.

A record's `metrics` give unit, direction and worst value; these decide everything else. Add a metric of your own here
if its values should decide which answers are right.
"""

from collections.abc import Mapping
from typing import Final

RIGHT_FROM: Final[Mapping[str, float]] = {"fact_coverage": 1.0, "exact_match": 1.0, "token_f1": 0.5}
"""metric -> value from which an answer counts as right; the first one that decides most answers is taken. Metrics of
likeness (ROUGE, chrF) are not here: no value of theirs divides right from wrong."""
FORM_SENSITIVE: Final = frozenset({"exact_match", "token_f1"})
"""metrics for which the right content in another form is wrong; fact coverage looks for content alone"""
LENIENT: Final = frozenset({"token_f1"})
"""metrics that call an answer right that has a wrong name or number in a right sentence"""
QUALITY: Final = ("exact_match", "fact_coverage", "token_f1", "rouge_l")
"""metrics by which answers are called wrong where risk is measured: the first that a comparison has"""
STYLE_SCALES: Final = frozenset({"style_match", "style_embedding"})
"""metrics whose scores have the parts of an answer's style in their details"""
UNSUPPORTED_CLAIMS: Final = "fabrication"
"""the metric that marks answers with a claim that the gold evidence does not support"""
