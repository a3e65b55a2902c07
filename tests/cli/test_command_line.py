import subprocess
import sys

import pytest

import keras_gt
from keras_gt.cli import main


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["info"], ["list", "--wrong"]])
def test_wrong_usage_leaves_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: keras-gt" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"keras_gt {keras_gt.__version__}\n"


def test_errors_are_one_line_without_a_traceback(zoo, run):
    status, output, errors = run("info", "missing_preset")
    assert (status, output) == (1, "")
    assert errors.startswith("error: `handle` must be a built-in name")
    assert "Traceback" not in errors
    with pytest.raises(ValueError, match="`handle` must be"):
        run("--traceback", "info", "missing_preset")


def test_interrupted(zoo, run, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("keras_gt.cli.info_command.open_preset", interrupt)
    assert run("info", "club_nodes") == (130, "", "interrupted\n")


def test_looking_things_up_needs_no_keras(zoo):
    code = (
        "import sys, keras_gt.cli as cli; "
        "status = [cli.main(['list']), cli.main(['list', '--json']), "
        "cli.main(['info', 'club_nodes']), cli.main(['download', 'club_nodes'])]; "
        "bad = {'keras', 'numpy', 'scipy', 'h5py', 'pooch', 'jax', 'torch'} & set(sys.modules); "
        "assert status == [0] * 4 and not bad, (status, bad)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PATH": "", "KERAS_GT_ZOO": str(zoo), "PYTHONPATH": ":".join(sys.path)},
    )
    assert result.returncode == 0, result.stderr


def test_a_closed_pipe_is_no_traceback(zoo):
    code = "import sys; from keras_gt.cli import main; sys.exit(main(['list', '--json']))"
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "", "KERAS_GT_ZOO": str(zoo), "PYTHONPATH": ":".join(sys.path)},
    )
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() in (0, 1)
    assert b"Traceback" not in errors
