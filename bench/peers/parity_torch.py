"""Runs layers in PyTorch, in inference mode, with the weights of ours.
python3 parity_torch.py FOLDER  reads FOLDER/cases.json, a list of { file, torch, inputs: { name: { file, shape } } }, where
torch is an expression for the layer, and prints {"peer","version","outputs"}: for each case the numbers of its output,
or a text that says why there are none. Debian: python3-torch"""
import json, os, sys
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../examples/pytorch"))
from dynaecg import AttentionPool, ChannelAttention, Embedder, MlpClassifier, Model, Network, load_model, read_safetensors


class Apply(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Output(nn.Module):
    """One of the outputs of a module, under the module's names."""

    def __init__(self, module, index):
        super().__init__()
        self.module, self.index = module, index

    def load_state_dict(self, state):
        return self.module.load_state_dict(state)

    def forward(self, *inputs):
        return self.module(*inputs)[self.index]


class ResidualBlock(nn.Module):
    """torchvision's BasicBlock, in one dimension."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv1d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm1d(outputs)
        self.conv2, self.bn2 = nn.Conv1d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm1d(outputs)
        shortcut = nn.Conv1d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm1d(outputs)
        self.downsample = nn.Sequential(*shortcut)

    def forward(self, x):
        inner = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(inner)) + self.downsample(x))


class Ensemble(nn.Module):
    def __init__(self, members):
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, x):
        return torch.stack([member(x) for member in self.members]).mean(0)


folder = sys.argv[1]
outputs = []
for case in json.load(open(os.path.join(folder, "cases.json"))):
    try:
        file = os.path.join(folder, case["file"] + ".safetensors")
        layer = eval(case["torch"]).eval()
        state, _ = read_safetensors(file)
        layer.load_state_dict({name: value for name, value in state.items() if name != "centroids"})
        read = lambda one: torch.from_numpy(np.fromfile(os.path.join(folder, one["file"]), "<f4").reshape(one["shape"]))
        with torch.no_grad():
            outputs.append(layer(*map(read, case["inputs"].values())).flatten().tolist())
    except Exception as error:
        outputs.append(f"{type(error).__name__}: {error}")
print(json.dumps({"peer": "PyTorch", "version": torch.__version__, "outputs": outputs}))
