"""Any server that speaks as OpenAI's does: the vendor's own, a gateway, Ollama, vLLM."""

from adapters.language_models.server import ServerModel, open_model

__all__ = ["ServerModel", "open_model"]
