"""Where in its epoch a training is: enough to go on in the middle of one, in the same order of images."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from senumpy.arguments import check_number

GENERATORS = {kind.__name__: kind for kind in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937,
                                               np.random.Philox, np.random.SFC64)}  # fmt: skip
COUNTS = ("epoch", "images", "batch_size", "batches", "right", "seen")


@dataclass
class Place:
    """The sums of an epoch that is going on, and how its order of images was drawn."""

    epoch: int
    images: int
    batch_size: int
    drop_last: bool
    generator: dict  # the random generator's state at the epoch's beginning: it draws the same order again
    rng: np.random.Generator | None = None  # the generator itself; None after loading, until fit has brought one
    batches: int = 0
    losses: float = 0.0  # nats, summed over the images seen
    right: Any = 0  # stays on the device until somebody asks
    seen: int = 0
    seconds: float = 0.0

    @classmethod
    def begin(cls, epoch, images, options):
        """Return the place before the first mini-batch of an epoch."""
        rng = options["rng"]
        return cls(epoch, images, int(options["batch_size"]), bool(options["drop_last"]), generator_state(rng), rng)

    def add(self, loss, count, hits):
        """Count one more mini-batch."""
        self.batches += 1
        self.losses += loss * count
        self.right = self.right + hits
        self.seen += count

    def go_on(self, images, options):
        """Take the generator that `Trainer.fit` was given, and bring it to where it was when the epoch began.

        Raises
        ------
        ValueError
            In the middle of an epoch, for other images or mini-batches than it began with.
        """
        here = {"images": images, "batch_size": options["batch_size"], "drop_last": options["drop_last"]}
        changed = [f"{name} was {getattr(self, name)}, and is {value} now" for name, value in here.items()
                   if self.batches and getattr(self, name) != value]  # fmt: skip
        if changed:
            raise ValueError(
                f"the training was stopped after {self.batches} mini-batches of epoch {self.epoch} and can only go on "
                f"with the same ones: {'; '.join(changed)}"
            )
        set_generator(options["rng"], self.generator)
        self.rng = options["rng"]

    def to_dict(self):
        """Return plain values, ready for JSON."""
        return asdict(replace(self, rng=None, right=int(self.right)))


def place_to_save(trainer):
    """Return where a trainer is: in its epoch, or, where that is done, before the next; None where it never fitted."""
    place = trainer.place
    if place is None or place.epoch > len(trainer.history.epochs) or place.rng is None:
        return place
    return Place.begin(len(trainer.history.epochs) + 1, place.images, vars(place))


def place_from(fields, epochs_done):
    """Return the place that `Place.to_dict` described.

    Raises
    ------
    ValueError
        Where it is none.
    """
    names = {*COUNTS, "drop_last", "generator", "rng", "losses", "seconds"}
    if not isinstance(fields, dict) or fields.keys() != names:
        raise ValueError("the place in the epoch is not described")
    for name in COUNTS:
        if type(fields[name]) is not int or not 0 <= fields[name] < 2**63:
            raise ValueError(f"the place in the epoch: {name} must be a whole number, the file has {fields[name]!r}")
    for name in ("losses", "seconds"):
        check_number(f"the place in the epoch: {name}", fields[name], "finite", lambda number: True)
    if fields["epoch"] != epochs_done + 1 or type(fields["drop_last"]) is not bool or fields["rng"] is not None:
        raise ValueError(f"the place in the epoch does not follow on {epochs_done} epochs")
    kind = GENERATORS.get(fields["generator"].get("bit_generator") if isinstance(fields["generator"], dict) else None)
    set_generator(np.random.Generator((kind or np.random.PCG64)(0)), fields["generator"])  # raises where it cannot be
    return Place(**fields)


def generator_state(rng):
    """Return the state of a generator, ready for JSON: some kinds keep arrays, which become lists."""
    return _listed(rng.bit_generator.state)


def _listed(state):
    if isinstance(state, dict):
        return {name: _listed(value) for name, value in state.items()}
    return state.tolist() if hasattr(state, "tolist") else state


def set_generator(rng, state):
    """Bring a generator into a state that `generator_state` returned.

    Raises
    ------
    ValueError
        For the state of another kind of generator, or none.
    """
    before = rng.bit_generator.state
    try:
        rng.bit_generator.state = state
        if generator_state(rng) != state:
            raise ValueError("numbers out of range")
    except Exception as error:  # each kind complains in its own way
        rng.bit_generator.state = before
        kind = type(rng.bit_generator).__name__
        reason = f"{type(error).__name__}: {error}"
        raise ValueError(f"the random generator's state does not fit a {kind}: {reason}") from error
