"""Who may read whom: functions that return edges as (senders, receivers)."""

from keras_gt.graph.builders.expander import expander as expander
from keras_gt.graph.builders.nearest_neighbours import nearest_neighbours as nearest_neighbours
from keras_gt.graph.builders.sequences import causal as causal
from keras_gt.graph.builders.sequences import complete as complete
from keras_gt.graph.builders.sequences import window as window
from keras_gt.graph.builders.sequences import window_hub as window_hub
