"""Replay: answers are made again from what their predictions keep, by another way than they were made.

They were made in padded batches, token by token with a cache. Here the prompt is rendered from example and passages,
and the model reads prompt and answer in one pass: each token must be the one it would write, then a stop token, the
task's limit or the end of an answer that is stuck in a loop (`pipelines.generators.loops`). Whatever came between
(padding, masks, decoding settings, mixed-up batches, an adapter left in or out) shows as a token that this model does
not write after this prompt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.audits import AuditResult, spread
from harness.errors import ArmError
from harness.store.records.lazy import Lazy
from harness.tasks.task import Task
from harness.text.written_forms import written_forms
from harness.types import CUT_OFF, Example, Pair, Prediction
from pipelines.generators.generator import Loaded
from pipelines.generators.loops import loop_end
from pipelines.generators.teacher_forcing import ForcedAnswer, TeacherForcing
from pipelines.prompts import Render

ANSWERS: Final = 8
"""replayed per arm"""
CHOICE_ROUNDING: Final = 1e-4
"""of a kept log-likelihood"""
CUT_OFF_REPLAYED: Final = 2
"""at most so many of them are answers that were cut off, if others ended by themselves"""


@dataclass(frozen=True, slots=True)
class Replay:
    """Replays answers of one arm.

    Args:
        arm: its name.
        task: what was asked.
        render: its prompt again.
        loaded: the generator, switched to this arm.
        adapter_key: of its adapter; "" for none.
    """

    arm: str
    task: Task
    render: Render
    loaded: Loaded
    adapter_key: str

    def check(self, pairs: Sequence[Pair]) -> AuditResult:
        """Check how all answers end, and replay a few.

        Raises:
            ArmError: names the first answer that differs, and what differs first.
        """
        answered = _where(pairs, lambda prediction: prediction.finish != "error")
        sampled, forcing = sample(answered), self.loaded.teacher_forcing()
        for example, prediction in sampled:
            self._check_prompt(example, prediction)
        if forcing is None:
            reason = "a server shows neither tokens nor logits of given answers; prompts were rendered again"
            return AuditResult("replay", 0, "answers", details={"prompts": len(sampled), "not_checked": reason})
        for _, prediction in answered:
            self._check_ending(forcing, prediction)
        for example, prediction in sampled:
            self._check_choices(forcing, example, prediction)
        kept = [(example, prediction) for example, prediction in sampled if prediction.answer_ids]
        read = [self._replayed(forcing, example, prediction) for example, prediction in kept]
        gaps = [gap for one in read for gap in one.gaps]
        flag = (
            ""
            if read or not answered
            else (
                f"no answer of arm {self.arm} could be replayed, as none was kept with its tokens; remove its "
                "unfinished predictions (*.partial) in the store to answer anew"
            )
        )
        figures = {"tokens": len(gaps), "ties": sum(gap > 0 for gap in gaps), "largest_gap": max(gaps, default=0.0)}
        tolerance = max((one.tolerance for one in read), default=0.0)
        return AuditResult("replay", len(read), "answers", flag, details={**figures, "tolerance": tolerance})

    def _check_prompt(self, example: Example, prediction: Prediction) -> None:
        turns = self.render(example, prediction.passages, prediction.input_cut)
        if self.loaded.prompt_sha256(turns) != prediction.prompt_sha256:
            self._refuse(example, "the prompt that was answered is not what example, passages and template give")
        missing = unshown("".join(prediction.prompt), self.task.instruction, example, prediction)
        if missing:
            self._refuse(example, f"the prompt does not show {missing}; the chat template or the prompt leaves it out")
        if prediction.adapter_key != self.adapter_key:
            self._refuse(example, f"it was made with adapter {prediction.adapter_key or 'none'}")

    def _check_ending(self, forcing: TeacherForcing, prediction: Prediction) -> None:
        """Check that text and finish follow from the tokens."""
        chat, ids, limit = forcing.chat, prediction.answer_ids, self.task.max_new_tokens
        if not ids:
            return  # of an earlier version, which a killed run left behind
        ends = [at for at, token in enumerate(ids) if token in {*chat.stop_ids, chat.turn_end_id}]
        ended, example_id = bool(ends), prediction.example_id
        if ends and ends[0] != len(ids) - 1:
            self._refuse(example_id, f"it goes on after its stop token {chat.tokenizer.decode([ids[ends[0]]])!r}")
        stuck = prediction.finish == "loop" and loop_end(ids) == len(ids)
        if (prediction.finish == "stop") != ended or (prediction.finish == "loop") != stuck:
            self._refuse(example_id, f"it is said to have ended by {prediction.finish}, and its tokens say otherwise")
        if len(ids) > limit or (not ended and not stuck and len(ids) != limit):
            self._refuse(example_id, f"it was cut off after {len(ids)} tokens, and the task's limit is {limit}")
        if chat.decode(ids[:-1] if ended else ids) != (prediction.written or prediction.text):
            self._refuse(example_id, "its text is not what its tokens say")

    def _check_choices(self, forcing: TeacherForcing, example: Example, prediction: Prediction) -> None:
        """Read the first and the last choice alone, without what is kept of the prompt."""
        if len(prediction.choice_logliks) != len(example.choices):
            self._refuse(example, f"{len(prediction.choice_logliks)} of {len(example.choices)} choices were scored")
        turns = self.render(example, prediction.passages, prediction.input_cut)
        for at in sorted({0, len(example.choices) - 1}) if example.choices else ():
            ids = forcing.chat.text_ids(example.choices[at].strip())
            forced, given = forcing.read(turns, ids), prediction.choice_logliks[at]
            if abs(given + sum(forced.losses)) > CHOICE_ROUNDING + 2 * forced.tolerance * len(ids):
                found = f"{-sum(forced.losses):.5f} alone, and {given:.5f} beside the others"
                self._refuse(example, f"the log-likelihood of choice {at} is {found}")

    def _replayed(self, forcing: TeacherForcing, example: Example, prediction: Prediction) -> ForcedAnswer:
        turns = self.render(example, prediction.passages, prediction.input_cut)
        forced = forcing.read(turns, prediction.answer_ids)
        at = next((at for at, gap in enumerate(forced.gaps) if gap > forced.tolerance), None)
        if at is not None:
            before = forcing.chat.tokenizer.decode(prediction.answer_ids[:at])
            given, right = (forcing.chat.tokenizer.decode([ids[at]]) for ids in (prediction.answer_ids, forced.choices))
            self._refuse(
                example,
                f"token {at} is {given!r}, and after {before!r} the model itself writes {right!r} "
                f"({forced.gaps[at]:.3g} logits apart, rounding explains {forced.tolerance:.3g}): padding, decoding "
                "settings, adapter or order of the batch are not those of this prompt alone",
            )
        return forced

    def _refuse(self, example: Example | str, problem: str) -> None:
        name = example if isinstance(example, str) else example.id
        raise ArmError(f"arm {self.arm}: the replayed answer to example {name} differs: {problem}")


def sample(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the answers to replay: evenly spaced, of both endings where there are both."""
    ended = _where(pairs, lambda prediction: prediction.finish == "stop")
    cut = _where(pairs, lambda prediction: prediction.finish in CUT_OFF)
    few = spread(cut, max(CUT_OFF_REPLAYED, ANSWERS - len(ended)))
    return [*few, *spread(ended, ANSWERS - len(few))]


