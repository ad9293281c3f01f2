"""What people pass where a layer is wanted, and what they may have meant."""


def not_a_layer(model, name):
    """Return the ValueError for something that is no layer.

    >>> print(not_a_layer([], "model"))
    model must be a layer, got a list: put layers in a row with senumpy.layers.Sequential(layer, layer, ...)
    """
    if isinstance(model, type):
        got = f"the class {model.__name__} itself: write {model.__name__}(...), with brackets"
    elif isinstance(model, (list, tuple, dict)):
        got = f"a {type(model).__name__}: put layers in a row with senumpy.layers.Sequential(layer, layer, ...)"
    elif hasattr(model, "parameters") and hasattr(model, "state_dict"):
        got = (
            f"the PyTorch module {type(model).__name__}: build the same network from senumpy.layers, then "
            "load_state_dict(module.state_dict()) moves its weights"
        )
    elif callable(model):
        got = "a function: pairs of functions are what senumpy.gradcheck.check takes"
    else:
        got = type(model).__name__
    return ValueError(f"{name} must be a layer, got {got}")
