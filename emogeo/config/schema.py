"""The typed schema under `conf/`."""

from __future__ import annotations

from emogeo.config.analyze import AnalyzeConfig as AnalyzeConfig
from emogeo.config.analyze import Conditions as Conditions
from emogeo.config.analyze import EffectsConfig as EffectsConfig
from emogeo.config.analyze import RecordSource as RecordSource
from emogeo.config.analyze import RunsConfig as RunsConfig
from emogeo.config.mode import PROBES as PROBES
from emogeo.config.mode import Mode as Mode
from emogeo.config.mode import ModeConfig as ModeConfig
from emogeo.config.model import ModelConfig as ModelConfig
from emogeo.config.model import Source as Source
from emogeo.config.model import WheelsConfig as WheelsConfig
from emogeo.config.precision import Dtype as Dtype
from emogeo.config.precision import PrecisionConfig as PrecisionConfig
from emogeo.config.precision import Quantization as Quantization
from emogeo.config.probes import BehaviourConfig as BehaviourConfig
from emogeo.config.probes import ScenarioConfig as ScenarioConfig
from emogeo.config.probes import SteeringConfig as SteeringConfig
from emogeo.config.runtime import ClusterConfig as ClusterConfig
from emogeo.config.runtime import RuntimeConfig as RuntimeConfig
from emogeo.config.runtime import SizeConfig as SizeConfig
from emogeo.config.runtime import StoreConfig as StoreConfig
from emogeo.config.runtime import TrackingConfig as TrackingConfig
from emogeo.config.runtime import TrackingMode as TrackingMode
from emogeo.config.states import DenoisingConfig as DenoisingConfig
from emogeo.config.states import DenoisingMethod as DenoisingMethod
from emogeo.config.states import LayerSelectionConfig as LayerSelectionConfig
from emogeo.config.states import NeutralTexts as NeutralTexts
from emogeo.config.states import NonFinite as NonFinite
from emogeo.config.states import PoolingConfig as PoolingConfig
from emogeo.config.states import Position as Position
from emogeo.config.texts import GenerationConfig as GenerationConfig
from emogeo.config.texts import PromptTemplateConfig as PromptTemplateConfig
from emogeo.config.texts import StimuliConfig as StimuliConfig
from emogeo.config.train import TrainConfig as TrainConfig
