"""How far an arm's own passages support each of its answers: what could be known while it is in use.

No gold answer and no label takes part. The value of `groundedness` would not do for it: by the rule of all metrics it
is worst where an unanswerable question was answered, and so it knows what nobody knows in use.
"""

from collections.abc import Mapping
from statistics import fmean
from typing import Final

from harness.analysis.outcomes import given
from harness.types import JudgedAnswer, Record

NOTHING_KNOWN: Final = -1.0
"""of an answer that claims nothing, or that the judge could not judge: no passage vouches for it"""


def support(record: Record) -> Mapping[str, float]:
    """Return, by example id, the mean support of the claims of each answer given; {} where it cannot rank them.

    That is: for an arm that retrieves nothing, without `groundedness` among the metrics, and for older records, whose
    judge was asked about answers to answerable questions alone.
    """
    judged = {one.example_id: _mean(one) for one in record.judgements if one.evidence_source == "passages"}
    answers = given(record)
    return {example_id: judged[example_id] for example_id in answers} if judged.keys() >= answers else {}


def _mean(answer: JudgedAnswer) -> float:
    claims = [claim.support for claim in answer.claims if claim.verdict != "question"]
    return fmean(claims) if claims and not answer.unjudged else NOTHING_KNOWN
