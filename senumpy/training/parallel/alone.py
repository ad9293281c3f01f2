"""One process with all the work: nothing to share, nobody to ask."""

from contextlib import nullcontext


class Alone:
    """What a trainer without a communicator has in the place of a `Team`: the same questions, answered by itself.

    Every number stays as it is, to the last bit.
    """

    size, rank, first, seconds = 1, 0, True, 0.0
    smallest_alone = 2  # batch norm cannot be trained on fewer images where maps have shrunk to one pixel

    def check(self, library):
        """Find nothing to refuse."""

    def share(self, x, labels):
        """Return all images, their labels, and their weight in the mean over the mini-batch."""
        return x, labels, 1.0

    def batch_norm_sums(self, model, weight):
        """Leave batch norm its own sums for one ``with`` block: they are those of the whole batch."""
        return nullcontext()

    def total(self, grads, loss, hits, weight):
        """Return loss and right answers as they are; the gradients are complete."""
        return loss, hits

    def sum_numbers(self, *numbers):
        """Return the numbers as they are."""
        return numbers

    def tell(self, thing):
        """Return the thing."""
        return thing

    def start(self, trainer, rng=None, given=None):
        """Change nothing: a replica of itself is what a process is."""

    def after_epoch(self, trainer):
        """Compare nothing."""
