"""Values that the spaces client takes and gives."""

from arize_async.models.membership import CustomSpaceRole, PredefinedSpaceRole, SpaceMembership, UserSpaceRole
from arize_async.models.page import PaginationMetadata
from arize_async.models.space import DefaultAgentRuntime, DefaultLLMIntegration, Space
from arize_async.responses import ListSpacesResponse

__all__ = [
    "CustomSpaceRole",
    "DefaultAgentRuntime",
    "DefaultLLMIntegration",
    "ListSpacesResponse",
    "PaginationMetadata",
    "PredefinedSpaceRole",
    "Space",
    "SpaceMembership",
    "UserSpaceRole",
]
