"""Every op of the table against PyTorch, in float64: values, all gradients and running statistics."""

import numpy as np
import pytest
from comparing import assert_close
from op_cases import CASES
from op_recipes import ARGUMENTS

torch_ops = pytest.importorskip("torch_ops", reason="PyTorch is an optional test extra")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_agrees_with_pytorch(case):
    rng = np.random.default_rng(5)
    arrays = case.make(rng)
    arguments = {name: arrays.get(name) for name in ARGUMENTS[case.op]}
    before = {name: None if array is None else array.copy() for name, array in arguments.items()}
    out, cache = case.forward(**arrays)
    dout = case.make_dout(rng, out)
    torch_out, torch_gradients, torch_arrays = torch_ops.run(case.op, before, case.options, dout)

    assert_close(out, torch_out, what=case.name)
    gradients = case.gradients(dout, cache)
    assert gradients.keys() == torch_gradients.keys()
    for name, gradient in gradients.items():
        assert_close(gradient, torch_gradients[name], what=f"d{name} of {case.name}")
    for name in case.state:
        assert_close(arrays[name], torch_arrays[name], what=f"{name} after {case.name}")
