"""The history of a training run: what happened at every step, and how well the network did after every epoch."""

from dataclasses import asdict, dataclass, field


@dataclass
class Epoch:
    """One epoch: means over its mini-batches, then the test part where one was given."""

    epoch: int
    loss: float  # nats
    accuracy: float  # 0 to 1, measured while the weights still changed
    seconds: float
    test_loss: float | None = None
    test_accuracy: float | None = None

    def __str__(self):
        line = f"epoch {self.epoch:3d}   loss {self.loss:.4f}   accuracy {self.accuracy:.3f}"
        if self.test_accuracy is not None:
            line += f"   test loss {self.test_loss:.4f}   test accuracy {self.test_accuracy:.3f}"
        return f"{line}   {self.seconds:.1f} s"


@dataclass
class History:
    """Losses and learning rates by step, and an `Epoch` per epoch."""

    loss: list[float] = field(default_factory=list, repr=False)
    lr: list[float] = field(default_factory=list, repr=False)
    epochs: list[Epoch] = field(default_factory=list)

    def to_dict(self):
        """Return plain lists and dictionaries, ready for JSON, whatever kind of numbers the rates were."""
        epochs = [{name: _plain(value) for name, value in asdict(epoch).items()} for epoch in self.epochs]
        return {"loss": [*map(_plain, self.loss)], "lr": [*map(_plain, self.lr)], "epochs": epochs}


def _plain(number):
    """Return a number as Python's own: JSON does not know NumPy's."""
    return number.item() if hasattr(number, "item") else number
