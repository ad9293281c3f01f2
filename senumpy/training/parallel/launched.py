"""Has mpiexec started this process, and with how many others? Without mpi4py nothing here imports anything."""

from senumpy.starting import launched


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
        library = " ".join(MPI.Get_library_version().replace("\n", ",").partition(",")[0].strip("\0").split())
        raise ValueError(
            f"{count} processes were started together, and each believes that it is alone: this mpiexec is not that of "
            f"mpi4py's MPI ({library}). Start them with the mpiexec of that one: with the pip package mpich it lies "
            "beside python, in the environment's bin"
        )
