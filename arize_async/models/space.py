"""Spaces: what datasets and experiments belong to."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from arize_async.models.base import NULLABLE, Model


@frozen(kw_only=True, repr=False)
class DefaultLLMIntegration(Model):
    """The model that a space asks by default."""

    integration_id: str
    model_name: str


@frozen(kw_only=True, repr=False)
class DefaultAgentRuntime(Model):
    """Where a space runs agents by default."""

    integration_id: str


@frozen(kw_only=True, repr=False)
class Space(Model):
    """A space (wire contract 2.3)."""

    id: str
    name: str
    organization_id: str | None = None
    description: str | None = None
    created_at: datetime | None = None
    is_private: bool | None = None
    default_llm_integration: DefaultLLMIntegration | None = field(default=None, metadata=NULLABLE)
    ml_models_enabled: bool | None = None
    gradient_start_color: str | None = None
    gradient_end_color: str | None = None
    default_agent_runtime: DefaultAgentRuntime | None = field(default=None, metadata=NULLABLE)
