"""Spaces: what datasets and experiments belong to (wire contract 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arize_async.errors import InvalidInput
from arize_async.models.base import plain
from arize_async.models.membership import CustomSpaceRole, PredefinedSpaceRole, SpaceMembership
from arize_async.models.space import Space
from arize_async.models.unset import UNSET, Unset
from arize_async.resources.base import Resource, check_limit
from arize_async.resources.operations import operation
from arize_async.responses.lists import ListSpacesResponse
from arize_async.wire import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arize_async.models.space import DefaultAgentRuntime, DefaultLLMIntegration


class SpacesClient(Resource):
    """Operations on spaces."""

    @operation("spaces.list")
    async def list(
        self,
        *,
        organization_id: str | None = None,
        name: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ListSpacesResponse:
        """List the spaces that the API key can read.

        Args:
            organization_id: Only spaces of this organization.
            name: Only spaces whose name contains this text, in any case.
            limit: Items a page, 1 to 100.
            cursor: Where to go on; ``pagination.next_cursor`` of the page before.

        Returns:
            A page; iterate over it to walk through all that follow.

        Raises:
            ApiError: The server refused.

        Example:
            >>> page = await client.spaces.list(name="def")
            >>> [space.name async for space in page]
            ['default']
        """
        check_limit(limit)
        return await self._list(
            ListSpacesResponse, paths.SPACES, cursor, org_id=organization_id, name=name, limit=limit
        )

    @operation("spaces.get")
    async def get(self, *, space: str) -> Space:
        """Return a space.

        Args:
            space: Id or name.

        Raises:
            NotFound: There is none.
            AmbiguousName: Several have this name.

        Example:
            >>> space = await client.spaces.get(space="default")
            >>> space.name
            'default'
        """
        return await self._get(Space, paths.fill(paths.SPACE, space_id=await self._names.space_id(space)))

    @operation("spaces.create")
    async def create(
        self,
        *,
        name: str,
        organization_id: str | None = None,
        description: str | None = None,
        is_private: bool | None = None,
    ) -> Space:
        """Create a space.

        Args:
            name: At most 255 characters.
            organization_id: Id of the organization; the embedded server needs none.
            description: At most 1,000 characters.
            is_private: Whether only members and administrators see it.

        Raises:
            Conflict: The name is taken.
            ApiError: The server refused.

        Example:
            >>> space = await client.spaces.create(name="search team", description="Everything about search")
            >>> space.description
            'Everything about search'
        """
        body = {
            "name": name,
            "organization_id": organization_id,
            "description": description,
            "is_private": is_private,
        }
        given = {key: value for key, value in body.items() if value is not None}
        return await self._send(Space, "POST", paths.SPACES, given, expect=(201,))

    @operation("spaces.update")
    async def update(  # noqa: PLR0913 - the arguments of the official SDK
        self,
        *,
        space: str,
        name: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        is_private: bool | None = None,
        default_llm_integration: DefaultLLMIntegration | Mapping[str, object] | Unset | None = UNSET,
        ml_models_enabled: bool | Unset = UNSET,
        gradient_start_color: str | Unset = UNSET,
        gradient_end_color: str | Unset = UNSET,
        default_agent_runtime: DefaultAgentRuntime | Mapping[str, object] | Unset | None = UNSET,
    ) -> Space:
        """Change a space; what is not given stays as it is.

        Args:
            space: Id or name.
            name: New name; None leaves it.
            description: New description; None removes it.
            is_private: Whether only members and administrators see it; None leaves it.
            default_llm_integration: ``integration_id`` and ``model_name``; None removes it.
            ml_models_enabled: Whether the space has models.
            gradient_start_color: First colour of the avatar.
            gradient_end_color: Last colour of the avatar.
            default_agent_runtime: ``integration_id``; None removes it.

        Raises:
            InvalidInput: Nothing to change was given.
            ApiError: The server refused.

        Example:
            >>> space = await client.spaces.update(space="default", description="For everyone")
            >>> space.description
            'For everyone'
        """
        body: dict[str, object] = {
            "name": UNSET if name is None else name,
            "description": description,
            "is_private": UNSET if is_private is None else is_private,
            "default_llm_integration": default_llm_integration,
            "ml_models_enabled": ml_models_enabled,
            "gradient_start_color": gradient_start_color,
            "gradient_end_color": gradient_end_color,
            "default_agent_runtime": default_agent_runtime,
        }
        given = {key: plain(value) for key, value in body.items() if value is not UNSET}
        if not given:
            raise InvalidInput("give at least one field to update")
        path = paths.fill(paths.SPACE, space_id=await self._names.space_id(space))
        return await self._send(Space, "PATCH", path, given)

    @operation("spaces.delete")
    async def delete(self, *, space: str) -> None:
        """Delete a space and everything in it.

        Args:
            space: Id or name.

        Raises:
            NotFound: There is none.
            ApiError: The server refused.

        Example:
            >>> space = await client.spaces.create(name="search team")
            >>> await client.spaces.delete(space=space.id)
        """
        path = paths.fill(paths.SPACE, space_id=await self._names.space_id(space))
        await self._http.request("DELETE", path, expect=(204,))

    @operation("spaces.add_user")
    async def add_user(
        self, *, space: str, user_id: str, role: PredefinedSpaceRole | CustomSpaceRole
    ) -> SpaceMembership:
        """Add a user to a space; a user who is in it already gets the role instead of the one before.

        Args:
            space: Id or name.
            user_id: Id of the user.
            role: ``PredefinedSpaceRole(name="MEMBER")``, or ``CustomSpaceRole(id=...)`` for a role of the account.

        Returns:
            The user's membership.

        Raises:
            InvalidInput: The id is no text, or the role is no role.
            NotFound: There is no such space or user.
            ApiError: The server refused.

        Example:
            >>> from arize_async.spaces.types import PredefinedSpaceRole
            >>> member = await client.spaces.add_user(
            ...     space="default", user_id="VXNlcjox", role=PredefinedSpaceRole(name="ANNOTATOR")
            ... )
            >>> str(member.role)
            'ANNOTATOR'
        """
        body = {"user_id": _user_id(user_id), "role": _assignment(role)}
        path = paths.fill(paths.SPACE_USERS, space_id=await self._names.space_id(space))
        return await self._send(SpaceMembership, "POST", path, body)

    @operation("spaces.remove_user")
    async def remove_user(self, *, space: str, user_id: str) -> None:
        """Remove a user from a space.

        Args:
            space: Id or name.
            user_id: Id of the user.

        Raises:
            InvalidInput: The id is no text.
            NotFound: There is no such space, or the user is not in it.
            ApiError: The server refused.

        Example:
            >>> from arize_async.spaces.types import PredefinedSpaceRole
            >>> role = PredefinedSpaceRole(name="MEMBER")
            >>> member = await client.spaces.add_user(space="default", user_id="VXNlcjox", role=role)
            >>> await client.spaces.remove_user(space="default", user_id=member.user_id)
        """
        user = _user_id(user_id)
        path = paths.fill(paths.SPACE_USER, space_id=await self._names.space_id(space), user_id=user)
        await self._http.request("DELETE", path, expect=(204,))


def _user_id(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"user_id is the id of a user, got {type(value).__name__} {value!r:.40}")
    return value


def _assignment(role: object) -> dict[str, object]:
    """Return a role as requests have it: they know no name of a custom role."""
    if isinstance(role, PredefinedSpaceRole):
        return {"type": role.type, "name": role.name.value}
    if isinstance(role, CustomSpaceRole):
        return {"type": role.type, "id": role.id}
    raise InvalidInput(
        f"role is PredefinedSpaceRole(name=...) or CustomSpaceRole(id=...), got {type(role).__name__} {role!r:.40}"
    )
