import OvalEdge

extension OvalEdgeError {
    /// What happened, what to do, whether to call again and when, and the number to ask about.
    ///
    /// Safe for a model.
    package var explanation: String { explained(again) }

    /// Of a change that may have been made all the same.
    package var explanationOfDoubt: String { explained("check the current state before you call again") }

    private func explained(_ again: String) -> String {
        var text = "\(Untrusted.cleaned(description))\nKind: `\(kind.rawValue)`; \(again)."
        if let code { text += "\nOvalEdge's code: \(Inline("\(code: code)").text)" }
        if let requestID { text += "\nRequest id: \(Inline("\(code: requestID)").text)" }
        return text
    }

    private var again: String {
        switch retry {
        case .afterChange: "calling again unchanged will not help"
        case .later(nil): "calling again later may help"
        case .later(let seconds?):
            // Some advice says how long already.
            advice.contains("\(Self.whole(seconds)) seconds")
                ? "calling again after that may help" : "call again in \(Self.whole(seconds)) seconds"
        }
    }

    /// Of a pause without end the first years are enough.
    static func whole(_ seconds: Double) -> Int { Int(min(max(seconds, 0), 1e6).rounded(.up)) }
}
