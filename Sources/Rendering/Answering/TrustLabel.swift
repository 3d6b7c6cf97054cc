package import JSON
package import MCP

/// Shows clients which parts of a result hold text of the catalog: written by many people, data and never instructions.
///
/// The text itself says so to the model; this is for programs that decide what a model may do after having read it.
package enum TrustLabel {
    static let key = "com.ovaledge/untrusted"

    /// Of a tool's answer.
    static func meta(of answer: Answer) -> JSON {
        [key: answer.structured == nil || answer.isFailure ? ["content"] : ["content", "structuredContent"]]
    }

    /// Of a resource.
    package static let resource: JSON = [key: ["text"]]
}

extension Answer {
    /// The same, labelled as made of what the catalog says.
    package func labelled() -> Answer {
        var answer = labelledFailure()
        var meta = answer.meta ?? [:]
        for member in TrustLabel.meta(of: self).object?.members ?? [] { meta[member.name] = member.value }
        answer.meta = meta
        return answer
    }
}
