"""Metrics and statistics: right answers, wrong figures."""

from tests.mutations.mutation import Mutation, edited

METRICS, STATISTICS = "metrics", "statistics"

MUTATIONS: tuple[Mutation, ...] = (
    edited(
        "half-normalised", METRICS, "Exact match normalises the reference and not the answer",
        "harness/metrics/exact_match.py", "normalised(answer) == normalised(reference)",
        "answer == normalised(reference)",
    ),
    edited(
        "sign-of-exact-match", METRICS, "Exact match counts what is not equal",
        "harness/metrics/exact_match.py", "answer == reference or normalised(answer) == normalised(reference)",
        "normalised(answer) != normalised(reference)",
    ),
    edited(
        "f1-is-constant", METRICS, "Token F1 is 0.8 for every answer to an answerable question",
        "harness/metrics/token_f1.py", "return token_f1(answer, text)", "return 0.8",
    ),
    edited(
        "evidence-swapped", METRICS, "Faithfulness is judged by the passages, groundedness by the gold evidence",
        "harness/metrics/judged.py", 'if self.evidence_source == "passages":', 'if self.evidence_source != "passages":',
    ),
    edited(
        "refusals-are-right", METRICS, "Every refusal counts as a right answer",
        "harness/metrics/reference_scoring.py", "value = metric.worst if example.answerable else best", "value = best",
    ),
    edited(
        "refusals-not-seen", METRICS, "No text is recognised as a refusal",
        "harness/text/refusals.py", "if found is Wording.NEVER:", "if True:",
    ),
    edited(
        "abstention-upside-down", METRICS, "Abstention rewards answers to unanswerable questions",
        "harness/metrics/abstention.py", "refused == (not example.answerable)", "refused == example.answerable",
    ),
    edited(
        "first-rank-is-second", METRICS, "MRR counts ranks from 2",
        "harness/metrics/mrr.py", "enumerate(held, start=1)", "enumerate(held, start=2)",
    ),
    edited(
        "last-reference-only", METRICS, "An answer is compared with the last reference alone",
        "harness/metrics/reference_scoring.py", "return max(values)", "return values[-1]",
    ),
    edited(
        "scores-of-the-next-answer", METRICS, "Every question is scored by the answer to the next one",
        "harness/runner/scoring.py", "list(zip(examples, answers, strict=True))",
        "list(zip(examples, [*answers[1:], answers[0]], strict=True))",
    ),
    edited(
        "fabrication-upside-down", METRICS, "The table takes a high fabrication for a good one",
        "harness/metrics/fabrication.py", "higher_is_better: ClassVar[bool] = False",
        "higher_is_better: ClassVar[bool] = True",
    ),
    edited(
        "judge-believes-all", METRICS, "The judge supports every claim",
        "harness/judges/claims.py", "= support >= threshold if", "= support >= threshold * 0.0 if",
    ),
    edited(
        "clusters-ignored", STATISTICS, "Questions about one document count as independent",
        "harness/analysis/table.py", "stats.clusters_of([example.group for example in first.examples])",
        'stats.clusters_of(["" for _ in first.examples])',
    ),
    edited(
        "holm-dropped", STATISTICS, "p is not adjusted for the number of comparisons",
        "harness/analysis/stats/bootstrap.py", "np.minimum(1.0, np.maximum.accumulate(p[order] * factors))", "p[order]",
    ),
    edited(
        "pairing-broken", STATISTICS, "Differences are taken between answers to different questions",
        "harness/analysis/contrasts/estimates.py", "(factor * source.values[:, source.arms.index(arm)] for",
        "(factor * np.roll(source.values[:, source.arms.index(arm)], source.arms.index(arm), axis=0) for",
    ),
    edited(
        "winner-swapped", STATISTICS, "The winner of each two arms is the loser",
        "harness/analysis/contrasts/pairwise.py", "{first: 1.0, second: -1.0}", "{first: -1.0, second: 1.0}",
    ),
    edited(
        "half-an-interval", STATISTICS, "Intervals of 95 % cover 50 %",
        "harness/analysis/stats/bootstrap.py", "LEVEL: Final = 0.95", "LEVEL: Final = 0.5",
    ),
    edited(
        "missing-is-zero", STATISTICS, "A score without a value counts as 0",
        "harness/analysis/table.py", "np.full((len(records), len(place), len(columns)), np.nan)",
        "np.zeros((len(records), len(place), len(columns)))",
    ),
    edited(
        "rows-of-other-arms", STATISTICS, "The table shows each arm under the name of the next",
        "harness/analysis/table.py", "arm=records[0].cell.arm,",
        'arm={"rag": "qlora", "qlora": "rag"}.get(records[0].cell.arm, records[0].cell.arm),',
    ),
)  # fmt: skip
