from keras_gt.loaders import GraphLoader


def preprocessed_loader(model, graphs, batch_size, **options):
    """A loader of graphs that have gone through the task's preprocessor already.

    `Task.loader` would send them through it again, and encode the changed graph anew.
    """
    batch_size = min(batch_size, len(graphs))
    return GraphLoader(
        graphs,
        graphs_per_batch=batch_size,
        rows=batch_size if model.backbone.one_graph_a_row else 1,
        label_level=model.label_level,
        **options,
    )
