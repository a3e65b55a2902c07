"""Layers in which nodes read other nodes along edges, and the parts that models need beside."""

from keras_gt.layers.absent_edges import AbsentEdges as AbsentEdges
from keras_gt.layers.attention_readout import AttentionReadout as AttentionReadout
from keras_gt.layers.categorical_embedding import CategoricalEmbedding as CategoricalEmbedding
from keras_gt.layers.causal_pairs import CausalPairs as CausalPairs
from keras_gt.layers.conditional_edge_attention import (
    ConditionalEdgeAttention as ConditionalEdgeAttention,
)
from keras_gt.layers.degree_encoding import DegreeEncoding as DegreeEncoding
from keras_gt.layers.degree_scaler import DegreeScaler as DegreeScaler
from keras_gt.layers.dropout import Dropout as Dropout
from keras_gt.layers.edge_attention import EdgeAttention as EdgeAttention
from keras_gt.layers.feed_forward import FeedForward as FeedForward
from keras_gt.layers.full_graph_attention import FullGraphAttention as FullGraphAttention
from keras_gt.layers.gated_edge_attention import GatedEdgeAttention as GatedEdgeAttention
from keras_gt.layers.gated_graph_convolution import (
    GatedGraphConvolution as GatedGraphConvolution,
)
from keras_gt.layers.global_local_block import GlobalLocalBlock as GlobalLocalBlock
from keras_gt.layers.graph_attention import GraphAttention as GraphAttention
from keras_gt.layers.graph_convolution import GraphConvolution as GraphConvolution
from keras_gt.layers.graph_isomorphism import GraphIsomorphism as GraphIsomorphism
from keras_gt.layers.graph_layer import GraphLayer as GraphLayer
from keras_gt.layers.graph_readout import GraphReadout as GraphReadout
from keras_gt.layers.hop_readout import HopReadout as HopReadout
from keras_gt.layers.laplacian_encoding import LaplacianEncoding as LaplacianEncoding
from keras_gt.layers.masked_batch_normalization import (
    MaskedBatchNormalization as MaskedBatchNormalization,
)
from keras_gt.layers.multi_head_aggregation import MultiHeadAggregation as MultiHeadAggregation
from keras_gt.layers.node_tokens import NodeTokens as NodeTokens
from keras_gt.layers.pair_features import PairFeatures as PairFeatures
from keras_gt.layers.pair_mask import PairMask as PairMask
from keras_gt.layers.pair_score import PairScore as PairScore
from keras_gt.layers.path_bias import PathBias as PathBias
from keras_gt.layers.persistent_memory import PersistentMemory as PersistentMemory
from keras_gt.layers.polynomial_attention import PolynomialAttention as PolynomialAttention
from keras_gt.layers.polynomial_graph_block import (
    PolynomialGraphBlock as PolynomialGraphBlock,
)
from keras_gt.layers.positional_encoding import PositionalEncoding as PositionalEncoding
from keras_gt.layers.prediction_head import PredictionHead as PredictionHead
from keras_gt.layers.principal_neighbourhood_aggregation import (
    PrincipalNeighbourhoodAggregation as PrincipalNeighbourhoodAggregation,
)
from keras_gt.layers.scaled_edge_attention import ScaledEdgeAttention as ScaledEdgeAttention
from keras_gt.layers.sign_invariant_encoding import (
    SignInvariantEncoding as SignInvariantEncoding,
)
from keras_gt.layers.simple_global_attention import (
    SimpleGlobalAttention as SimpleGlobalAttention,
)
from keras_gt.layers.sparse_dense import SparseDense as SparseDense
from keras_gt.layers.tied_projection import TiedProjection as TiedProjection
from keras_gt.layers.token_embedding import TokenEmbedding as TokenEmbedding
from keras_gt.layers.token_readout import TokenReadout as TokenReadout
from keras_gt.layers.transformer_graph_block import (
    TransformerGraphBlock as TransformerGraphBlock,
)
from keras_gt.layers.virtual_node_features import VirtualNodeFeatures as VirtualNodeFeatures
from keras_gt.layers.virtual_nodes import VirtualNodes as VirtualNodes
