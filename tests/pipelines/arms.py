"""Arms over the tiny checkpoint that answer a handful of questions: what audits are tried on."""

from dataclasses import dataclass, replace

from harness.types import Document, Example, Passage
from pipelines.generators.engines import HfGenerator
from pipelines.prepared import PreparedArm
from pipelines.prompts import Prompt
from pipelines.qlora import training
from pipelines.qlora.formatting import Formatter
from pipelines.rag.protocols import Retrieved
from tests.checkpoints.recipe import RECIPE

PROMPT = Prompt("Passages:", "Input:")
COLOURS = ("red", "blue", "green")
REFUSAL = RECIPE.refusal


def example(number, split):
    colour = COLOURS[number % 3] + " and white" * (number % 2)
    return Example(f"{split}{number}", f"What colour is door {number}{'?' * (number % 4)}", (colour,), (f"d{number}",))


@dataclass(frozen=True)
class DoorTask:
    """Twelve questions for each split, and a document for each."""

    instruction: str = "Answer in one word."
    max_new_tokens: int = 8
    cut: str | bool | None = None
    references: tuple | None = None
    """of all examples, instead of their own"""

    def examples(self, split):
        made = [example(number, split) for number in range(12)]
        return made if self.references is None else [replace(one, references=self.references) for one in made]

    def documents(self):
        return [
            Document(f"d{number}", f"Door {number}", f"Door {number} is {COLOURS[number % 3]}.") for number in range(12)
        ]


def loaded_from(checkpoint, quantisation="none"):
    return HfGenerator(
        "tiny", str(checkpoint), None, "float32", quantisation, None, (), "auto", {}, "cpu", 4096, 4, ""
    ).load()


class OwnDocument:
    """A searcher that finds each example's own document, and the next."""

    same_for_all = False

    def __init__(self, task):
        self.documents = task.documents()

    def search(self, queries):
        return [Retrieved(tuple(self.found(query)), ()) for query in queries]

    def audit(self):
        return ()

    def audit_retrieved(self, queries, retrieved):
        return ()

    def found(self, query):
        at = int("".join(filter(str.isdigit, query.example_id)))
        for document in (self.documents[at], self.documents[(at + 1) % 12]):
            yield Passage(document.id, document.text, 0, len(document.text), 1.0, document.title)


def arm(loaded, store, *, retrieves=False, adapter=None, name="arm", task=None):
    task = task or DoorTask()
    searcher = OwnDocument(task) if retrieves else None
    return PreparedArm(name, PROMPT, task, store, loaded, searcher, {"task": repr(task)}, adapter, REFUSAL)


def answered(prepared):
    """Examples and the arm's answers, in the order of the examples."""
    examples = prepared.task.examples("test")
    made = {one.example_id: one for batch in prepared.answer(examples, frozenset()) for one in batch}
    return examples, [made[one.id] for one in examples]


def trained(loaded, folder, task=None):
    """Train an adapter on the task for one pass; return its facts."""
    prepared = arm(loaded, None, task=task)
    formatter = Formatter(loaded.format, PROMPT, loaded.window, REFUSAL)
    splits = [prepared.task.examples(split) for split in ("train", "validation")]
    rows = [formatter.rows(prepared.task, examples, [()] * len(examples)) for examples in splits]
    recipe = replace(RECIPE, epochs=2, learning_rate=0.02)
    return training.train(loaded.generator, loaded.format, recipe, *rows, 0, folder, prepared.render)
