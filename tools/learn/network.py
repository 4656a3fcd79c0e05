"""Training a small network in numpy: a value and the distances to both ends of its 90 % interval for each angle.

The value minimizes the Huber loss; the distances the pinball loss of the 5 % and 95 % quantiles of the residuals
(Koenker and Bassett 1978). The optimizer is Adam with weight decay and a rate that decays to zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Layers = list[tuple[Singles, Singles]]

_TAIL = 0.05
_HUBER = 0.5
"""Errors beyond this many standard deviations of an angle count linearly."""
_RATE, _DECAY = 4e-3, 2e-2
_BATCH = 256
_MOMENTA, _LEAST = (0.9, 0.999), 1e-8


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is trained."""

    hidden: tuple[int, int] = (64, 32)
    epochs: int = 80
    copies: int = 6
    """Jittered copies of every example; each epoch uses the next."""
    members: int = 2
    """Networks whose answers are averaged."""
    decay: float = _DECAY


def fitted(rounds: Sequence[tuple[Singles, Singles]], seed: int, plan: Plan) -> Layers:
    """Train a network.

    Args:
        rounds: scaled inputs, shape (n, d), and scaled angles, shape (n, k), one pair per epoch in turn.
        seed: of the initial weights and the order of examples.
        plan: training parameters.

    Returns:
        Weights, shape (from, to), and biases, shape (1, to), of each layer; the last gives 3k numbers.
    """
    random = np.random.default_rng(seed)
    inputs, wanted = rounds[0]
    widths = (inputs.shape[1], *plan.hidden, 3 * wanted.shape[1])
    layers: Layers = [
        (
            (random.normal(0, np.sqrt(2 / a), (a, b)) * (0.3 if b == widths[-1] else 1)).astype(np.float32),
            np.zeros((1, b), np.float32),
        )
        for a, b in pairwise(widths)
    ]
    adam = _Adam(layers, plan.decay)
    steps = plan.epochs * -(-len(inputs) // _BATCH)
    step = 0
    for epoch in range(plan.epochs):
        inputs, wanted = rounds[epoch % len(rounds)]
        order = random.permutation(len(inputs))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            gradients = _gradients(layers, inputs[chosen], wanted[chosen])
            adam.step(layers, gradients, _RATE * 0.5 * (1 + np.cos(np.pi * min(step / steps, 1))))
            step += 1
    return layers


def _gradients(layers: Layers, inputs: Singles, wanted: Singles) -> Layers:
    seen = [inputs]
    for weights, offsets in layers[:-1]:
        seen.append(np.maximum(seen[-1] @ weights + offsets, 0))
    weights, offsets = layers[-1]
    slope = _slope_of_loss(seen[-1] @ weights + offsets, wanted)
    found: Layers = []
    for (weights, _), before in zip(reversed(layers), reversed(seen), strict=True):
        found.append((before.T @ slope, slope.sum(axis=0, keepdims=True)))
        slope = (slope @ weights.T) * (before > 0)
    return found[::-1]


def _slope_of_loss(out: Singles, wanted: Singles) -> Singles:
    """The gradient of the loss with respect to the network's output, shape (n, 3k)."""
    k = wanted.shape[1]
    off = wanted - out[:, :k]
    value = -np.clip(off, -_HUBER, _HUBER) / _HUBER
    reach = np.logaddexp(0, out[:, k:])
    inner = 1 / (1 + np.exp(-out[:, k:]))
    # Pinball loss for the ends; it does not affect the value itself.
    outside = np.concatenate([off < -reach[:, :k], off > reach[:, k:]], axis=1).astype(np.float32)
    ends = (np.float32(_TAIL) - outside) * inner
    return np.asarray(np.concatenate([value, ends], axis=1) / np.float32(len(wanted)), np.float32)


class _Adam:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""

    def __init__(self, layers: Layers, decay: float) -> None:
        self._means = [[np.zeros_like(part) for part in layer] for layer in layers]
        self._squares = [[np.zeros_like(part) for part in layer] for layer in layers]
        self._count, self._decay = 0, decay

    def step(self, layers: Layers, gradients: Layers, rate: float) -> None:
        self._count += 1
        first, second = (1 - momentum**self._count for momentum in _MOMENTA)
        for layer, gradient, means, squares in zip(layers, gradients, self._means, self._squares, strict=True):
            for index, (part, slope) in enumerate(zip(layer, gradient, strict=True)):
                means[index] += (1 - _MOMENTA[0]) * (slope - means[index])
                squares[index] += (1 - _MOMENTA[1]) * (slope * slope - squares[index])
                if index == 0:
                    part *= np.float32(1 - rate * self._decay)
                part -= np.float32(rate) * (means[index] / first) / (np.sqrt(squares[index] / second) + _LEAST)
