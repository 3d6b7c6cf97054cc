package import JSON
package import MCP
package import OvalEdge

/// Why a call failed and whether to make it again, for programs; the text of the failure says the same to the model.
package enum FailureLabel {
    package static let key = "com.ovaledge/error"

    package static func meta(of error: OvalEdgeError) -> JSON {
        let (retry, seconds): (String, Double?) =
            switch error.retry {
            case .afterChange: ("after_change", nil)
            case .later(let seconds): ("later", seconds)
            }
        return .members(
            ("kind", .string(error.kind.rawValue)),
            ("retry", .string(retry)),
            ("retryAfterSeconds", seconds.map { .int(OvalEdgeError.whole($0)) }),
            ("status", error.status.map { .int($0) }),
            ("code", error.code.map { .string(Untrusted.cleaned($0)) }),
            ("requestId", error.requestID.map { .string($0) })
        )
    }

    /// What the caller has to fix.
    static let mistake: JSON = ["kind": .string(OvalEdgeError.Kind.notValid.rawValue), "retry": "after_change"]

    /// What may be done as it was, in a few seconds.
    package static let later: JSON = [
        "kind": .string(OvalEdgeError.Kind.unavailable.rawValue), "retry": "later", "retryAfterSeconds": 5,
    ]

    /// What OvalEdge reported of a change that may not have been made.
    package static let doubt: JSON = [
        "kind": .string(OvalEdgeError.Kind.notUnderstood.rawValue), "retry": "after_looking",
    ]

    /// What may have been done, and has to be looked at.
    package static func doubt(_ error: OvalEdgeError) -> JSON {
        var meta = meta(of: error)
        meta["retry"] = "after_looking"
        meta["retryAfterSeconds"] = nil
        return meta
    }
}

extension Answer {
    /// Why the call failed; nil for an answer that is no failure.
    package var failureKind: OvalEdgeError.Kind? {
        (meta?[FailureLabel.key]?["kind"]?.string).flatMap { OvalEdgeError.Kind(rawValue: $0) }
    }

    package static func failure(_ error: OvalEdgeError, _ remedies: RemedyTexts) -> Answer {
        var answer = Answer.failure(remedies.explanation(of: error))
        answer.meta = [FailureLabel.key: FailureLabel.meta(of: error)]
        return answer
    }

    /// A failure that does not say for itself is one that the caller can fix.
    ///
    /// Its sentences quote arguments, which are not escaped as an answer's Markdown is: what is hidden in them is shown.
    package func labelledFailure() -> Answer {
        guard isFailure else { return self }
        var answer = self
        answer.content = content.map { $0.text.map { .text(Untrusted.cleaned($0)) } ?? $0 }
        guard meta?[FailureLabel.key] == nil else { return answer }
        var meta = meta ?? [:]
        meta[FailureLabel.key] = FailureLabel.mistake
        answer.meta = meta
        return answer
    }
}
