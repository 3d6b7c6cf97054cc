package import OvalEdge

extension OvalEdgeError {
    /// What happened, what to do, when to try again, and the number to ask about; safe for a model.
    package var explanation: String {
        var text = Untrusted.cleaned(description)
        // Some advice says how long to wait already.
        if let wait = retryAfter.map({ "\(Int($0.rounded(.up))) seconds" }), !advice.contains(wait) {
            text += " Try again in \(wait)."
        }
        if let code { text += "\nOvalEdge's code: \(Inline("\(code: code)").text)" }
        if let requestID { text += "\nRequest id: \(Inline("\(code: requestID)").text)" }
        return text
    }
}
