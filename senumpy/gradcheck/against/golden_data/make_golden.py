"""The script that made golden.npz: three small networks in PyTorch, run forward and backward once, in float64.

    python senumpy/gradcheck/against/golden_data/make_golden.py

It knows nothing of senumpy. The file holds, for each network, what went in, the weights, what came out and every
gradient, under names such as ``se/gradients/fc.0.weight``.
"""

from pathlib import Path

import numpy as np


def main():
    import torch
    from torch import nn

    torch.manual_seed(20170905)  # the day the paper appeared
    torch.set_default_dtype(torch.float64)

    class SELayer(nn.Module):
        def __init__(self, channels, reduction, bias):
            super().__init__()
            hidden = channels // reduction
            self.fc = nn.Sequential(
                nn.Linear(channels, hidden, bias=bias), nn.ReLU(), nn.Linear(hidden, channels, bias=bias), nn.Sigmoid()
            )

        def forward(self, x):
            z = x.mean((2, 3))  # (N, C)
            return x * self.fc(z)[:, :, None, None]

    def stage(i, c_in, c_out):
        return {
            f"conv{i}": nn.Conv2d(c_in, c_out, 3, padding=1, bias=False),
            f"bn{i}": nn.BatchNorm2d(c_out),
            f"relu{i}": nn.ReLU(),
            f"se{i}": SELayer(c_out, 2, bias=False),
            f"pool{i}": nn.MaxPool2d(2),
        }

    def se_cnn():
        head = {"gap": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "fc": nn.Linear(6, 5)}
        model = nn.Sequential()
        for name, module in {**stage(1, 2, 4), **stage(2, 4, 6), **head}.items():
            model.add_module(name, module)
        return model

    arrays = {"made_with": np.array(f"PyTorch {torch.__version__}")}

    def keep(network, kind, values):
        for name, value in values.items():
            arrays[f"{network}/{kind}/{name}"] = value.detach().numpy().copy()

    def spread_parameters(model):
        """Move every parameter off its initial value: gammas of one and biases of zero would hide mistakes."""
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += 0.5 * torch.randn(parameter.shape)

    def gradients(model, x):
        return {"x": x.grad, **{name: p.grad for name, p in model.named_parameters()}}

    for network, bias in (("se", False), ("se_with_biases", True)):
        model = SELayer(8, 4, bias)
        spread_parameters(model)
        x = torch.randn(3, 8, 5, 4, requires_grad=True)
        dout = torch.randn(3, 8, 5, 4)
        keep(network, "parameters", model.state_dict())
        out = model(x)
        out.backward(dout)
        keep(network, "inputs", {"x": x, "dout": dout})
        keep(network, "outputs", {"out": out})
        keep(network, "gradients", gradients(model, x))

    model = se_cnn()
    spread_parameters(model)
    x, labels = torch.randn(3, 2, 8, 9, requires_grad=True), torch.tensor([4, 0, 2])
    keep("tiny_cnn", "parameters", dict(model.named_parameters()))
    logits = model(x)
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    keep("tiny_cnn", "inputs", {"x": x, "labels": labels})
    keep("tiny_cnn", "outputs", {"logits": logits, "loss": loss})
    keep("tiny_cnn", "gradients", gradients(model, x))

    np.savez_compressed(Path(__file__).with_name("golden.npz"), **arrays)


if __name__ == "__main__":
    main()
