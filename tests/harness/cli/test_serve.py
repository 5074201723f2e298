"""What `make serve` and `make export-base` print, write and note, and that `model=server` finds it."""

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli.config import compose, experiment
from harness.cli.export_base import export_base
from harness.cli.serve import prepared, start
from harness.cli.serving import allowed
from harness.errors import ArmError, ConfigError, StoreError
from harness.store.records import records
from harness.store.store import Artifact
from tests.command_line import harness, run_module
from tests.servers.fake_openai import Say, fake_openai
from tests.test_end_to_end import task_folder  # noqa: F401

ARMS = "arm=[base,qlora,hybrid]"


def settings(folder, tasks, checkpoint, *more):
    return [
        "task=jsonl", f"task.dir={tasks}", "task.max_new_tokens=8", "model=local", f"model.path={checkpoint}",
        f"results={folder}", f"store={folder}/store", "timing=off", "adapter.rank=4", "adapter.epochs=1",
        "adapter.learning_rate=0.005", "adapter.activation_checkpointing=false", "audit=false", "report=[csv]",
        "metric=[exact_match]", *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory, task_folder, checkpoint):  # noqa: F811
    folder = tmp_path_factory.mktemp("served")
    done = harness(*settings(folder, task_folder, checkpoint, ARMS))
    assert done.returncode == 0, done.stderr
    return folder, settings(folder, task_folder, checkpoint, ARMS)


@pytest.fixture(scope="module")
def served(trained):
    """What `make serve` printed, as arguments, beside the noted settings and what it said."""
    folder, given = trained
    done = run_module("harness.cli.serve", *given, "url=http://127.0.0.1:8123/v1", "vllm=--enforce-eager")
    assert done.returncode == 0, done.stderr
    (noted,) = folder.glob("store/served/*/*,seed=0.json")
    return shlex.split(done.stdout.splitlines()[0]), json.loads(noted.read_text()), done.stderr


def after(line, option):
    return line[line.index(option) + 1]


def test_the_command_names_base_adapters_rank_and_window(trained, served):
    folder, _ = trained
    line, _, said = served
    assert line[:2] == ["vllm", "serve"]
    assert json.loads((Path(line[2]) / "export.json").read_text())["quantisation"] == "nf4"
    name = after(line, "--served-model-name")
    modules = dict(one.split("=") for one in line if "/adapter/" in one)
    assert modules.keys() == {"qlora", "hybrid"}
    assert modules["qlora"] == modules["hybrid"]  # they share one
    assert (Path(modules["qlora"]) / "adapter_model.safetensors").is_file()
    assert (after(line, "--max-lora-rank"), after(line, "--max-loras")) == ("8", "2")  # of rank 4
    assert (after(line, "--max-model-len"), after(line, "--dtype")) == ("512", "bfloat16")
    assert (after(line, "--generation-config"), after(line, "--port"), line[-1]) == ("vllm", "8123", "--enforce-eager")
    assert f"model=server model.model={name} seed=0 'arm=[base,qlora,hybrid]'" in said
    assert f"store={folder}/store" in said.partition("model=server")[2]
    assert not list(folder.rglob("*.partial"))


def served_settings(trained, name, *more):
    _, given = trained
    kept = [line for line in given if not line.startswith(("model", "adapter"))]
    return [*kept, "model=server", f"model.model={name}", *more]


def test_model_server_finds_what_is_served(trained, served):
    line, noted, _ = served
    name = after(line, "--served-model-name")
    model = experiment(compose(served_settings(trained, name))).arms["qlora"].generator
    assert (model.base_url, model.max_context) == ("http://127.0.0.1:8123/v1", 512)
    assert [model.served_name(arm) for arm in ("base", "qlora", "hybrid", "raft")] == [None, "qlora", "hybrid", None]
    assert model.revision == noted["revision"] != ""
    assert model.tokenizer == line[2]
    assert (noted["system_role"], noted["template_options"]) == (model.system_role, model.served_template_options)
    other = experiment(compose(served_settings(trained, "another"))).arms["qlora"].generator
    assert (other.served_adapters, other.revision, other.max_context) == (None, "", None)
    seed = experiment(compose(served_settings(trained, name, "seed=1"))).arms["qlora"].generator
    assert seed.served_adapters is None
    by_hand = served_settings(trained, name, "+model.adapters.qlora=mine", "model.revision=v2")
    model = experiment(compose(by_hand)).arms["qlora"].generator
    assert (model.served_name("qlora"), model.served_name("hybrid"), model.revision) == ("mine", "hybrid", "v2")


