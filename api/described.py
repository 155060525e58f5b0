"""The OpenAPI description of the API, made from the operations that the views carry out."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from api.operations import ApiOperation
from api.paging import MOST, USUAL
from api.writing import HEADER
from config.problems import MEDIA_TYPE

# Responses that every operation may give besides its own status.
REFUSALS = {
    400: "A parameter or the content is wrong; `detail` says which, and what is allowed.",
    401: "No valid access token was sent.",
    403: "The token does not have the scope, or the role does not permit it.",
    404: "There is nothing at this address that the token may see.",
    429: "The token has sent too many requests; Retry-After says how many seconds to wait.",
}
REFUSALS_OF_WRITING = {
    409: "The record is in a state that does not permit it.",
    413: "The content is too long.",
    415: "The content is not JSON.",
    422: "The idempotency key was used before with a different request.",
}


class ProblemSerializer(serializers.Serializer[object]):
    """Why a request failed (RFC 9457)."""

    type = serializers.CharField(help_text="Always about:blank; the status says what kind of problem it is.")
    title = serializers.CharField(help_text="The standard phrase for the status.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong and what is allowed, in plain sentences.")
    field = serializers.CharField(required=False, help_text="The field or parameter that is wrong, if it is only one.")


class Description(AutoSchema):
    """Describes a view by its operations."""

    @property
    def operation(self) -> ApiOperation:
        """The operation of this method."""
        return cast(ApiOperation, cast(Any, self.view).operations[self.method.lower()])

    def get_operation_id(self) -> str:
        """The name of the operation."""
        return self.operation.name

    def get_tags(self) -> list[str]:
        """Operations are grouped by scope."""
        return [self.operation.scope.partition(":")[0]]

    def get_auth(self) -> list[dict[str, Any]]:
        """An access token, and nothing else."""
        return [{"accessToken": []}]

    def get_operation(self, *given: Any, **named: Any) -> dict[str, Any] | None:
        """The description of the method, with the scope that it needs."""
        found = super().get_operation(*given, **named)
        if found:
            found["description"] = f"{found['description']}\n\nScope: `{self.operation.scope}`."
        return found

    def get_override_parameters(self) -> list[Any]:
        """The filters, and the position in the list."""
        found = [OpenApiParameter(name, str, description=text) for name, text in self.operation.filters]
        if self.operation.paged:
            cursor = "The value of `next` in the previous page; leave it out to get the first page."
            limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
            found.append(OpenApiParameter("cursor", str, description=cursor))
            found.append(OpenApiParameter("limit", limit, description="The number of records in a page."))
        if self.operation.body:
            key = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]+$"}
            text = "A new random string for each request; when you repeat a request, send the same string again."
            found.append(OpenApiParameter(HEADER, key, "header", required=True, description=text))
        return found

    def get_request_serializer(self) -> Any:
        """The content of the request."""
        return self.operation.body

    def get_response_serializers(self) -> Any:
        """The response, and every problem that may be returned instead."""
        refusals = REFUSALS | (REFUSALS_OF_WRITING if self.operation.body else {})
        if self.operation.media_type:
            refusals[409] = REFUSALS_OF_WRITING[409]
        problems = {
            (str(status), MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=text)
            for status, text in refusals.items()
        }
        return {self.key_of_answer(): OpenApiResponse(self.form_of_answer(), description="Done."), **problems}

    def key_of_answer(self) -> Any:
        """The status, and the media type of a file."""
        status = str(self.operation.status)
        return (status, self.operation.media_type) if self.operation.media_type else status

    def form_of_answer(self) -> Any:
        """One record, a page of them, or a file."""
        if self.operation.answer is None:
            return OpenApiTypes.BINARY
        return page_form(self.operation.answer) if self.operation.paged else self.operation.answer


@cache
def page_form(form: type[serializers.Serializer[object]]) -> type[serializers.Serializer[object]]:
    """A page of records of this form."""
    following = serializers.CharField(allow_null=True, help_text="The cursor of the next page; null on the last one.")
    parts = {"results": form(many=True), "next": following, "__doc__": "A page of records."}
    return type(f"{form.__name__.removesuffix('Serializer')}PageSerializer", (serializers.Serializer,), parts)
