"""Random numbers that are known by name: draw 17 of "weight/facts" is the same in every run, process and language.

A generator that gives one number after another changes all later ones when an arm or a criterion is added. Here every
number is a hash of the seed, a name, the number of the draw and a place, in 32-bit integers alone, so that a page can
repeat it in JavaScript (`Math.imul` and `>>>`; docs/DECIDE.md, "The same numbers elsewhere"):

    key     FNV-1a of the UTF-8 bytes of "SEED/NAME"
    u       (mix(mix(key ^ mix(draw * 0x9E3779B9)) + place * 0x85EBCA77) + 0.5) / 2^32
    mix     the finaliser of MurmurHash3 (Appleby), which spreads every bit over all others
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.stats.bootstrap import Floats

Words = NDArray[np.uint32]

GOLDEN: Final = np.uint32(0x9E3779B9)
STEP: Final = np.uint32(0x85EBCA77)
ATTEMPTS: Final = 16
"""of the rejection of `gammas`: each takes 95 % at least, so that 1 draw in 10^20 is left"""


def key_of(seed: int, name: str) -> np.uint32:
    """Return the key of a stream: FNV-1a, 32 bits, of "SEED/NAME"."""
    key = 0x811C9DC5
    for byte in f"{seed}/{name}".encode():
        key = (key ^ byte) * 0x01000193 & 0xFFFFFFFF
    return np.uint32(key)


def uniforms(key: np.uint32, draws: Words, place: int = 0) -> Floats:
    """Return numbers between 0 and 1, both excluded.

    Args:
        key: of the stream, from `key_of`.
        draws: which draws of it.
        place: which number of each draw.
    """
    words = _mixed(_mixed(key ^ _mixed(draws * GOLDEN)) + np.uint32(place * int(STEP) & 0xFFFFFFFF))
    return (words.astype(np.float64) + 0.5) / 2.0**32


def numbered(draws: int) -> Words:
    """Return the numbers of the first draws."""
    return np.arange(draws, dtype=np.uint32)


def gammas(key: np.uint32, shape: float, draws: int) -> Floats:
    """Return gamma variates of scale 1 (Marsaglia & Tsang, A simple method for generating gamma variables, 2000).

    A draw that is refused is tried again from the next three places, so that all others stay what they are. A shape
    below 1 is drawn as shape + 1, times a uniform number to the power of 1 / shape (their §6).

    Args:
        key: of the stream.
        shape: above 0.
        draws: how many.
    """
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    found, waiting = np.full(draws, d), numbered(draws)
    for attempt in range(ATTEMPTS):
        first, second, third = (uniforms(key, waiting, 3 * attempt + at) for at in range(3))
        normal = np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second)  # Box & Muller
        cube = (1.0 + normal / np.sqrt(9.0 * d)) ** 3
        bound = 0.5 * normal**2 + d - d * cube + d * np.log(np.where(cube > 0.0, cube, 1.0))
        taken = (cube > 0.0) & (np.log(third) < bound)
        found[waiting[taken]] = d * cube[taken]
        waiting = waiting[~taken]
        if not waiting.size:
            break
    if shape < 1.0:
        found *= uniforms(key, numbered(draws), 3 * ATTEMPTS) ** (1.0 / shape)
    return found


def dirichlet(seed: int, names: Sequence[str], weights: Floats, concentration: float, draws: int) -> Floats:
    """Return draws of weights around given ones, shape (draws, weights): each row sums to 1.

    Their means are the given weights w, their standard deviations sqrt(w (1 - w) / (concentration + 1)). A weight of 0
    stays 0.

    Args:
        seed: of all streams.
        names: of the weights; each has a stream of its own.
        weights: which sum to 1, shape (weights,).
        concentration: how sure they are, above 0.
        draws: how many.
    """
    found = np.zeros((draws, len(names)))
    for place, (name, weight) in enumerate(zip(names, weights, strict=True)):
        if weight > 0.0:
            found[:, place] = gammas(key_of(seed, f"weight/{name}"), concentration * weight, draws)
    total = np.zeros(draws)
    for place in range(len(names)):  # one after another, as a page adds them: the order decides the last bit
        total = total + found[:, place]
    return found / total[:, np.newaxis]


def _mixed(words: Words | np.uint32) -> Words:
    mixed = np.atleast_1d(np.asarray(words, dtype=np.uint32))
    mixed = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return mixed ^ (mixed >> np.uint32(16))
