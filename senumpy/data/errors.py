"""What is said when somebody's data are not what they should be."""


class DataError(ValueError):
    """A file of images or labels is damaged, or another one than was asked for.

    The message names the file, what was expected, and what was found.
    """
