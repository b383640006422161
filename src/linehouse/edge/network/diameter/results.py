"""Result codes (RFC 6733 §7.1, RFC 8506 §9, TS 29.219 §5.5) and what is raised when a message cannot be taken."""

from __future__ import annotations

from enum import IntEnum


class Result(IntEnum):
    """What an answer says of its request."""

    SUCCESS = 2001
    LIMITED_SUCCESS = 2002
    COMMAND_UNSUPPORTED = 3001
    UNABLE_TO_DELIVER = 3002
    REALM_NOT_SERVED = 3003
    TOO_BUSY = 3004
    LOOP_DETECTED = 3005
    APPLICATION_UNSUPPORTED = 3007
    INVALID_HDR_BITS = 3008
    INVALID_AVP_BITS = 3009
    UNKNOWN_PEER = 3010
    END_USER_SERVICE_DENIED = 4010
    CREDIT_CONTROL_NOT_APPLICABLE = 4011
    CREDIT_LIMIT_REACHED = 4012
    AVP_UNSUPPORTED = 5001
    UNKNOWN_SESSION_ID = 5002
    AUTHORIZATION_REJECTED = 5003
    INVALID_AVP_VALUE = 5004
    MISSING_AVP = 5005
    AVP_OCCURS_TOO_MANY_TIMES = 5009
    NO_COMMON_APPLICATION = 5010
    UNSUPPORTED_VERSION = 5011
    UNABLE_TO_COMPLY = 5012
    INVALID_BIT_IN_HEADER = 5013
    INVALID_AVP_LENGTH = 5014
    INVALID_MESSAGE_LENGTH = 5015
    USER_UNKNOWN = 5030
    RATING_FAILED = 5031

    @property
    def is_protocol_error(self) -> bool:
        """Whether the answer carries the E bit: the request was not understood or not delivered."""
        return 3000 <= self < 4000


class Broken(Exception):
    """Octets that are no message; the connection cannot go on, since nobody knows where the next one begins."""

    def __init__(self, result: Result, why: str) -> None:
        """Why."""
        super().__init__(why)
        self.result = result


class Fault(Exception):
    """An AVP that cannot be taken: the result code, and what goes into Failed-AVP (whole AVPs)."""

    def __init__(self, result: Result, why: str, failed: bytes = b"") -> None:
        """Why."""
        super().__init__(why)
        self.result = result
        self.why = why
        self.failed = failed
