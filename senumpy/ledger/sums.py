"""A ledger is a list of entries, one for each layer; everything that one asks of it is a sum."""

from dataclasses import dataclass

from senumpy.ledger.costs import KINDS, MATRIX_PRODUCTS


@dataclass(frozen=True)
class Entry:
    """What one layer holds and does.

    Attributes
    ----------
    name : str
        Dotted, as in the model's parameters.
    stage : str
        The line of the table that it belongs to.
    layer : str
        The name of its class.
    kind : str
        What its parameters are counted under, one of `senumpy.ledger.costs.KINDS` or the name of an unknown class.
    is_se : bool
        Part of an SE block.
    parameters, statistics : int
        Trained numbers, and batch norm's running mean and variance; arrays that an earlier layer has too are not
        counted again.
    calls : int
        How often the forward pass called it.
    out : tuple of int or None
        The shape of what it gave the last time, without the batch.
    work : dict of str to int
        Multiply-adds for one image, by kind, of all calls together.
    """

    name: str
    stage: str
    layer: str
    kind: str
    is_se: bool
    parameters: int
    statistics: int
    calls: int
    out: tuple | None
    work: dict


@dataclass(frozen=True)
class Ledger:
    """What a network, or a part of it, holds and does for one image.

    Attributes
    ----------
    entries : tuple of Entry
    not_counted : tuple of str
        Operations that are left out on purpose, in words.
    unknown : tuple of str
        Sentences about layers that have parameters, and whose work nobody here knows.
    parameters, statistics : int
        Trained numbers, and batch norm's running statistics.
    multiply_adds : int
        Of all kinds together.
    work : dict of str to int
        Multiply-adds by kind.
    held : dict of str to int
        Parameters by kind.
    se : Ledger
        The entries of SE blocks: what SE adds.
    stages : dict of str to Ledger
        By the lines of the table, in the order of the layers.
    """

    entries: tuple
    not_counted: tuple = ()
    unknown: tuple = ()

    @property
    def parameters(self):
        return sum(entry.parameters for entry in self.entries)

    @property
    def statistics(self):
        return sum(entry.statistics for entry in self.entries)

    @property
    def multiply_adds(self):
        return sum(self.work.values())

    @property
    def matrix_products(self):
        """Multiply-adds of convolutions and linear layers alone, SE's included: what most counters print."""
        return sum(self.work.get(kind, 0) for kind in MATRIX_PRODUCTS)

    @property
    def work(self):
        return self._by_kind(lambda entry: entry.work)

    @property
    def held(self):
        return self._by_kind(lambda entry: {entry.kind: entry.parameters})

    @property
    def se(self):
        return self.part(lambda entry: entry.is_se)

    @property
    def stages(self):
        names = dict.fromkeys(entry.stage for entry in self.entries if entry.parameters or entry.work)
        return {name: self.part(lambda entry, name=name: entry.stage == name) for name in names}

    def table(self, numbers):
        """Return ``numbers``, "held" or "work", by stage and kind: what `senumpy.pictures.plot_ledger` draws."""
        return {name: getattr(part, numbers) for name, part in self.stages.items()}

    def part(self, belongs):
        """Return the ledger of those entries for which ``belongs(entry)`` is true."""
        return Ledger(tuple(entry for entry in self.entries if belongs(entry)), self.not_counted, self.unknown)

    def _by_kind(self, numbers_of):
        """Return sums by kind, in the order of `KINDS`, without those that are zero."""
        total = dict.fromkeys(KINDS, 0)
        for entry in self.entries:
            for kind, number in numbers_of(entry).items():
                total[kind] = total.get(kind, 0) + number
        return {kind: number for kind, number in total.items() if number}