def _where(pairs: Sequence[Pair], holds: Callable[[Prediction], bool]) -> Sequence[Pair]:
    """Return the pairs whose prediction this holds for: those on disk stay there."""
    return Lazy(pairs.__getitem__, [number for number, (_, prediction) in enumerate(pairs) if holds(prediction)])


def unshown(prompt: str, instruction: str, example: Example, prediction: Prediction) -> str:
    """Return what the prompt should show and does not, in words; "" when it shows all.

    White space is left out of the comparison, as templates trim it; they may also escape what they write.
    """
    shown, done = _solid(prompt), 0
    if _end_of(instruction, shown, 0) is None:
        return "the instruction"
    for number, passage in enumerate(prediction.passages, start=1):
        end = _end_of(passage.text, shown, done)
        if end is None:
            return f"passage {number} (of document {passage.document_id}) at its place"
        done = end
    asked = example.input if isinstance(example.input, str) else example.input[-1].content
    seen = prediction.input_cut or _end_of(asked, shown, done) is not None
    return "" if seen else "the input after the passages"


def _end_of(text: str, shown: str, start: int) -> int | None:
    """Return where a text ends in what is shown, as it is or escaped; None if it is not there."""
    places = ((shown.find(solid, start), len(solid)) for solid in map(_solid, written_forms(text)))
    return min((at + length for at, length in places if at >= 0), default=None)


def _solid(text: str) -> str:
    return "".join(text.split())
