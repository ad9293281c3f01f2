"""The race of two processes with one: it runs, and what is extrapolated on paper follows its rules."""

import doctest

import mpi_runs
import pytest

from benchmarks import cost


def test_the_examples():
    assert doctest.testmod(cost).attempted >= 6 and doctest.testmod(cost).failed == 0


def test_sending_nothing_is_free_and_more_machines_never_send_less():
    for size in (8, 1e4, 1e8):
        seconds = [cost.sum_seconds(size, P, cost.ETHERNET) for P in cost.PROCESSES]
        assert seconds[0] == 0 and seconds == sorted(seconds)
        assert seconds[1] == pytest.approx(cost.ETHERNET.latency + size * cost.ETHERNET.per_byte)


def test_a_network_that_costs_nothing_is_ideal():
    free, work = cost.Network("free", 0.0, 0.0), cost.Work("work", 64, 0.0, 1e-3, cost.rows_of(1000, [16, 32]))
    assert [cost.growing_batch(work, P, free) for P in cost.PROCESSES] == [1.0] * 7
    assert [cost.same_batch(work, P, free) for P in cost.PROCESSES] == pytest.approx(cost.PROCESSES)


def test_what_does_not_shrink_with_the_batch_bounds_the_gain():
    free, work = cost.Network("free", 0.0, 0.0), cost.Work("work", 64, 0.064, 1e-3, ())
    assert cost.same_batch(work, 64, free) == pytest.approx(0.128 / 0.065)


@pytest.mark.mpi
def test_a_race(tmp_path):
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    words = ["-m", "benchmarks.processes", "--quick", "--only", "16-32-32, 16 px, with SE"]
    done = mpi_runs.run(None, *words, folder=tmp_path)
    assert done.code == 0
    for words in ("| 16-32-32, 16 px, with SE |", "epoch of cued", "Fitted: memory of this machine", "cores [", "| 64"):
        assert words in done.out


@pytest.mark.mpi
def test_the_difference_that_ones_own_statistics_make(tmp_path):
    words = ["-c", "import benchmarks.own_statistics as own; own.EPOCHS = 1; own.main()", "--seeds", "1"]
    done = mpi_runs.run(2, *words, folder=tmp_path)
    lines = done.out.splitlines()
    assert done.code == 0 and len(lines) == 4 and lines[0] != lines[1].replace("False", "True ")
