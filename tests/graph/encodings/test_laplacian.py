import numpy as np
import pytest

from keras_gt.graph import Graph, complete, symmetrise
from keras_gt.graph.encodings import laplacian, laplacian_eigenvalues, laplacian_eigenvectors
from tests.graph.example_graphs import cycle_graph, path_graph


def normalised_laplacian(graph):
    """Entry by entry, from the definition."""
    edges = set(zip(graph.receivers.tolist(), graph.senders.tolist(), strict=True))
    degree = [sum(i == node for i, _ in edges) for node in range(graph.num_nodes)]
    matrix = np.eye(graph.num_nodes)
    for i, j in edges:
        matrix[i, j] -= 1 / np.sqrt(degree[i] * degree[j])
    return matrix


def random_symmetric_graph(num_nodes, num_edges):
    rng = np.random.default_rng(num_nodes)
    ends = rng.integers(num_nodes, size=(2, num_edges))
    return symmetrise(Graph(num_nodes, *ends))


@pytest.mark.parametrize("dense_nodes", [500, 10])
def test_columns_are_the_smoothest_eigenvectors(monkeypatch, dense_nodes):
    monkeypatch.setattr(laplacian, "DENSE_NODES", dense_nodes)
    graph, k = random_symmetric_graph(41, 90), 5
    matrix = normalised_laplacian(graph)
    vectors = laplacian_eigenvectors(graph, k)
    assert vectors.shape == (41, k) and vectors.dtype == np.float32
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(k), atol=1e-5)
    values = np.diag(vectors.T @ matrix @ vectors)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-5)
    np.testing.assert_allclose(values, np.linalg.eigvalsh(matrix)[1 : k + 1], atol=1e-5)


def test_a_large_graph_gives_what_a_small_one_would(monkeypatch):
    graph = random_symmetric_graph(601, 3000)
    sparse = laplacian_eigenvectors(graph, 4)
    monkeypatch.setattr(laplacian, "DENSE_NODES", 1000)
    np.testing.assert_allclose(sparse, laplacian_eigenvectors(graph, 4), atol=1e-5)


def test_a_path_is_a_cosine():
    """On an unnormalised path the waves are cosines; D^1/2 carries over to the normalised one."""
    found = laplacian_eigenvectors(path_graph(9), 1)[:, 0]
    degree = np.array([1] + [2] * 7 + [1])
    wave = np.cos(np.pi * np.arange(9) / 8) * np.sqrt(degree)
    wave /= np.linalg.norm(wave)
    np.testing.assert_allclose(found, wave * np.sign(found[np.abs(wave).argmax()]), atol=1e-5)


def test_the_largest_entry_is_positive_and_runs_are_equal():
    graph = random_symmetric_graph(23, 60)
    vectors = laplacian_eigenvectors(graph, 6)
    assert (vectors[np.abs(vectors).argmax(axis=0), np.arange(6)] > 0).all()
    np.testing.assert_array_equal(vectors, laplacian_eigenvectors(graph, 6))
    np.testing.assert_allclose(vectors, laplacian_eigenvectors(graph, 9)[:, :6], atol=1e-6)


@pytest.mark.parametrize("num_nodes", [1, 2, 4])
def test_missing_columns_are_zero(num_nodes):
    vectors = laplacian_eigenvectors(path_graph(num_nodes), 5)
    assert vectors.shape == (num_nodes, 5)
    assert (vectors[:, num_nodes - 1 :] == 0).all()
    assert (np.abs(vectors[:, : num_nodes - 1]).max(axis=0, initial=1) > 0).all()


def test_no_edges_and_isolated_nodes_are_finite():
    assert np.isfinite(laplacian_eigenvectors(Graph(3, [], []), 2)).all()
    assert np.isfinite(laplacian_eigenvectors(Graph(4, [0, 1], [1, 0]), 3)).all()


def test_weights_and_repeats_do_not_count():
    once = cycle_graph(5)
    twice = Graph(
        5,
        np.tile(once.senders, 2),
        np.tile(once.receivers, 2),
        edge_weights=np.arange(20.0),
    )
    np.testing.assert_array_equal(laplacian_eigenvectors(once, 2), laplacian_eigenvectors(twice, 2))


def test_a_directed_graph_is_refused():
    graph = Graph(3, [0, 1, 1], [1, 0, 2])
    with pytest.raises(ValueError, match=r"graph must be symmetric.*Call symmetrise\(graph\)"):
        laplacian_eigenvectors(graph, 1)
    with pytest.raises(ValueError, match=r"graph must be symmetric.*Call symmetrise\(graph\)"):
        laplacian_eigenvalues(graph, 1)
    assert laplacian_eigenvectors(symmetrise(graph), 1).shape == (3, 1)


def test_k_must_be_positive():
    with pytest.raises(ValueError, match="k must be at least 1. Received: k=0"):
        laplacian_eigenvectors(cycle_graph(3), 0)


@pytest.mark.parametrize("dense_nodes", [500, 10])
def test_eigenvalues_belong_to_their_columns(monkeypatch, dense_nodes):
    monkeypatch.setattr(laplacian, "DENSE_NODES", dense_nodes)
    graph, k = random_symmetric_graph(41, 90), 5
    matrix = normalised_laplacian(graph)
    for first in (0, 1):
        options = {"k": k, "include_trivial": first == 0}
        values = laplacian_eigenvalues(graph, **options)
        vectors = laplacian_eigenvectors(graph, **options)
        assert values.shape == (41, k) and values.dtype == np.float32
        np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-5)
        expected = np.linalg.eigvalsh(matrix)[first : first + k]
        np.testing.assert_allclose(values, np.tile(expected, (41, 1)), atol=1e-5)


def test_eigenvalues_in_closed_form():
    cycle = laplacian_eigenvalues(cycle_graph(7), 7, include_trivial=True)[0]
    np.testing.assert_allclose(cycle, np.sort(1 - np.cos(2 * np.pi * np.arange(7) / 7)), atol=1e-6)
    path = laplacian_eigenvalues(path_graph(6), 5)[0]
    np.testing.assert_allclose(path, 1 - np.cos(np.pi * np.arange(1, 6) / 5), atol=1e-6)
    with_loops = Graph(5, *complete(5))
    np.testing.assert_allclose(laplacian_eigenvalues(with_loops, 4)[0], [1] * 4, atol=1e-6)


def test_missing_eigenvalues_are_minus_one():
    assert laplacian_eigenvalues(Graph(1, [], []), 3).tolist() == [[-1, -1, -1]]
    alone = laplacian_eigenvalues(Graph(1, [], []), 3, include_trivial=True)
    assert alone.tolist() == [[1, -1, -1]]
    assert (laplacian_eigenvalues(path_graph(3), 5)[:, 2:] == -1).all()


def test_each_part_of_a_graph_has_a_trivial_eigenvector():
    parts = Graph(5, [0, 1, 2, 3], [1, 0, 3, 2])  # two pairs and an isolated node
    values = laplacian_eigenvalues(parts, 4)[0]
    np.testing.assert_allclose(values, [0, 1, 2, 2], atol=1e-6)
