import pytest

from keras_gt.presets.download import check_url, file_url, is_loopback, shown_url


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example", "127.0.0.1.example", "10.0.0.1", "", None])
def test_other_machines(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "url", ["https://zoo.example/a", "http://localhost:80/a", "http://[::1]:80/a"]
)
def test_allowed(url):
    assert check_url(url).path == "/a"


@pytest.mark.parametrize(
    "url", ["http://zoo.example/a", "ftp://zoo.example/a", "file:///a", "https:///a", "a"]
)
def test_refused(url):
    with pytest.raises(ValueError, match="must be https://"):
        check_url(url)


def test_file_urls():
    assert file_url("https://zoo.example/a/", "b.json") == "https://zoo.example/a/b.json"
    assert file_url("https://zoo.example/a?key=1#top", "b") == "https://zoo.example/a/b?key=1"
    assert file_url("https://zoo.example", "a b") == "https://zoo.example/a%20b"


def test_secrets_are_not_shown():
    assert shown_url("https://me:secret@zoo.example/a?key=1") == "https://zoo.example/a"
