"""The networks of the training benchmark in PyTorch, of the same layers as Squeeze's own."""

import torch
from torch import nn
from torch.nn import functional as F


def normalized(inputs, outputs, kernel=3, stride=1, groups=1, activation=nn.ReLU):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([activation(inplace=True)] if activation else []))


class Residual(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return x + self.body(x)


def lenet_5():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(inplace=True), nn.Linear(500, 10),
    )


def resnet_9():
    two = lambda width: Residual(nn.Sequential(normalized(width, width), normalized(width, width)))
    return nn.Sequential(
        normalized(3, 64), normalized(64, 128), nn.MaxPool2d(2), two(128),
        normalized(128, 256), nn.MaxPool2d(2), normalized(256, 512), nn.MaxPool2d(2), two(512),
        nn.MaxPool2d(4), nn.Flatten(), nn.Linear(512, 10, bias=False),
    )


class Fire(nn.Module):
    def __init__(self, inputs, squeeze, expand):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeeze, 1)
        self.small = nn.Conv2d(squeeze, expand, 1)
        self.large = nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x), inplace=True)
        return torch.cat([F.relu(self.small(x), inplace=True), F.relu(self.large(x), inplace=True)], 1)


def squeezenet_1_1(classes=1000):
    pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 2), nn.ReLU(inplace=True), pool(),
        Fire(64, 16, 64), Fire(128, 16, 64), pool(), Fire(128, 32, 128), Fire(256, 32, 128), pool(),
        Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256),
        nn.Dropout(0.5), nn.Conv2d(512, classes, 1), nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )


def mobilenet_v2(classes=1000):
    def block(inputs, outputs, stride, expand):
        hidden = inputs * expand
        layers = [] if expand == 1 else [normalized(inputs, hidden, 1, activation=nn.ReLU6)]
        layers += [
            normalized(hidden, hidden, 3, stride, groups=hidden, activation=nn.ReLU6),
            normalized(hidden, outputs, 1, activation=None),
        ]
        body = nn.Sequential(*layers)
        return Residual(body) if stride == 1 and inputs == outputs else body

    layers, width = [normalized(3, 32, 3, 2, activation=nn.ReLU6)], 32
    settings = [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]
    for expand, outputs, count, stride in settings:
        for index in range(count):
            layers.append(block(width, outputs, stride if index == 0 else 1, expand))
            width = outputs
    layers += [normalized(width, 1280, 1, activation=nn.ReLU6), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(1280, classes))


class UNet(nn.Module):
    def __init__(self, base=16, channels=1, classes=1, depth=4):
        super().__init__()
        two = lambda inputs, outputs: nn.Sequential(normalized(inputs, outputs), normalized(outputs, outputs))
        widths = [base << level for level in range(depth + 1)]
        self.down = nn.ModuleList([two(a, b) for a, b in zip([channels] + widths, widths)])
        self.grow = nn.ModuleList([nn.ConvTranspose2d(2 * w, w, 2, 2) for w in widths[:depth]])
        self.up = nn.ModuleList([two(2 * w, w) for w in widths[:depth]])
        self.scores = nn.Conv2d(base, classes, 1)

    def forward(self, x):
        skips = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        for level in reversed(range(len(self.up))):
            x = self.up[level](torch.cat([skips[level], self.grow[level](x)], 1))
        return self.scores(x)


class DenseNet1D(nn.Module):
    def __init__(self, channels=8, growth=8, layers=3):
        super().__init__()

        def unit(inputs, outputs, kernel):
            return nn.Sequential(
                nn.BatchNorm1d(inputs), nn.ReLU(inplace=False),
                nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
            )

        self.stem = nn.Conv1d(channels, 16, 7, 2, 3, bias=False)
        self.blocks, self.transitions, width = nn.ModuleList(), nn.ModuleList(), 16
        for block in range(4):
            if block:
                self.transitions.append(nn.Sequential(unit(width, width // 2, 1), nn.AvgPool1d(2)))
                width //= 2
            dense = nn.ModuleList()
            for _ in range(layers):
                dense.append(nn.Sequential(unit(width, 4 * growth, 1), unit(4 * growth, growth, 3)))
                width += growth
            self.blocks.append(dense)
        self.last, self.fc = nn.BatchNorm1d(width), nn.Linear(width, 1)

    def forward(self, x):
        x = self.stem(x)
        for index, block in enumerate(self.blocks):
            if index:
                x = self.transitions[index - 1](x)
            for layer in block:
                x = torch.cat([x, layer(x)], 1)
        return self.fc(F.relu(self.last(x), inplace=True).mean(2))


# By name: how to make it, its name and options in Squeeze, one input, samples of a step.
NETWORKS = {
    "LeNet-5": (lenet_5, ["lenet-5"], (1, 28, 28), 64),
    "1-D DenseNet": (DenseNet1D, ["densenet-1d", "--input", "8,170"], (8, 170), 256),
    "U-Net, base 16": (UNet, ["u-net", "--base", "16"], (1, 256, 256), 4),
    "ResNet-9": (resnet_9, ["resnet-9"], (3, 32, 32), 64),
    "SqueezeNet 1.1": (squeezenet_1_1, ["squeezenet-v1.1"], (3, 224, 224), 16),
    "MobileNetV2": (mobilenet_v2, ["mobilenet-v2"], (3, 224, 224), 16),
}
