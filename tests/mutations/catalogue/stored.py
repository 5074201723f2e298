"""The store and the records: what was made once is found again, but it is not what was made."""

import json
import re
from pathlib import Path

from tests.mutations import stores
from tests.mutations.mutation import (
    EARLIER,
    EVERYTHING,
    INDEX,
    PREDICTIONS,
    RETRIEVAL,
    SEEDS,
    UPDATED,
    Edit,
    Mutation,
)

WHAT = "store"


def _answers(folder: Path, change) -> None:
    path = folder / "predictions.jsonl"
    batches = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for batch in batches:
        for prediction in batch:
            change(prediction)
    path.write_text("".join(json.dumps(batch, ensure_ascii=False) + "\n" for batch in batches), encoding="utf-8")


def answers_edited(store: Path, other: Path) -> None:
    folder = stores.predictions(store, "base")
    _answers(folder, lambda one: one.update(text="Anna Weber."))
    stores.seal(folder)


def files_not_listed(store: Path, other: Path) -> None:
    folder = stores.predictions(store, "base")
    _answers(folder, lambda one: one.update(text="I do not know."))
    stores.annotate(folder, lambda entry: entry.update(files={}))


def answers_torn(store: Path, other: Path) -> None:
    path = stores.predictions(store, "rag") / "predictions.jsonl"
    path.write_bytes(path.read_bytes()[:-400])


def answers_exchanged(store: Path, other: Path) -> None:
    stores.exchange(stores.predictions(store, "base"), stores.predictions(store, "rag"))


def answers_of_oracle(store: Path, other: Path) -> None:
    stores.files_from(stores.predictions(store, "oracle"), stores.predictions(store, "rag"))


def training_for_nothing(store: Path, other: Path) -> None:
    stores.annotate(stores.lone(store, "adapter"), lambda entry: entry.update(seconds=0.001))


def facts_edited(store: Path, other: Path) -> None:
    def change(entry):
        entry["facts"]["validation_loss"] = [[step, loss / 4] for step, loss in entry["facts"]["validation_loss"]]

    stores.annotate(stores.lone(store, "adapter"), change)


def adapters_exchanged(store: Path, other: Path) -> None:
    stores.exchange(*stores.artifacts(store, "adapter"))


def adapter_files_of_other_seed(store: Path, other: Path) -> None:
    first, second = stores.artifacts(store, "adapter")
    stores.files_from(first, second)


def adapter_scaled(store: Path, other: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = stores.lone(store, "adapter")
    path = folder / "adapter_model.safetensors"
    save_file({name: weights * 3 if "lora_B" in name else weights for name, weights in load_file(path).items()}, path)
    stores.refresh(folder)


def adapter_alpha(store: Path, other: Path) -> None:
    folder = stores.lone(store, "adapter")
    path = folder / "adapter_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**settings, "lora_alpha": settings["lora_alpha"] / 4}), encoding="utf-8")
    stores.refresh(folder)


def stale_bm25(store: Path, other: Path) -> None:
    stores.put_in_place(stores.lone(other, "lexical"), stores.lone(store, "lexical"))


def stale_bm25_files(store: Path, other: Path) -> None:
    stores.files_from(stores.lone(other, "lexical"), stores.lone(store, "lexical"))


def stale_passages(store: Path, other: Path) -> None:
    stores.put_in_place(stores.lone(other, "passages"), stores.lone(store, "passages"))


def stale_passage_files(store: Path, other: Path) -> None:
    stores.files_from(stores.lone(other, "passages"), stores.lone(store, "passages"))


def vectors_of_another_encoder(store: Path, other: Path) -> None:
    import numpy as np

    folder = stores.lone(store, "embeddings")
    vectors = np.load(folder / "vectors.npy")
    mixing, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(vectors.shape[1],) * 2))
    np.save(folder / "vectors.npy", (vectors @ mixing).astype(np.float32))
    stores.refresh(folder)


