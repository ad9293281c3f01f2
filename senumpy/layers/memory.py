"""What one layer keeps of a forward pass for its backward pass: in which mode, and for whose thread."""

from threading import current_thread

from senumpy.layers.left_behind import LeftBehind, ModelInUseError


class Memory:
    """One layer's cache, its mode, and the threads that use it."""

    cache = LeftBehind()
    _left_behind = ("cache",)  # by the last forward pass: not part of a copy or a pickle

    def __init__(self):
        self._training, self._keeps = True, False
        self._users, self._evaluating, self._keeping = [], [], []  # the threads inside `in_use` and `evaluation_mode`

    @property
    def training(self):
        return self._training and not (self._evaluating and current_thread() in self._evaluating)

    @training.setter
    def training(self, training):
        self._training = training

    def forget(self):
        """Let go of what the last forward pass left behind, before the next one needs the memory."""
        self.require_thread()
        for name in self._left_behind:
            setattr(self, name, None)

    def keep(self, cache):
        """Keep what backward needs, in training or where somebody asked for gradients in evaluation."""
        self.cache = cache if self._keeps_caches else None

    @property
    def _keeps_caches(self):
        return self.training or self._keeps or bool(self._keeping)

    def require_cache(self):
        """Return the cache of the last forward pass, or explain that there was none."""
        if self.cache is None:
            hint = "" if self._keeps_caches else ", and in evaluation before it model.eval(gradients=True)"
            raise ValueError(f"{type(self).__name__}.backward needs a forward pass first: call forward(x){hint}")
        return self.cache

    def require_thread(self):
        """Raise a `ModelInUseError` where another thread came first and is not done yet."""
        alive = [thread for thread in tuple(self._users) if thread.is_alive()]  # a dead one cannot come back
        if alive and alive[0] is not current_thread():
            raise ModelInUseError(
                f"another thread is using this {type(self).__name__} (training, evaluating, looking at it or setting "
                "its gates); wait for it, or give each thread a model of its own: copy.deepcopy(model)"
            )

    def __getstate__(self):
        kept = {name: value for name, value in vars(self).items() if name not in self._left_behind}
        return {**kept, "_training": self.training, "_users": [], "_evaluating": [], "_keeping": []}
