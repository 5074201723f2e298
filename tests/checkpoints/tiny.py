"""Checkpoints of real architectures with random weights, small enough to make in a test."""

from dataclasses import dataclass, field

LINES = (
    "The fork goes to the left of the plate and the knife to the right.",
    "A spoon is for soup, a fork is for salad, a knife is for bread.",
    "Where does the fork go? Which of them is for soup? Answer in one short sentence.",
    "Das Messer liegt rechts, die Gabel links. La cuillère est à droite.",
    "0 1 2 3 4 5 6 7 8 9 ( ) [ ] { } < > / | _ - + = * & % $ # @ ! ? : ; , .",
)
VOCABULARY = 512

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@dataclass(frozen=True)
class TinyTokenizer:
    """Special tokens and chat template of a family."""

    template: str | None = CHATML
    special: tuple[str, ...] = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
    eos: str = "<|im_end|>"
    pad: str | None = "<|endoftext|>"
    bos: str | None = None
    names: dict = field(default_factory=dict)

    def save(self, folder):
        """Train a byte-level BPE on a few lines and save it with this family's tokens; returns the tokenizer."""
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
        from transformers import PreTrainedTokenizerFast

        bpe = Tokenizer(models.BPE())
        bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        bpe.decoder = decoders.ByteLevel()
        special = [*self.special]
        trainer = trainers.BpeTrainer(
            vocab_size=VOCABULARY - 16,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        bpe.train_from_iterator(LINES, trainer)
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=bpe,
            bos_token=self.bos,
            eos_token=self.eos,
            pad_token=self.pad,
            chat_template=self.template,
            **self.names,
        )
        tokenizer.save_pretrained(folder)
        return tokenizer


WIDTHS = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 512,
}
"""Multiples of 64, because 4-bit layers of other widths fail on some CPUs."""


def save_tiny(folder, config, tokenizer=None, spread=0.2):
    """Save a model of this configuration with random weights (the same each time) and a tokenizer.

    Args:
        folder: where to.
        config: a transformers configuration.
        tokenizer: a TinyTokenizer; ChatML by default.
        spread: standard deviation of the weights; larger than usual, so that answers differ between prompts.
    """
    import torch
    from transformers import AutoModelForCausalLM

    made = (tokenizer or TinyTokenizer()).save(folder)
    ids = {"bos_token_id": made.bos_token_id, "eos_token_id": made.eos_token_id, "pad_token_id": made.pad_token_id}
    for key, value in ids.items():
        setattr(config.get_text_config(), key, value)
        setattr(config, key, value)
    config.get_text_config().initializer_range = spread
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.save_pretrained(folder)
    return folder


def save_tiny_llama(folder):
    """Save the plainest of them: a Llama that speaks ChatML."""
    from transformers import LlamaConfig

    return save_tiny(folder, LlamaConfig(**WIDTHS, tie_word_embeddings=True))
