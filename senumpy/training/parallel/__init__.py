"""Many processes, one training: the same numbers as with one. In reading order:

==========  ===============================================================================
`team`      `Team`: shares of a mini-batch, and the sums that make them one again
`alone`     `Alone`: the same for one process, which has nobody to share with
`row`       arrays of any shapes as one row of numbers, which is summed in one go
`alike`     replicas begin alike, and are compared every epoch
`waiting`   waiting for the others, so that Ctrl-C is heard
`launched`  `world`: has mpiexec started this process, and with how many others?
`ending`    `together`: all processes end together, whatever one of them dies of
==========  ===============================================================================

A script that trains in as many processes as ``mpiexec -n 4 python script.py`` starts, and in one without mpiexec::

    from senumpy.training import Trainer, parallel

    with parallel.together() as comm:
        trainer = Trainer(model, optimizer, comm=comm)
        trainer.fit(x, labels, epochs=10, batch_size=64, rng=np.random.default_rng(0))

`docs/parallel.md` tells the rest.
"""

from senumpy.training.parallel.alone import Alone
from senumpy.training.parallel.ending import together
from senumpy.training.parallel.launched import world
from senumpy.training.parallel.team import Team, team_of

__all__ = ["Alone", "Team", "team_of", "together", "world"]
