"""The common base of all API addresses: a token, its trial, its scope, JSON, and known parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import allows
from api.authentication import TokenAuthentication, TokenThrottle
from api.given import content_of
from api.models import AccessToken
from api.operations import ApiOperation
from api.paging import answered, page_of
from api.scopes import SCOPES
from api.tokens import actor_of
from api.writing import write_once
from audit.trail import Actor
from config.errors import BadInput, NotAllowed
from config.wording import either, quoted
from studies.models import Trial

Row = TypeVar("Row", bound=Model)


class OnlyFormat(BaseContentNegotiation):
    """Every address has one format, regardless of the Accept header."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser for content of type JSON."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The only one."""
        only = next(iter(renderers))
        return only, str(only.media_type)


class ApiView(APIView):
    """An address of the API; `operations` defines each method, and the token must have its scope."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = ()
    throttle_classes = (TokenThrottle,)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyFormat
    metadata_class = None
    http_method_names = ["get", "head", "post"]
    operations: ClassVar[Mapping[str, ApiOperation]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Token, trial, scope and parameters are checked before anything is looked up."""
        super().initial(request, *args, **kwargs)
        self.demand_own_trial(kwargs)
        operation = self.operations.get(self.method_of(request))
        if operation is not None:
            self.demand_scope(operation.scope)
            self.demand_known(request, operation)

    def method_of(self, request: Request) -> str:
        """HEAD is GET without its content."""
        method = (request.method or "").lower()
        return "get" if method == "head" else method

    @cached_property
    def token(self) -> AccessToken:
        """The token of the request."""
        return cast(AccessToken, self.request.auth)

    @property
    def trial(self) -> Trial:
        """The trial of the token."""
        return self.token.membership.trial

    @property
    def actor(self) -> Actor:
        """The person to whom the token belongs, in their role."""
        return actor_of(self.token)

    def demand_own_trial(self, kwargs: Mapping[str, Any]) -> None:
        """Refuses another trial with the same response as one that does not exist."""
        if kwargs.get("code", self.trial.code) != self.trial.code:
            raise Http404

    def demand_scope(self, name: str) -> None:
        """The token has the scope, and its role still permits the action."""
        if name not in self.token.scopes or not allows(self.token.membership.role, SCOPES[name].action):
            raise NotAllowed(
                message=f"The access token does not have the scope {name}. Ask the coordinator for another."
            )

    def demand_known(self, request: Request, operation: ApiOperation) -> None:
        """Refuses an unknown parameter, which would otherwise be ignored."""
        unknown = sorted(set(request.query_params) - operation.parameters)
        if unknown:
            allowed = either(sorted(operation.parameters)) if operation.parameters else "none"
            name = unknown[0][:80]
            raise BadInput(f"The parameter {quoted(name)} is not known here. Allowed: {allowed}.", field=name)

    def write(self, do: Callable[[dict[str, Any]], object]) -> Response:
        """Carries out one write with the content that was sent, once per idempotency key."""
        operation = self.operations["post"]
        if operation.body is None or operation.answer is None:
            raise TypeError("a write needs the forms of its content and its answer")
        given, form = content_of(self.request, operation.body), operation.answer
        return write_once(
            request=self.request, token=self.token, do=lambda: form(do(given)).data, status=operation.status
        )

    def page(
        self,
        rows: QuerySet[Row],
        shown: Callable[[Row], object] | None = None,
        load: Callable[[list[Row]], None] | None = None,
    ) -> Response:
        """One page of the rows in the form of the operation; `shown` converts each row for sending.

        `load` adds the data that `shown` needs to all rows of the page at once.
        """
        form = self.operations["get"].answer
        if form is None:
            raise TypeError("a page needs the form of its rows")
        found, following = page_of(self.request, rows)
        if load:
            load(found)
        sent = [shown(row) for row in found] if shown else found
        return Response(answered(form(sent, many=True).data, following))
