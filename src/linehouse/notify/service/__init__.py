"""Use cases of messages."""

from linehouse.notify.service.messages import message, messages, say, send_again

__all__ = ["message", "messages", "say", "send_again"]