def asked(trained, served, roots):
    """Run the experiment against a server that lists the adapters in these folders."""
    name = after(served[0], "--served-model-name")
    models = {name: {"root": served[0][2]}, **{arm: {"root": root, "parent": name} for arm, root in roots.items()}}
    with fake_openai() as fake:
        fake.models = models
        fake.of_model = {arm: Say(words=(arm,)) for arm in models}
        given = served_settings(trained, name, f"model.base_url={fake.url}")
        done = harness(*given)
        return done, {chat["model"] for chat in fake.chats}


def test_an_experiment_asks_each_arm_s_adapter_by_its_name(trained, served):
    folder, _ = trained
    key = served[1]["keys"]["qlora"]
    root = str(folder / "store/adapter" / key)
    done, names = asked(trained, served, {"qlora": root, "hybrid": root})
    assert done.returncode == 0, done.stderr
    assert names == {after(served[0], "--served-model-name"), "qlora", "hybrid"}
    found = [records.read(path) for path in folder.rglob("records/*.jsonl")]
    by_server = {one.cell.arm: one for one in found if "served_model" in one.facts}
    assert {arm: one.facts["served_model"] for arm, one in by_server.items() if arm != "base"} == {
        "qlora": "qlora", "hybrid": "hybrid",
    }  # fmt: skip


def test_another_adapter_under_an_arm_s_name_is_refused(trained, served):
    name, key = after(served[0], "--served-model-name"), served[1]["keys"]["qlora"]
    made = experiment(compose(served_settings(trained, name))).arms["qlora"].generator
    with fake_openai() as fake:
        fake.models = {name: {}, "qlora": {"root": f"/store/{'0' * 32}"}, "hybrid": {"root": f"/store/{key}/"}}
        fake.of_model = {arm: Say(words=(arm,)) for arm in fake.models}
        loaded = replace(made, base_url=fake.url).load()
        adapter = Artifact("served:qlora", Path(), 0.0, True)
        with pytest.raises(ArmError, match="the adapter 00000000, which is another arm's or an older one"):
            loaded.use("qlora", adapter)
        assert loaded.use("hybrid", adapter)["adapter_probe_differs"]


def test_adapters_that_are_not_trained_yet_are_named(trained):
    _, given = trained
    assert run_module("harness.cli.serve", *given, "seed=7").returncode == 1
    with pytest.raises(StoreError, match="no adapter of qlora, hybrid for this task, model and seed; train them first"):
        prepared([*given, "seed=7"])
    with pytest.raises(ConfigError, match="model=server has no weights here"):
        prepared(served_settings(trained, "any"))


def test_an_unquantised_base_is_served_as_it_is(trained, checkpoint):
    _, given = trained
    done = run_module("harness.cli.serve", *given, "model.quantisation=none", "arm=[base]")
    assert done.returncode == 0, done.stderr
    line = shlex.split(done.stdout.splitlines()[0])
    assert line[2] == str(checkpoint)
    assert "--enable-lora" not in line


def test_run_without_vllm_says_where_it_comes_from(trained, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match="vllm is not on the path"):
        start(["vllm", "serve"])


def test_run_becomes_the_server_of_the_environment_that_is_named(trained, monkeypatch):
    started = []
    monkeypatch.setenv("CUTLERY_VLLM", sys.executable)
    monkeypatch.setattr("os.execvp", lambda program, line: started.append((program, line)))
    done = run_module("harness.cli.serve", *trained[1], "run=true")
    (program, line), printed = started[0], shlex.split(done.stdout.splitlines()[0])
    assert (program, line) == (sys.executable, printed)
    assert line[1:4] == ["-m", "vllm.entrypoints.openai.api_server", "--model"]
    assert (Path(line[4]) / "model.safetensors").is_file()


def test_ranks_are_those_that_vllm_takes():
    assert [allowed([rank]) for rank in (1, 2, 8, 16, 17, 512)] == [1, 8, 8, 16, 32, 512]
    assert allowed([4, 32]) == 32
    with pytest.raises(ConfigError, match="up to 512"):
        allowed([513])


def test_export_base_writes_a_new_folder_and_refuses_an_old_one(trained, tmp_path):
    given = [line for line in trained[1] if line.startswith("model")]
    out = tmp_path / "deep/base"
    done = run_module("harness.cli.export_base", *given, f"out={out}")
    assert (done.returncode, done.stdout.strip()) == (0, str(out)), done.stderr
    assert (out / "model.safetensors").is_file()
    assert [path.name for path in out.parent.iterdir()] == ["base"]
    with pytest.raises(ConfigError, match="is there already"):
        export_base([*given, f"out={out}"])
    with pytest.raises(ArmError, match="serve the checkpoint itself"):
        export_base([*given, "model.quantisation=none", f"out={tmp_path}/none"])
    assert not (tmp_path / "none").exists()


def test_export_base_into_the_store_is_done_once(trained, served):
    given = [line for line in trained[1] if line.startswith(("model", "store"))]
    done = run_module("harness.cli.export_base", *given)
    assert done.stdout.strip() == served[0][2]
