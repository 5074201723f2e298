"""What a server is told, without training anything: ranks of single layers, and the plain chat template."""

import codecs
import json
import shlex

from harness.cli.serving import Service
from harness.store.store import Artifact
from pipelines.generators.chat import PLAIN_TEMPLATE


def adapter(folder, **settings):
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return Artifact(folder.name, folder, 0.0, True)


def service(adapters=None, **more):
    return Service("/store/base", None, "tiny", "bfloat16", 512, adapters or {}, **more)


def after(line, option):
    return line[line.index(option) + 1]


def test_the_highest_rank_of_any_layer_is_what_vllm_is_told(tmp_path):
    adapters = {
        "qlora": adapter(tmp_path / "one", r=4, rank_pattern={"q_proj": 30}),
        "raft": adapter(tmp_path / "other", r=16),
    }
    assert after(service(adapters).command(), "--max-lora-rank") == "32"


def test_the_plain_template_reaches_the_server_in_one_line():
    line = service(chat_template=PLAIN_TEMPLATE).command()
    given = after(line, "--chat-template")
    assert "\n" not in shlex.join(line)
    assert codecs.decode(given, "unicode_escape") == PLAIN_TEMPLATE  # as vLLM reads it
    assert service(chat_template=PLAIN_TEMPLATE).settings()["chat_template"] == "plain"


def test_a_template_of_the_tokenizer_is_left_to_the_server():
    assert "--chat-template" not in service().command()
    assert service().settings()["chat_template"] == "own"


def test_the_base_is_noted():
    assert service().settings()["base"] == "/store/base"


def test_a_model_on_several_gpus_is_served_over_as_many():
    line = service(sizes={"tensor_parallel_size": 2, "pipeline_parallel_size": 3}).command()
    assert (after(line, "--tensor-parallel-size"), after(line, "--pipeline-parallel-size")) == ("2", "3")
    assert not [one for one in service().command() if "parallel" in one]
