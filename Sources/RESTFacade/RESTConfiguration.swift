package import Bridge
package import HTTP

/// How the REST interface of one server answers.
package struct RESTConfiguration: Sendable {
    /// The path to it, with that of the server among several; no slash at its end.
    package var base = ""
    /// The product's version.
    package var version = ""
    /// The field, and the cookie, that names a session.
    package var sessionField = "x-inxm-mcp-session"
    /// Cookies are for https alone, whatever a request says.
    package var marksCookiesSecure = false
    package var argumentFields: [ArgumentField] = []
    /// The tools that a dry run does not call; nil for all that do not say that they only read.
    package var effectTools: [Glob]?
    /// Of a result, in bytes; 0 for no limit.
    package var maxResponseBytes = 0
    /// What a person should know who looks at `/health`.
    package var warnings: [String] = []
    /// Keys of baggage that go on.
    package var baggage: Set<String> = []
    package var asksForKey = false
    /// What to do about a server that cannot be reached, as a sentence.
    package var remedy: @Sendable (HTTPFailure) -> String? = { _ in nil }

    package init() {}
}
