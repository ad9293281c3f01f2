"""Has mpiexec started this process, and with how many others? Without mpi4py nothing here imports anything."""

import os

# What the starters of MPICH (and its relatives, Intel's and Microsoft's), Open MPI and MVAPICH tell their processes.
SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")


def launched(environ=os.environ):
    """Return how many processes were started together, 1 where nobody says so.

    >>> launched({"PMI_SIZE": "4"}), launched({})
    (4, 1)
    """
    return max((int(environ[name]) for name in SIZES if environ.get(name, "").isdigit()), default=1)


def world():
    """Return the communicator of all processes that mpiexec has started, or None where this one is alone.

    Raises
    ------
    ValueError
        Where there are several and they cannot talk to each other: without mpi4py, or where it belongs to another MPI
        than the mpiexec. Each of them would train all by itself, and all would write the same files.
    """
    if launched() == 1:
        return None
    check_launcher()
    from mpi4py import MPI

    return MPI.COMM_WORLD


def check_launcher():
    """Raise a ValueError where several processes were started, and MPI knows of one."""
    count = launched()
    if count == 1:
        return
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:  # RuntimeError: no MPI library can be loaded
        raise ValueError(
            f"{count} processes were started together, but mpi4py cannot be imported ({error}): "
            "python -m pip install mpi4py mpich, or start one process, without mpiexec"
        ) from error
    if MPI.COMM_WORLD.Get_size() == 1:
        library = MPI.Get_library_version().partition("\n")[0].strip(" \t\0")
        raise ValueError(
            f"{count} processes were started together, and each believes that it is alone: this mpiexec is not that of "
            f"mpi4py's MPI ({library}). Start them with the mpiexec of that one: with the pip package mpich it lies "
            "beside python, in the environment's bin"
        )
