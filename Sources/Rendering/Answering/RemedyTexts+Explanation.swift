package import OvalEdge

extension RemedyTexts {
    /// What happened, what to do, whether to call again and when, and the number to ask about.
    ///
    /// Safe for a model.
    package func explanation(of error: OvalEdgeError) -> String { explanation(of: error, error.again) }

    /// Of a change that may have been made in spite of it.
    package func explanation(ofDoubt error: OvalEdgeError) -> String {
        explanation(of: error, "check the current state before you call again")
    }

    private func explanation(of error: OvalEdgeError, _ again: String) -> String {
        var text = "\(Untrusted.cleaned(self.text(of: error)))\nKind: `\(error.kind.rawValue)`; \(again)."
        if let code = error.code { text += "\nOvalEdge's code: \(Inline("\(code: code)").text)" }
        if let requestID = error.requestID { text += "\nRequest id: \(Inline("\(code: requestID)").text)" }
        return text
    }
}

extension OvalEdgeError {
    fileprivate var again: String {
        switch (retry, remedy) {
        case (.afterChange, _): "calling again unchanged will not help"
        case (.later(nil), _): "calling again later may help"
        // The remedy says how long already.
        case (.later, .wait): "calling again after that may help"
        case (.later(let seconds?), _): "call again in \(Self.whole(seconds)) seconds"
        }
    }

    /// Of a pause without end the first years are enough.
    static func whole(_ seconds: Double) -> Int { Int(min(max(seconds, 0), 1e6).rounded(.up)) }
}
