#!/usr/bin/env python3
"""Trains a narrow ResNet-9 on CIFAR-10 in PyTorch as a config of `squeeze train` does, to compare their curves.

usage: training_curve.py DATA [--rate R] [--epochs N] [--steps N]

DATA has train/ and test/ with a folder of pictures per class. The other curve comes from

    squeeze train narrow.yaml --data DATA --seed 1 --threads 2

where narrow.yaml is Examples/resnet-9-cifar10.yaml with `network: {name: resnet-9, base_width: 16}`, without
`cutout`, with the same rate and epochs. Prints training loss and test error of every epoch. --steps ends an epoch
early, to try the script.
"""

import argparse
import os
import time

import numpy
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
BATCH, WIDTH = 256, 16


def load(folder):
    """Pictures [N, 3, 32, 32], normalized, and their classes."""
    pictures, labels = [], []
    for label, name in enumerate(sorted(os.listdir(folder))):
        for file in sorted(os.listdir(os.path.join(folder, name))):
            with Image.open(os.path.join(folder, name, file)) as picture:
                pictures.append(numpy.asarray(picture.convert("RGB")))
            labels.append(label)
    x = torch.tensor(numpy.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, DEVIATION))
    return (x - mean) / deviation, torch.tensor(labels)


def convolution(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(convolution(channels, channels), convolution(channels, channels))

    def forward(self, x):
        return x + self.layers(x)


def network():
    """As `squeeze new resnet-9 --base 16`, He-normal; scores are divided by 8 outside."""
    w = WIDTH
    net = nn.Sequential(
        convolution(3, w), convolution(w, 2 * w), nn.MaxPool2d(2), Residual(2 * w),
        convolution(2 * w, 4 * w), nn.MaxPool2d(2), convolution(4 * w, 8 * w), nn.MaxPool2d(2),
        Residual(8 * w), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8 * w, 10, bias=False),
    )
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return net


def augmented(x, random):
    """A random cut of 32×32 after four mirrored pixels on every side, and a flip half of the time."""
    x = functional.pad(x, (4, 4, 4, 4), mode="reflect")
    cuts = []
    for picture in x:
        top, left = random.integers(0, 9, 2)
        cut = picture[:, top : top + 32, left : left + 32]
        cuts.append(cut.flip(2) if random.random() < 0.5 else cut)
    return torch.stack(cuts)


def one_cycle(step, total, peak, rise=0.25):
    top = rise * total
    start = peak / 25
    if step < top:
        return start + (peak - start) * step / top
    return peak * (1 - (step - top) / (total - top))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--steps", type=int)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(2)
    random = numpy.random.default_rng(1)
    x, y = load(os.path.join(options.data, "train"))
    test_x, test_y = load(os.path.join(options.data, "test"))
    net = network()
    weights = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim == 1]
    groups = [{"params": weights, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0}]
    optimizer = torch.optim.SGD(groups, lr=options.rate, momentum=0.9, nesterov=True)
    steps = options.steps or len(x) // BATCH
    print(f"PyTorch {torch.__version__}, rate {options.rate}, {options.epochs} epochs of {steps} steps")
    for epoch in range(options.epochs):
        net.train()
        start, total = time.time(), 0.0
        order = torch.tensor(random.permutation(len(x)))
        for step in range(steps):
            chosen = order[step * BATCH : (step + 1) * BATCH]
            rate = one_cycle(epoch * steps + step, options.epochs * steps, options.rate)
            for group in optimizer.param_groups:
                group["lr"] = rate
            scores = net(augmented(x[chosen], random)) / 8
            loss = functional.cross_entropy(scores, y[chosen], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        net.eval()
        with torch.no_grad():
            right = sum(
                int((net(test_x[i : i + 500]).argmax(1) == test_y[i : i + 500]).sum())
                for i in range(0, len(test_x), 500)
            )
        error = 100 * (1 - right / len(test_x))
        print(
            f"epoch {epoch + 1}  loss {total / steps:.4f}  test error {error:.2f} %  "
            f"{time.time() - start:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
