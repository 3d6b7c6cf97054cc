import HTTP

@testable import HTTPServer
@testable import StreamableHTTP

/// A head as it might have come.
func head(
    _ method: HTTPMethod = .post,
    _ target: String = "/mcp",
    _ fields: HTTPFields = [:],
    peer: String = "127.0.0.1",
    local: String = "127.0.0.1",
    isSecure: Bool = false
) -> HTTPRequestHead {
    HTTPRequestHead(
        method: method,
        target: target,
        version: "HTTP/1.1",
        fields: fields,
        peer: peer,
        local: local,
        isSecure: isSecure
    )
}

func rules(_ change: (inout StreamableHTTPConfiguration) -> Void = { _ in }) -> RequestRules {
    var configuration = StreamableHTTPConfiguration()
    change(&configuration)
    return RequestRules(configuration)
}
