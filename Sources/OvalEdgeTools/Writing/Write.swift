package import JSON
package import MCP
package import OvalEdge
import Text

/// One change, ready to be shown, agreed to and sent.
package struct Write: Sendable {
    package let tool: String
    package let family: WriteFamily
    /// What is changed, for the record: `oetable 501`.
    package let target: String
    /// What is there now and what will be, for the person, as Markdown; catalog text in it is escaped.
    package let preview: String
    /// For the record; nil for what is new.
    package let before: JSON?
    package let after: JSON
    package let request: APIRequest<JSON>
    /// OvalEdge is to say what it would do, and not to do it.
    package let isRehearsal: Bool
    /// The refusal inside a reply that otherwise looks like success; nil when it is none.
    package let refusal: @Sendable (_ reply: JSON) -> OvalEdgeError?
    /// Reads back what became of it and puts it into words; it was written by then, so that nothing may throw.
    package let report: @Sendable (_ reply: JSON, _ ovalEdge: OvalEdgeAPI) async -> Answer

    package init(
        tool: String,
        family: WriteFamily,
        target: String,
        preview: String,
        before: JSON? = nil,
        after: JSON,
        request: APIRequest<JSON>,
        isRehearsal: Bool = false,
        refusal: @escaping @Sendable (_ reply: JSON) -> OvalEdgeError? = { _ in nil },
        report: @escaping @Sendable (_ reply: JSON, _ ovalEdge: OvalEdgeAPI) async -> Answer
    ) {
        self.tool = tool
        self.family = family
        self.target = target
        self.preview = FenceMark.random().marking(preview)
        self.before = before
        self.after = after
        self.request = request
        self.isRehearsal = isRehearsal
        self.refusal = refusal
        self.report = report
    }

    /// The same for the same change by the same account, whatever the order of members.
    func digest(for account: String, _ seal: Seal) throws -> String {
        let parts: JSON = [
            .string(account), .string(tool), .string(request.path), (request.body ?? .null).canonical,
        ]
        return try seal.digest(parts.bytes).hexadecimal
    }
}

extension Write {
    /// What is there now, as far as it can be read, is what is wanted.
    var changesNothing: Bool { before == after }

    /// What the reply says instead of having written; nil when it has.
    func refusal(in reply: JSON) -> OvalEdgeError? { Refusal(reply)?.error ?? refusal(reply) }
}
