"""Damage files of weights and checkpoints at random and try to load them: ``python -m benchmarks.damage --files 2000``.

Each damaged file must be refused with a `CheckpointError` that leaves the model alone, or hold the same numbers. What
is repacked (as by a program that computes zip's own checksums anew) is caught by the manifest's.
"""

import argparse
import io
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.kills import bits, new_trainer
from senumpy.training import CheckpointError, load_checkpoint, load_weights, save_checkpoint, save_weights

CAP = 1 << 30  # bytes of memory beyond which a file may not lure us


def flip(content, rng):
    place = rng.integers(len(content))
    content[place] ^= 1 << rng.integers(8)


def cut(content, rng):
    del content[rng.integers(len(content)) :]


def blank(content, rng):
    start = rng.integers(len(content))
    end = min(len(content), start + int(rng.integers(1, 600)))
    content[start:end] = bytes(end - start)


def shift(content, rng):
    start = rng.integers(len(content))
    content[start:start] = rng.bytes(rng.integers(1, 9))


def repack(content, rng):
    """Change a byte of one array, or of its header, and let zip compute its checksums anew."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        members = {name: bytearray(old.read(name)) for name in old.namelist()}
    arrays = [name for name in members if name.endswith(".npy")]
    flip(members[arrays[rng.integers(len(arrays))]], rng)
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED if rng.integers(2) else zipfile.ZIP_STORED) as file:
        for name, member in members.items():
            file.writestr(name, bytes(member))
    content[:] = new.getvalue()


KINDS = (flip, cut, blank, shift, repack)
LOADERS = {
    "weights": lambda trainer, path: load_weights(trainer.model, path),
    "checkpoint": lambda trainer, path: load_checkpoint(path, trainer.model, trainer=trainer),
}


def outcome(load, path, trainer, reference):
    """Return what came of loading a damaged file into a model of other weights."""
    model = trainer.model
    before = state(model)
    try:
        load(trainer, path)
    except CheckpointError:
        return "refused" if state(model) == before else "REFUSED, BUT THE MODEL CHANGED"
    except Exception as error:
        return f"ANOTHER ERROR: {type(error).__name__}: {error}"
    return "harmless: the same numbers" if state(model) == reference else "LET IN WITH OTHER NUMBERS"


def state(model):
    return b"".join(a.tobytes() for a in model.state_dict().values())


def damage(files, rng):
    """Count the outcomes by kind of file and of damage."""
    trained = new_trainer()
    trained.fit(np.ones((7, 3, 8, 8), np.float32), np.arange(7) % 3, epochs=2, batch_size=4, rng=rng)
    outcomes = Counter()
    with tempfile.TemporaryDirectory() as folder:
        good = {
            "weights": save_weights(trained.model, Path(folder, "w")).read_bytes(),
            "checkpoint": save_checkpoint(Path(folder, "c"), trained.model, trainer=trained).read_bytes(),
        }
        path, reference = Path(folder, "bad.npz"), state(trained.model)
        for number in range(files):
            kind, hurt = list(good)[number % 2], KINDS[number // 2 % len(KINDS)]
            content = bytearray(good[kind])
            hurt(content, rng)
            path.write_bytes(content)
            fresh = new_trainer()
            result = outcome(LOADERS[kind], path, fresh, reference)
            if kind == "checkpoint" and result.startswith("harmless") and bits(fresh) != bits(trained):
                result = "LET IN WITH ANOTHER STATE"
            outcomes[kind, hurt.__name__, result] += 1
    return outcomes


def limit_memory():
    """Let more memory than `CAP` be an error, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (CAP, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main(argv=None):
    """Print a table; return 0 where nothing was let in."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.damage", description=__doc__.split("\n")[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    limit_memory()
    outcomes = damage(args.files, np.random.default_rng(args.seed))
    for (kind, hurt, result), number in sorted(outcomes.items()):
        print(f"{kind:12}{hurt:10}{number:6}  {result}")
    bad = sum(number for (_, _, result), number in outcomes.items() if result[:2].isupper())
    print(f"{args.files} damaged files, {bad} let in or answered with another error")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
