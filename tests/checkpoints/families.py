"""The six families of conf/model as tiny checkpoints: their architecture, special tokens and chat format.

The templates are written for these tests. Each keeps what makes its family different: who writes a default system
text, who refuses a system turn, who folds it, who asks the clock, who ends a conversation with eos beside the turn end.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.checkpoints.tiny import CHATML, VOCABULARY, WIDTHS, TinyTokenizer, save_tiny

QWEN_TOKENS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")

QWEN2 = (
    "{% if messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}" + CHATML
)

QWEN3 = CHATML + (
    "{% if add_generation_prompt and enable_thinking is defined and not enable_thinking %}"
    "{{ '<think>\n\n</think>\n\n' }}{% endif %}"
)

LLAMA3 = (
    "{% if date_string is not defined %}{% set date_string = strftime_now('%d %b %Y') %}{% endif %}"
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set messages = messages[1:] %}"
    "{% else %}{% set system = '' %}{% endif %}"
    "{{ bos_token + '<|start_header_id|>system<|end_header_id|>\n\nToday Date: ' + date_string + '\n\n' + system"
    " + '<|eot_id|>' }}"
    "{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
    " + message['content'] + '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)

MISTRAL = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('After the optional system message, conversation roles must alternate user/assistant') }}"
    "{% endif %}"
    "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + '[/INST]' }}"
    "{% else %}{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}"
)

GEMMA3 = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set first = messages[0]['content'] + '\n\n' %}"
    "{% set messages = messages[1:] %}{% else %}{% set first = '' %}{% endif %}"
    "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else 'user') + '\n'"
    " + (first if loop.first else '') + message['content'] + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)

PHI = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}"
)

PROJECTIONS = frozenset({"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"})


@dataclass(frozen=True)
class Family:
    """One family."""

    yaml: str
    """the file of conf/model whose settings must suit it"""
    config: Callable
    """makes the configuration"""
    tokenizer: TinyTokenizer
    prompt: str
    """how system S and user U are rendered, up to where the answer begins"""
    turn_end: str
    """token after an answer"""
    stops: frozenset[str]
    """tokens at which generation stops"""
    targets: frozenset[str] = PROJECTIONS
    """linear layers of the language model"""

    def save(self, folder):
        return save_tiny(folder, self.config(), self.tokenizer)


def _llama():
    from transformers import LlamaConfig

    return LlamaConfig(**WIDTHS, tie_word_embeddings=True)


def _qwen2():
    from transformers import Qwen2Config

    return Qwen2Config(**{key: value for key, value in WIDTHS.items() if key != "head_dim"})


def _qwen3():
    from transformers import Qwen3Config

    return Qwen3Config(**WIDTHS, tie_word_embeddings=True)


def _mistral():
    from transformers import MistralConfig

    return MistralConfig(**WIDTHS, sliding_window=None)


def _gemma3_text():
    from transformers import Gemma3TextConfig

    return Gemma3TextConfig(**WIDTHS, sliding_window=64, layer_types=["sliding_attention", "full_attention"])


def _gemma3_with_eyes():
    from transformers import Gemma3Config

    vision = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 1, "num_attention_heads": 4}
    return Gemma3Config(
        text_config={**WIDTHS, "sliding_window": 64, "layer_types": ["sliding_attention", "full_attention"]},
        vision_config={**vision, "image_size": 28, "patch_size": 14, "vision_use_head": False},
        mm_tokens_per_image=4,
        image_token_index=VOCABULARY - 1,
        boi_token_index=VOCABULARY - 2,
        eoi_token_index=VOCABULARY - 3,
    )


def _phi3():
    from transformers import Phi3Config

    half = WIDTHS["head_dim"] * 3 // 4 // 2  # three quarters of a head are rotated, in pairs
    rope = {"type": "longrope", "short_factor": [1.0] * half, "long_factor": [2.0] * half}
    widths = {key: value for key, value in WIDTHS.items() if key != "head_dim"}
    return Phi3Config(
        **widths | {"max_position_embeddings": 1024},
        original_max_position_embeddings=512,
        partial_rotary_factor=0.75,
        rope_scaling=rope,
        tie_word_embeddings=True,
    )


_GEMMA = {
    "tokenizer": TinyTokenizer(
        GEMMA3, ("<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>"), "<eos>", "<pad>", "<bos>"
    ),
    "prompt": "<bos><start_of_turn>user\nS\n\nU<end_of_turn>\n<start_of_turn>model\n",
    "turn_end": "<end_of_turn>",
    "stops": frozenset({"<end_of_turn>", "<eos>"}),
}

FAMILIES = {
    "llama": Family(
        yaml="llama3.2_1b",
        config=_llama,
        tokenizer=TinyTokenizer(
            LLAMA3,
            (
                *("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>"),
                *("<|eom_id|>", "<|eot_id|>"),
            ),
            eos="<|eot_id|>",
            pad=None,
            bos="<|begin_of_text|>",
        ),
        prompt="<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nToday Date: 26 Jul 2024\n\nS<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        turn_end="<|eot_id|>",
        stops=frozenset({"<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"}),
    ),
    "qwen2": Family(
        yaml="qwen2.5_0.5b",
        config=_qwen2,
        tokenizer=TinyTokenizer(QWEN2, QWEN_TOKENS),
        prompt="<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n",
        turn_end="<|im_end|>",
        stops=frozenset({"<|im_end|>", "<|endoftext|>"}),
    ),
    "qwen3": Family(
        yaml="qwen3_0.6b",
        config=_qwen3,
        tokenizer=TinyTokenizer(QWEN3, QWEN_TOKENS),
        prompt="<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"
        "<think>\n\n</think>\n\n",
        turn_end="<|im_end|>",
        stops=frozenset({"<|im_end|>", "<|endoftext|>"}),
    ),
    "mistral": Family(
        yaml="mistral_7b_v0.3",
        config=_mistral,
        tokenizer=TinyTokenizer(MISTRAL, ("<s>", "</s>", "[INST]", "[/INST]"), "</s>", None, "<s>"),
        prompt="<s>[INST] S\n\nU[/INST]",
        turn_end="</s>",
        stops=frozenset({"</s>"}),
    ),
    "gemma3": Family(yaml="gemma3_1b", config=_gemma3_text, **_GEMMA),
    "gemma3_with_eyes": Family(yaml="gemma3_4b", config=_gemma3_with_eyes, **_GEMMA),
    "phi3": Family(
        yaml="phi4_mini",
        config=_phi3,
        tokenizer=TinyTokenizer(
            PHI,
            ("<|endoftext|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"),
            eos="<|endoftext|>",
            bos="<|endoftext|>",
        ),
        prompt="<|system|>S<|end|><|user|>U<|end|><|assistant|>",
        turn_end="<|end|>",
        stops=frozenset({"<|end|>", "<|endoftext|>"}),
        targets=frozenset({"qkv_proj", "o_proj", "gate_up_proj", "down_proj"}),
    ),
}
