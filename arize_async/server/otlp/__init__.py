"""The OTLP side, over gRPC and over HTTP (wire contract 5)."""
