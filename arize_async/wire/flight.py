"""Flight messages (wire contract 4.1 and 4.3): proto3 JSON in commands and tickets, binary protobuf in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

if TYPE_CHECKING:
    from google.protobuf.message import Message

INIT_ACTION = "create_experiment_db_entry"
MAX_BATCH_BYTES = 256 * 1024 * 1024

# Message -> fields in wire order: (number, name); `?` marks the alternatives of the oneof `dataset_identifier`.
_MESSAGES: dict[str, list[tuple[int, str]]] = {
    "CreateExperimentDBEntryRequest": [
        (1, "space_id"),
        (2, "dataset_id?"),
        (3, "dataset_name?"),
        (4, "experiment_name"),
        (5, "trace_model_name"),
    ],
    "CreateExperimentDBEntryResponse": [(1, "experiment_id"), (2, "dataset_id"), (3, "trace_model_name")],
    "PostExperimentDataRequest": [(1, "space_id"), (2, "dataset_id"), (3, "experiment_name")],
    "PostExperimentDataResponse": [(1, "experiment_id"), (2, "dataset_id")],
    "CreateDatasetRequest": [(1, "space_id"), (2, "dataset_name"), (3, "dataset_type")],
    "CreateDatasetResponse": [(1, "dataset_id")],
    "GetDatasetRequest": [(1, "space_id"), (2, "dataset_id?"), (4, "dataset_name?"), (3, "dataset_version")],
    "GetExperimentRequest": [(1, "space_id"), (2, "experiment_id"), (3, "experiment_name"), (4, "dataset_name")],
}
# Envelope -> the one request inside: (number, name, message).
_ENVELOPES: dict[str, list[tuple[int, str, str]]] = {
    "DoActionRequest": [(4, "create_experiment_db_entry", "CreateExperimentDBEntryRequest")],
    "DoPutRequest": [
        (1, "create_dataset", "CreateDatasetRequest"),
        (4, "post_experiment_data", "PostExperimentDataRequest"),
    ],
    "DoGetRequest": [(1, "get_dataset", "GetDatasetRequest"), (2, "get_experiment", "GetExperimentRequest")],
}
_PACKAGE = "public"
_Field = descriptor_pb2.FieldDescriptorProto


def encode_request(envelope: str, request: str, **fields: str) -> bytes:
    """Return the JSON bytes of a command, ticket or action body.

    >>> encode_request("DoGetRequest", "get_dataset", space_id="s", dataset_id="d").split()
    [b'{', b'"getDataset":', b'{', b'"spaceId":', b'"s",', b'"datasetId":', b'"d"', b'}', b'}']
    """
    message = json_format.ParseDict({request: fields}, _new(envelope))
    return json_format.MessageToJson(message).encode()


def decode_request(envelope: str, body: bytes) -> tuple[str, dict[str, str]]:
    """Return the name and the fields of the one request inside an envelope; absent fields are empty.

    Raises:
        ValueError: The bytes are not the JSON of this envelope, or hold no request.
    """
    try:
        message = json_format.Parse(body, _new(envelope), ignore_unknown_fields=True, max_recursion_depth=10)
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise ValueError(f"not a {envelope}: {error}") from None
    name = message.WhichOneof("request")
    if name is None:
        raise ValueError(f"a {envelope} without a request that is supported")
    return name, _fields(getattr(message, name))


def encode_answer(kind: str, **fields: str) -> bytes:
    """Return the binary form of an answer."""
    return json_format.ParseDict(fields, _new(kind)).SerializeToString()


def decode_answer(kind: str, body: bytes) -> dict[str, str]:
    """Return the fields of an answer; absent fields are empty.

    Raises:
        ValueError: The bytes are not this message.
    """
    message = _new(kind)
    try:
        message.ParseFromString(body)
    except Exception as error:  # noqa: BLE001 - protobuf's DecodeError is not exported by every implementation
        raise ValueError(f"not a {kind}: {error}") from None
    return _fields(message)


def _fields(message: Message) -> dict[str, str]:
    return {field.name: str(getattr(message, field.name)) for field in message.DESCRIPTOR.fields}


def _new(kind: str) -> Message:
    return _CLASSES[f"{_PACKAGE}.{kind}"]()


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="arize_async/flight.proto", package=_PACKAGE, syntax="proto3")
    dataset_type = file.enum_type.add(name="DatasetType")
    for number, name in enumerate(("UNKNOWN", "GENERATIVE", "INFERENCES")):
        dataset_type.value.add(name=name, number=number)
    for name, fields in _MESSAGES.items():
        _add_message(file.message_type.add(name=name), fields)
    for name, requests in _ENVELOPES.items():
        envelope = file.message_type.add(name=name)
        envelope.oneof_decl.add(name="request")
        for number, field, kind in requests:
            _add_field(envelope, number, field, type_name=f".{_PACKAGE}.{kind}", oneof_index=0)
    return file


def _add_message(message: descriptor_pb2.DescriptorProto, fields: list[tuple[int, str]]) -> None:
    if any(name.endswith("?") for _, name in fields):
        message.oneof_decl.add(name="dataset_identifier")
    for number, name in fields:
        type_name = f".{_PACKAGE}.DatasetType" if name == "dataset_type" else ""
        oneof = 0 if name.endswith("?") else None
        _add_field(message, number, name.rstrip("?"), type_name=type_name, oneof_index=oneof)


def _add_field(
    message: descriptor_pb2.DescriptorProto, number: int, name: str, *, type_name: str, oneof_index: int | None
) -> None:
    kind = _Field.TYPE_STRING
    if type_name:
        kind = _Field.TYPE_ENUM if type_name.endswith("DatasetType") else _Field.TYPE_MESSAGE
    message.field.add(
        name=name,
        number=number,
        type=kind,
        type_name=type_name or None,
        label=_Field.LABEL_OPTIONAL,
        oneof_index=oneof_index,
    )


_CLASSES = message_factory.GetMessages([_file()], pool=descriptor_pool.DescriptorPool())
