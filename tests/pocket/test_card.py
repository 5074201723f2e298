"""The card and the yaml of a trained model say what its training and its examination left."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import yaml

from pocket import card
from pocket.check import BARS, RESULT
from pocket.plan import SIZES

ROOT = Path(__file__).parents[2]


def trained(folder, name):
    """A folder as training and examination leave it."""
    model, run = folder / "models" / name, folder / "runs" / name
    model.mkdir(parents=True)
    run.mkdir(parents=True)
    (model / "model.safetensors").write_bytes(b"0" * 2_750_000)
    progress = {"tokens": 16_000_123, "step": 3777, "conversations": 41234, "seconds": 2345.6, "right": {}}
    machine = {"processor": "Some CPU", "device": "cpu", "processes": 2, "bfloat16": False}
    facts = {"plan": asdict(SIZES[name]), "progress": progress, "machine": machine}
    (model / "pretraining.json").write_text(json.dumps(facts))
    result = {"value": 0.5, "least": 0.0, "most": None, "reached": True, "n": 320}
    lines = {bar.name: {**result, "least": bar.least, "most": bar.most, "reached": bar.least < 0.5} for bar in BARS}
    (model / RESULT).write_text(json.dumps(lines))
    log = [json.dumps({"tokens": tokens}) + "\n" for tokens in (8_000_000, 16_000_000, 17_000_000)]
    (run / "log.jsonl").write_text("".join(log))
    return model, run


def test_the_card_has_every_row_and_the_facts_of_the_run(tmp_path):
    model, run = trained(tmp_path, "pocket_small")
    card.write(model, run)
    text = (model / "README.md").read_text()
    assert text.startswith("# pocket_small: ")
    assert "1.4 million weights" in text
    assert "16.0 million tokens, 3,777 updates, 39 minutes (2 processes on Some CPU (cpu), in float32;" in text
    assert all(f"| {bar.name.replace('_', ' ')} | 0.5 |" in text for bar in BARS)
    assert "at least 0.95: **not reached**" in text
    assert "{" not in text
    assert len((model / "log.jsonl").read_text().splitlines()) == 2


def test_a_model_without_a_yaml_gets_one_that_names_it(tmp_path):
    model, _ = trained(tmp_path, "pocket_small")
    shutil.copy(ROOT / "conf/model/pocket.yaml", tmp_path)
    card.configure(model, tmp_path)
    text = (tmp_path / "pocket_small.yaml").read_text()
    first, made = (yaml.safe_load((tmp_path / f"{name}.yaml").read_text()) for name in ("pocket", "pocket_small"))
    assert made["model"].pop("name") == "pocket_small"
    assert made["model"].pop("path") == "${root:models/pocket_small}"
    del first["model"]["name"], first["model"]["path"]
    assert made == first
    assert "For 1.4 million parameters" in text
    (tmp_path / "pocket_small.yaml").write_text("kept: true\n")
    card.configure(model, tmp_path)
    assert (tmp_path / "pocket_small.yaml").read_text() == "kept: true\n"
