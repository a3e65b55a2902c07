import collections
import io
import pickle
import zipfile

import numpy as np
import pytest

from keras_gt.converters.torch_state import read_torch_state
from tests.converters.checkpoints import reaction_albert


def test_a_published_file_in_the_legacy_format():
    path = reaction_albert() / "pytorch_model.bin"
    state = read_torch_state(path.read_bytes(), path.name)
    assert len(state) == 32
    words = state["albert.embeddings.word_embeddings.weight"]
    assert words.shape == (591, 128) and words.dtype == np.float32
    assert np.array_equal(words, state["predictions.decoder.weight"])  # one storage, twice
    with pytest.raises(ValueError, match="must hold .* values"):
        read_torch_state(path.read_bytes()[:-4], path.name)


def archive(state_bytes, storages, byteorder=b"little"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("model/data.pkl", state_bytes)
        file.writestr("model/byteorder", byteorder)
        for name, array in storages.items():
            file.writestr(f"model/data/{name}", array.tobytes())
    return stream.getvalue()


def state_bytes(kind="FloatStorage", offset=1, size=(2, 3), stride=(1, 2), count=8):
    """The pickle of {"weight": a tensor}, opcode by opcode."""
    out = [b"\x80\x02ccollections\nOrderedDict\n)R(", _text("weight")]
    out += [b"ctorch._utils\n_rebuild_tensor_v2\n(("]
    out += [_text("storage"), f"ctorch\n{kind}\n".encode(), _text("0"), _text("cpu")]
    out += [_number(count), b"tQ", _number(offset)]
    for values in (size, stride):
        out += [b"(", *(_number(value) for value in values), b"t"]
    return b"".join([*out, b"\x89ccollections\nOrderedDict\n)RtRu."])


def _text(value):
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def _number(value):
    return b"J" + value.to_bytes(4, "little", signed=True)


def test_the_zip_format_and_strides():
    values = np.arange(8, dtype="float32")
    state = read_torch_state(archive(state_bytes(), {"0": values}), "model.bin")
    assert state["weight"].tolist() == [[1, 3, 5], [2, 4, 6]]
    halves = archive(state_bytes("HalfStorage"), {"0": values.astype("float16")})
    assert read_torch_state(halves, "model.bin")["weight"].dtype == np.float16


def test_what_a_file_may_not_hold():
    values = {"0": np.arange(8, dtype="float32")}
    with pytest.raises(ValueError, match="must hold tensors inside their storages"):
        read_torch_state(archive(state_bytes(offset=4), values), "model.bin")
    with pytest.raises(ValueError, match="must hold tensors inside their storages"):
        read_torch_state(archive(state_bytes(stride=(-1, 2)), values), "model.bin")
    with pytest.raises(ValueError, match="must hold 9 values"):
        read_torch_state(archive(state_bytes(count=9), values), "model.bin")
    with pytest.raises(ValueError, match="must be little-endian"):
        read_torch_state(archive(state_bytes(), values, b"big"), "model.bin")
    with pytest.raises(ValueError, match="must name no class but"):
        read_torch_state(archive(state_bytes("nn.Linear"), values), "model.bin")
    with pytest.raises(ValueError, match="must be a file that torch.save wrote"):
        read_torch_state(archive(state_bytes(), {}), "model.bin")
    with pytest.raises(ValueError, match="must hold a state dict"):
        read_torch_state(archive(pickle.dumps([1]), {}), "model.bin")
    code = pickle.dumps(collections.deque)
    with pytest.raises(ValueError, match="must name no class but"):
        read_torch_state(archive(code, {}), "model.bin")
