"""Architectures (backbones), tasks on top of them, and the preprocessor between graph and model."""

from keras_gt.models.backbone import Backbone as Backbone
from keras_gt.models.egt import EGT as EGT
from keras_gt.models.gat import GAT as GAT
from keras_gt.models.gated_gcn import GatedGCN as GatedGCN
from keras_gt.models.gcn import GCN as GCN
from keras_gt.models.gin import GIN as GIN
from keras_gt.models.graph_classifier import GraphClassifier as GraphClassifier
from keras_gt.models.graph_gps import GraphGPS as GraphGPS
from keras_gt.models.graph_inputs import GraphInputs as GraphInputs
from keras_gt.models.graph_preprocessor import GraphPreprocessor as GraphPreprocessor
from keras_gt.models.graph_regressor import GraphRegressor as GraphRegressor
from keras_gt.models.graph_sage import GraphSAGE as GraphSAGE
from keras_gt.models.graph_transformer import GraphTransformer as GraphTransformer
from keras_gt.models.graphormer import Graphormer as Graphormer
from keras_gt.models.grit import GRIT as GRIT
from keras_gt.models.inputs_by_name import InputsByName as InputsByName
from keras_gt.models.link_predictor import LinkPredictor as LinkPredictor
from keras_gt.models.nagphormer import NAGphormer as NAGphormer
from keras_gt.models.node_classifier import NodeClassifier as NodeClassifier
from keras_gt.models.node_regressor import NodeRegressor as NodeRegressor
from keras_gt.models.pna import PNA as PNA
from keras_gt.models.polynormer import Polynormer as Polynormer
from keras_gt.models.san import SAN as SAN
from keras_gt.models.sg_former import SGFormer as SGFormer
from keras_gt.models.task import Task as Task