def stale_index(store: Path, other: Path) -> None:
    stores.put_in_place(stores.lone(other, "index"), stores.lone(store, "index"))


def found_for_other_questions(store: Path, other: Path) -> None:
    folder = stores.retrieval(store)
    path = folder / "retrieved.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[1:], lines[0]]) + "\n", encoding="utf-8")
    stores.refresh(folder)


def scores_in_the_record(store: Path, other: Path) -> None:
    """Set a score in the record of an arm; store and results lie next to each other."""
    (path,) = store.parent.glob("results/**/records/rag,seed=0.jsonl")
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(r'("exact_match": ?)0\.0', r"\g<1>1.0", text)
    assert count, "no score of the record was found"
    path.write_text(changed, encoding="utf-8")


def _tampered(id, broken, tamper, anew=(), **more):  # noqa: A002
    return Mutation(id, WHAT, broken, tamper=tamper, anew=anew, **more)


MUTATIONS: tuple[Mutation, ...] = (
    _tampered("answers-edited", "Stored answers of base were replaced, all checksums made anew", answers_edited),
    _tampered("files-not-listed", "Stored answers of base were replaced, the list of files emptied", files_not_listed),
    _tampered("answers-torn", "The stored answers of rag lack their end", answers_torn),
    _tampered("answers-exchanged", "The folders of base's and rag's answers were exchanged", answers_exchanged),
    _tampered("answers-of-the-oracle", "The files of rag's answers are the oracle's, checksums too", answers_of_oracle),
    _tampered("training-for-nothing", "The seconds that training took were edited", training_for_nothing, PREDICTIONS),
    _tampered("loss-edited", "The validation loss that the store keeps was edited", facts_edited, PREDICTIONS),
    _tampered(
        "adapters-exchanged", "The folders of two seeds' adapters have each other's names", adapters_exchanged,
        PREDICTIONS, experiment=SEEDS,
    ),
    _tampered(
        "adapter-of-another-seed", "The files in an adapter's folder are another seed's, checksums too",
        adapter_files_of_other_seed, PREDICTIONS, experiment=SEEDS,
    ),
    _tampered(
        "adapter-times-three", "The stored adapter's update was multiplied by 3, checksums refreshed", adapter_scaled,
        PREDICTIONS,
    ),
    _tampered("alpha-edited", "The stored adapter's alpha was edited, checksums refreshed", adapter_alpha, PREDICTIONS),
    _tampered(
        "stale-bm25", "The word index is the folder of another day's documents", stale_bm25, RETRIEVAL, other=EARLIER
    ),
    _tampered(
        "stale-bm25-files", "The files of the word index are another day's, checksums too", stale_bm25_files, RETRIEVAL,
        other=EARLIER,
    ),
    _tampered(
        "stale-passages", "The passages are the folder of another day's documents", stale_passages, RETRIEVAL,
        other=EARLIER,
    ),
    _tampered(
        "stale-passage-files", "The files of the passages are another day's, checksums too", stale_passage_files,
        RETRIEVAL, other=EARLIER,
    ),
    _tampered(
        "another-encoder", "The stored vectors are another encoder's, checksums refreshed; the index is built of them",
        vectors_of_another_encoder, INDEX,
    ),
    _tampered(
        "stale-index", "The vector index is the folder of another day's documents", stale_index, RETRIEVAL,
        other=EARLIER,
    ),
    _tampered(
        "found-for-other-questions", "Stored passages are those of the next question, checksums refreshed",
        found_for_other_questions, PREDICTIONS,
    ),
    _tampered("scores-in-the-record", "Scores were set to 1 in rag's record", scores_in_the_record, keeps_results=True),
    Mutation(
        "key-without-documents", WHAT, "Keys of what was retrieved leave the documents out, and the documents change",
        (Edit("pipelines/arm.py", 'retriever), "documents": content_key(task, part)', 'retriever), "documents": ""'),),
        experiment=UPDATED, anew=EVERYTHING,
    ),
)  # fmt: skip
