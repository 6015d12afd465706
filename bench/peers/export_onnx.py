"""Exports the embedding network of a saved model, default sizes, for inference: x (batch,1,length) to z (batch,64).
python3 export_onnx.py WEIGHTS.safetensors OUT.onnx  needs neither onnx nor safetensors; Debian: python3-torch"""
import json, sys, warnings
import torch
from torch_model import Embedder

weights, out = sys.argv[1:3]
with open(weights, "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = bytearray(file.read())
config = json.loads(header.pop("__metadata__")["networks"])[0]["embedder"]
prefix = "networks.0.embedder."
state = {}
for name, entry in header.items():
    if not name.startswith(prefix):
        continue
    if entry["dtype"] != "F32":
        sys.exit(f"expected {name} in F32, got {entry['dtype']}")
    start, end = entry["data_offsets"]
    values = torch.frombuffer(data, dtype=torch.float32, offset=start, count=(end - start) // 4)
    state[name[len(prefix):]] = values.reshape(entry["shape"])

net = Embedder()
net.load_state_dict(state)  # strict: other sizes, or another attention, do not pass for the default network
net.eval()
# It warns of a fixed batch, though the traced zero states take theirs from x, and of shapes that it did not infer:
# what onnxruntime makes of the file for 1 and for 256 beats shows that neither does harm.
warnings.simplefilter("ignore")
example = torch.zeros(1, 1, config["length"])
axes = {"x": {0: "batch"}, "z": {0: "batch"}}
torch.onnx.export(net, example, out, input_names=["x"], output_names=["z"], dynamic_axes=axes, opset_version=17)
