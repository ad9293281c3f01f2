"""A team of threads: what `Team` asks of a communicator, without MPI and without starting anything."""

import threading

import numpy as np

N = 21
X = np.random.default_rng(1).standard_normal((N, 2, 8, 8))
LABELS = np.random.default_rng(2).integers(0, 3, N)
TEST = np.random.default_rng(3).standard_normal((5, 2, 8, 8)), np.array([0, 1, 2, 2, 0])


class Done:
    """A request whose sum is there."""

    def Test(self):  # noqa: N802 - mpi4py's name
        return True


class Threads:
    """One thread's side of a communicator that all threads of `in_threads` share."""

    def __init__(self, rank, size, barrier, board):
        self.rank, self.size, self.barrier, self.board = rank, size, barrier, board
        self.sums = 0

    def Get_size(self):  # noqa: N802
        return self.size

    def Get_rank(self):  # noqa: N802
        return self.rank

    def Iallreduce(self, row, total):  # noqa: N802
        self.sums += 1
        rows = self._exchange(row)
        assert len({(r.shape, r.dtype) for r in rows}) == 1, "every process sends a row of one length"
        total[...] = np.sum(rows, axis=0)
        self.barrier.wait()  # nobody changes a row while another one adds it up
        return Done()

    def bcast(self, thing, root):
        thing = self._exchange(thing)[root]
        self.barrier.wait()
        return thing

    def _exchange(self, thing):
        self.board[self.rank] = thing
        self.barrier.wait()
        return [*self.board]


def in_threads(size, work):
    """Return what ``work(comm)`` returns in each of ``size`` threads, by rank; the first error goes on."""
    barrier, board, found, errors = threading.Barrier(size, timeout=60), [None] * size, [None] * size, []

    def run(rank):
        try:
            found[rank] = work(Threads(rank, size, barrier, board))
        except threading.BrokenBarrierError:
            pass  # another one's error
        except BaseException as error:
            errors.append(error)
            barrier.abort()

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return found
