"""What a forward pass leaves in its layer belongs to the thread that ran it; nobody else may take it for his own."""

from threading import current_thread


class ModelInUseError(RuntimeError):
    """Another thread is using the model: a layer has room for one forward pass and its backward pass."""


class LeftBehind:
    """An attribute that only the thread that set it may read: for others it raises a `ModelInUseError`.

    It is None before it is set. The value is kept together with its thread, so that no other pass can come between.
    """

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, layer, owner=None):
        if layer is None:
            return self
        thread, value = vars(layer).get(self.name, (None, None))
        if thread not in (None, current_thread()):
            raise ModelInUseError(
                f"{type(layer).__name__}.{self.name}: the last forward pass was another thread's, and so is what it "
                "left behind; give each thread a model of its own: copy.deepcopy(model)"
            )
        return value

    def __set__(self, layer, value):
        vars(layer)[self.name] = current_thread(), value
