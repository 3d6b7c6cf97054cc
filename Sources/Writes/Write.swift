package import JSON
import MCP
package import OvalEdge
import Rendering
import Text

/// One change, ready to be shown, agreed to and sent.
package struct Write: Sendable {
    package let tool: String
    package let family: WriteFamily
    /// What is changed, for the audit log: `oetable 501`.
    package let target: String
    package let change: Change
    /// The current and the new values, for the person, as Markdown; catalog text in it is escaped.
    package let preview: String
    package let request: APIRequest<JSON>
    /// OvalEdge is to report what it would do, and not to do it.
    package let isDryRun: Bool
    /// What the reply says instead of having written; nil when it has.
    package let refusal: @Sendable (_ reply: JSON) -> OvalEdgeError?
    /// Reads back the outcome and puts it into words; it was sent by then, so that nothing may throw.
    package let report: @Sendable (_ reply: JSON, _ ovalEdge: OvalEdgeAPI) async -> WriteResult
    private let unmarked: String

    package init(
        tool: String,
        family: WriteFamily,
        target: String,
        change: Change,
        request: APIRequest<JSON>,
        isDryRun: Bool = false,
        refusal: @escaping @Sendable (_ reply: JSON) -> OvalEdgeError? = { Refusal($0)?.error },
        report: @escaping @Sendable (_ reply: JSON, _ ovalEdge: OvalEdgeAPI) async -> WriteResult
    ) {
        self.tool = tool
        self.family = family
        self.target = target
        self.change = change
        unmarked = change.preview
        preview = UntrustedDelimiter.random().marking(unmarked)
        self.request = request
        self.isDryRun = isDryRun
        self.refusal = refusal
        self.report = report
    }

    /// What is changed, for a sentence: names in it may be written by anyone.
    var shownTarget: Inline { "\(escaped: target)" }

    /// The same for the same change of the same state by the same account, whatever the order of members.
    ///
    /// It covers all that was shown: an object with another name is another subject.
    func digest(for account: String, _ seal: Seal) throws -> String {
        let parts: JSON = [
            .string(account), .string(tool), .string(request.path), (request.body ?? .null).canonical, .string(target),
            (change.before ?? .null).canonical, .string(unmarked),
        ]
        return try seal.digest(parts.bytes).hexadecimal
    }
}
