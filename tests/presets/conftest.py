"""Small models, presets and a web server for the tests of presets."""

import contextlib
import functools
import http.server
import pathlib
import shutil
import threading
import time

import keras
import numpy as np
import pytest

from keras_gt.presets import load_preset, save_preset


@keras.saving.register_keras_serializable(package="toys")
class ToyBackbone(keras.Model):
    def __init__(self, units=4, dropout=0.0, dtype=None, **kwargs):
        policy = keras.dtype_policies.get(dtype or keras.config.dtype_policy())
        inputs = {"node_features": keras.Input((None, 3), name="node_features")}
        query = keras.layers.Dense(units, dtype=policy, name="query")
        hidden = keras.layers.Dropout(dropout, dtype=policy)(query(inputs["node_features"]))
        super().__init__(inputs=inputs, outputs=hidden, **kwargs)
        self.dtype_policy = policy
        self.query = query
        self.units, self.dropout_rate = units, dropout

    def get_config(self):
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": keras.dtype_policies.serialize(self.dtype_policy),
            "units": self.units,
            "dropout": self.dropout_rate,
        }


@keras.saving.register_keras_serializable(package="toys")
class OtherBackbone(ToyBackbone):
    pass


@keras.saving.register_keras_serializable(package="toys")
class ToyPreprocessor:
    def __init__(self, names=()):
        self.names = list(names)

    def get_config(self):
        return {"names": self.names}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable(package="toys")
class ToyTask(keras.Model):
    takes_backbone = True

    def __init__(self, backbone, num_classes=2, preprocessor=None, head_dropout=0.0, **kwargs):
        head = keras.layers.Dense(num_classes, dtype=backbone.dtype_policy, name="head")
        outputs = head(keras.layers.Dropout(head_dropout)(backbone(backbone.input)))
        super().__init__(inputs=backbone.input, outputs=outputs, **kwargs)
        self.backbone, self.head, self.preprocessor = backbone, head, preprocessor
        self.num_classes, self.head_dropout = num_classes, head_dropout

    def get_config(self):
        return {
            "name": self.name,
            "trainable": self.trainable,
            "backbone": keras.saving.serialize_keras_object(self.backbone),
            "preprocessor": keras.saving.serialize_keras_object(self.preprocessor),
            "num_classes": self.num_classes,
            "head_dropout": self.head_dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for key in ("backbone", "preprocessor"):
            config[key] = keras.saving.deserialize_keras_object(config[key])
        return cls(**config)


@keras.saving.register_keras_serializable(package="toys")
class ToyClassifier(ToyTask):
    pass


@keras.saving.register_keras_serializable(package="toys")
class ToyRegressor(ToyTask):
    pass


@keras.saving.register_keras_serializable(package="foreign")
class ForeignBackbone(ToyBackbone):
    pass


METADATA = {
    "description": "A toy.",
    "dataset": {"name": "toys", "graphs": 3},
    "split": "none",
    "metric": {
        "name": "accuracy",
        "unit": "%",
        "higher_is_better": True,
        "mean": 81.0,
        "std": 1.0,
        "runs": [{"run": "seed 0", "value": 80.0}, {"run": "seed 1", "value": 82.0}],
    },
    "shipped": {"run": "seed 1", "value": 82.0, "selected_by": "validation accuracy"},
    "paper": {"title": "On toys", "url": "https://example.org/toys", "value": 81.5},
    "licence": {"data": "none stated by the owner", "weights": "Apache-2.0"},
    "recipe": {"command": "keras-gt train toy", "epochs": 2},
    "training_time": 75.0,
}


@pytest.fixture
def toys():
    """The toy classes by name."""
    classes = ToyBackbone, OtherBackbone, ToyTask, ToyClassifier, ToyRegressor, ToyPreprocessor
    return {cls.__name__: cls for cls in (*classes, ForeignBackbone)}


@pytest.fixture
def metadata():
    return {**METADATA}


def _inputs():
    return {"node_features": np.random.default_rng(0).normal(size=(1, 5, 3)).astype("float32")}


def _classifier():
    keras.utils.set_random_seed(1)
    return ToyClassifier(ToyBackbone(), num_classes=3, preprocessor=ToyPreprocessor(["a"]))


@pytest.fixture
def inputs():
    return _inputs()


@pytest.fixture
def classifier():
    return _classifier()


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """The directory of a task preset, of which each test gets a copy."""
    path = tmp_path_factory.mktemp("presets") / "toy"
    return save_preset(_classifier(), path, METADATA, sample=_inputs())


@pytest.fixture
def preset(tmp_path, saved):
    """The directory of a task preset, with the classifier's weights."""
    return pathlib.Path(shutil.copytree(saved, tmp_path / "saved" / "toy"))


@pytest.fixture
def refuse(preset, toys):
    """A function that expects loading the preset, as a task and as a backbone, to be refused."""

    def expect(message):
        for name in ("ToyTask", "ToyBackbone"):
            with pytest.raises(ValueError, match=message):
                load_preset(toys[name], preset)

    return expect


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of this test's own."""
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def no_named_zoo(monkeypatch):
    monkeypatch.delenv("KERAS_GT_ZOO", raising=False)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a directory; `server.faults` maps a file name to how its answer goes wrong."""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        name = self.path.partition("?")[0].rpartition("/")[2]
        self.server.requests.append(self.path)
        time.sleep(self.server.delay)
        fault = self.server.faults.get(name)
        if fault is None:
            super().do_GET()
            return
        with open(self.translate_path(self.path), "rb") as file:
            content = file.read()
        getattr(self, f"_{fault}")(content)

    def _answer(self, content, length=None):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(content)

    def _missing(self, content):
        self.send_error(404)

    def _broken(self, content):
        self.send_error(500)

    def _truncated(self, content):
        self._answer(content[: len(content) // 2])

    def _interrupted(self, content):
        self._answer(content[: len(content) // 2], len(content))
        self.connection.close()

    def _tampered(self, content):
        self._answer(content[:-1] + bytes([content[-1] ^ 1]))

    def _longer(self, content):
        self._answer(content + b"more")

    def _silent(self, content):
        self.server.released.wait(20)

    def _dripping(self, content):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for byte in content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if self.server.released.wait(0.05):
                    return

    def _elsewhere(self, content):
        self.send_response(302)
        self.send_header("Location", self.server.redirect)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def serve():
    """A function that serves a directory on this machine and returns the server."""
    servers = []

    def start(directory):
        handler = functools.partial(_Handler, directory=str(directory))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.faults, server.requests, server.delay, server.redirect = {}, [], 0.0, ""
        server.released = threading.Event()
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.released.set()
        server.shutdown()
        server.server_close()
