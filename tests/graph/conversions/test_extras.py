import pytest

from keras_gt.graph.conversions.extras import import_extra


def test_a_missing_package_says_how_to_install_it():
    message = r"no_such_package is needed.*pip install 'keras_gt\[chem\]'"
    with pytest.raises(ImportError, match=message):
        import_extra("no_such_package.part", "chem")


def test_a_module_is_returned():
    assert import_extra("os.path", "chem").join("a", "b") == "a/b"
