"""What every operation asks of its arguments, and the words it uses when it does not get it."""

from senumpy.arguments import check_count, check_plain


def check_array(name, a, shape, *, beside=""):
    """Raise a ValueError unless ``a`` is a real or complex floating-point array of the given shape, and a plain one.

    ``shape`` is a tuple of sizes where they are known and letters where any size will do, such as ``("M", 64)``,
    or all letters as in the docstrings: ``"N C H W"``. ``beside`` names the other array that fixed the sizes.
    """
    check_plain(name, a)
    wanted = shape.split() if isinstance(shape, str) else shape
    if not hasattr(a, "dtype") or not hasattr(a, "strides"):
        kind = type(a).__name__
        raise ValueError(f"{name} must be an array of shape {_printed(wanted)}, got {kind}: use numpy.asarray")
    if a.dtype.kind not in "fc":
        raise ValueError(
            f"{name} must hold floating-point numbers, got {a.dtype}: convert it with {name}.astype(numpy.float32)"
        )
    if a.dtype.itemsize == 2:
        raise ValueError(
            f"{name} holds float16, in which sums of a few thousand numbers lose all digits: convert it with "
            f"{name}.astype(numpy.float32)"
        )
    fits = len(a.shape) == len(wanted) and all(
        isinstance(want, str) or want == size for want, size in zip(wanted, a.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} must have shape {_printed(wanted)}{beside and f' beside {beside}'}, got {a.shape}")
    if 0 in a.shape:
        raise ValueError(f"{name} must have at least one entry along every axis, got shape {a.shape}")


def check_floating(name, a):
    """Raise a ValueError unless ``a`` is a real or complex floating-point array, of any shape."""
    check_array(name, a, getattr(a, "shape", ("any",)))


def _printed(shape):
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def pair(name, value, smallest):
    """Return an int or a (height, width) pair of ints as a pair, each at least ``smallest``."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    try:
        height, width = (check_count(name, v, smallest) for v in values)
    except ValueError as error:  # one of them is no count, or they are not two
        raise ValueError(
            f"{name} must be an integer of at least {smallest}, or a (height, width) pair of them, got {value!r}"
        ) from error
    return height, width


def check_window(kernel_size, stride, padding):
    """Return the three as pairs (height, width), or raise a ValueError; without a stride it is the kernel size.

    >>> check_window(3, None, (0, 1))
    ((3, 3), (3, 3), (0, 1))
    """
    kernel_size = pair("kernel_size", kernel_size, 1)
    stride = kernel_size if stride is None else pair("stride", stride, 1)
    padding = pair("padding", padding, 0)
    if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
        raise ValueError(
            f"padding must be at most half the kernel, got padding {padding} for kernel {kernel_size}: "
            "a window must not lie in the padding alone"
        )
    return kernel_size, stride, padding


def output_size(size, kernel_size, stride, padding):
    """Return (OH, OW): how many windows fit, ``floor((size + 2 padding - kernel) / stride) + 1`` along each axis."""
    sizes = tuple((n + 2 * p - k) // s + 1 for n, k, s, p in zip(size, kernel_size, stride, padding, strict=True))
    if min(sizes) < 1:
        raise ValueError(
            f"the kernel {tuple(kernel_size)} is larger than the padded input: (H, W) = {tuple(size)} with padding "
            f"{tuple(padding)} on each side; use a smaller kernel or more padding"
        )
    return sizes
